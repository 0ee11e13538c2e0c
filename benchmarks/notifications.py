"""Notifications as AWS Config's delivery channel sends them: in an SNS envelope, as SQS has them.

Their shapes are those of ``tests/samples``. The same number gives the same notifications.
"""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_ACCOUNTS = ("111122223333", "222233334444", "333344445555", "444455556666")
#: Rules of ``config/rules.yaml``, each with the type of resource that it is about.
_RULES = (
    ("s3-bucket-level-public-access-prohibited", "AWS::S3::Bucket"),
    ("rds-instance-public-access-check", "AWS::RDS::DBInstance"),
    ("sns-encrypted-kms", "AWS::SNS::Topic"),
    ("dynamodb-pitr-enabled", "AWS::DynamoDB::Table"),
)


@dataclass(frozen=True, slots=True)
class Mix:
    """How many notifications there are of each kind."""

    broken: int
    resolved: int
    repeated: int


def mix(number: int) -> Mix:
    """Of *number* notifications 30 % are repeats and 20 % say COMPLIANT again."""
    repeated, resolved = number * 3 // 10, number * 2 // 10
    return Mix(number - repeated - resolved, resolved, repeated)


def notifications(number: int) -> list[str]:
    """Return the texts of *number* messages, in the order in which they arrive.

    A repeat and a COMPLIANT come some time after the message that they belong to, as AWS does it:
    with others in between, rarely in the same batch.
    """
    chance = random.Random(number)  # noqa: S311 - the same mix each time is what is wanted
    of = mix(number)
    arrivals = [(chance.random(), _message(place, broken=True)) for place in range(of.broken)]
    fixed = chance.sample(range(of.broken), of.resolved)
    arrivals += [
        (_after(arrivals[place][0], chance), _message(place, broken=False)) for place in fixed
    ]
    repeated = chance.sample(arrivals, of.repeated)
    arrivals += [(_after(moment, chance), text) for moment, text in repeated]
    return [text for _, text in sorted(arrivals)]


def violation(place: int, account: str, rule: tuple[str, str], moment: datetime) -> str:
    """Return one message that says NON_COMPLIANT of resource number *place*."""
    return _envelope(place, account, _violation(place, account, rule, moment))


def resource_id(place: int) -> str:
    return f"resource-{place:06d}"


def _after(moment: float, chance: random.Random) -> float:
    return moment + chance.random() * 0.2


def _message(place: int, *, broken: bool) -> str:
    account, rule = _ACCOUNTS[place % len(_ACCOUNTS)], _RULES[place % len(_RULES)]
    found = _START + timedelta(seconds=place)
    change = _violation(place, account, rule, found)
    if not broken:
        recovery = _result(_subject(place, rule), "COMPLIANT", found + timedelta(hours=6))
        before = change["newEvaluationResult"]
        change = {**change, "newEvaluationResult": recovery, "oldEvaluationResult": before}
    return _envelope(place, account, change)


def _envelope(place: int, account: str, change: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": f"00000000-0000-4000-8000-{place:012d}",
            "TopicArn": f"arn:aws:sns:eu-west-2:{account}:config-delivery",
            "Subject": f"[AWS Config:eu-west-2] {account} compliance changed",
            "Message": json.dumps(change),
            "Timestamp": _START.isoformat(),
            "SignatureVersion": "1",
            "Signature": "A" * 344,
            "SigningCertURL": "https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-0.pem",
            "UnsubscribeURL": "https://sns.eu-west-2.amazonaws.com/?Action=Unsubscribe",
        }
    )


def _violation(place: int, account: str, rule: tuple[str, str], moment: datetime) -> dict[str, Any]:
    subject = _subject(place, rule)
    return {
        "awsAccountId": account,
        **subject,
        "configRuleARN": f"arn:aws:config:eu-west-2:{account}:config-rule/config-rule-abc123",
        "awsRegion": "eu-west-2",
        "newEvaluationResult": _result(subject, "NON_COMPLIANT", moment),
        "oldEvaluationResult": None,
        "notificationCreationTime": moment.isoformat(),
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
    }


def _subject(place: int, rule: tuple[str, str]) -> dict[str, str]:
    name, resource_type = rule
    return {
        "configRuleName": name,
        "resourceType": resource_type,
        "resourceId": resource_id(place),
    }


def _result(subject: dict[str, str], compliance: str, moment: datetime) -> dict[str, Any]:
    return {
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": subject,
            "orderingTimestamp": moment.isoformat(),
        },
        "complianceType": compliance,
        "resultRecordedTime": moment.isoformat(),
        "configRuleInvokedTime": moment.isoformat(),
        "annotation": None,
        "resultToken": None,
    }
