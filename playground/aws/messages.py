"""The notifications that AWS Config sends, in their published shapes (FACTS §2.1, §2.4). Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.aws.records import Item, Place, Recorded, Result

#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
SUBJECT_MAX = 100

_CHANGE_TYPES = {"ResourceDiscovered": "CREATE", "OK": "UPDATE", "ResourceDeleted": "DELETE"}
_VERBS = {"ResourceDiscovered": "Created", "OK": "Updated", "ResourceDeleted": "Deleted"}


@dataclass(frozen=True, slots=True)
class Notification:
    """What is published to the topic; *message* is JSON text."""

    subject: str
    message: str


def compliance_change(
    place: Place, rule_arn: str, new: Result, old: Result | None, sent_at: datetime
) -> Notification:
    """Report a result; without *old* (a first evaluation) the key is absent, not null."""
    message = {
        "awsAccountId": place.account,
        "configRuleName": new.rule,
        "configRuleARN": rule_arn,
        "resourceType": new.key.resource_type,
        "resourceId": new.key.resource_id,
        "awsRegion": place.region,
        "newEvaluationResult": _result(new),
        **({"oldEvaluationResult": _result(old)} if old else {}),
        "notificationCreationTime": time_text(sent_at),
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
    }
    what = f"{new.key.resource_type} {new.key.resource_id} is {new.compliance} with {new.rule}"
    return _notification(place, f"{what} in Account {place.account}", message)


def item_change(recorded: Recorded, previous: Item | None, sent_at: datetime) -> Notification:
    item = recorded.item
    message = {
        "configurationItemDiff": {
            "changedProperties": dict(_changes(previous, None if recorded.deleted else item)),
            "changeType": _CHANGE_TYPES[recorded.status],
        },
        "configurationItem": _configuration_item(recorded),
        "notificationCreationTime": time_text(sent_at),
        "messageType": "ConfigurationItemChangeNotification",
        "recordVersion": "1.3",
    }
    what = f"{item.key.resource_type} {item.key.resource_id} {_VERBS[recorded.status]}"
    return _notification(item.place, f"{what} in Account {item.place.account}", message)


def evaluation_started(place: Place, rules: list[str], sent_at: datetime) -> Notification:
    message = {
        "awsAccountId": place.account,
        "awsRegion": place.region,
        "configRuleNames": rules,
        "notificationCreationTime": time_text(sent_at),
        "messageType": "ConfigRulesEvaluationStarted",
        "recordVersion": "1.0",
    }
    what = f"Config Rules Evaluation Started for Account {place.account}"
    return _notification(place, what, message)


def time_text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def _notification(place: Place, what: str, message: Mapping[str, Any]) -> Notification:
    subject = f"[AWS Config:{place.region}] {what}"
    if len(subject) > SUBJECT_MAX:
        subject = subject[: SUBJECT_MAX - 3] + "..."
    return Notification(subject, json.dumps(message, separators=(",", ":")))


def _result(result: Result) -> dict[str, Any]:
    return {
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": {
                "configRuleName": result.rule,
                "resourceType": result.key.resource_type,
                "resourceId": result.key.resource_id,
            },
            "orderingTimestamp": time_text(result.ordered_at),
        },
        "complianceType": result.compliance,
        "resultRecordedTime": time_text(result.recorded_at),
        "configRuleInvokedTime": time_text(result.invoked_at),
        "annotation": None,
        "resultToken": None,
    }


def _configuration_item(recorded: Recorded) -> dict[str, Any]:
    item, gone = recorded.item, recorded.deleted
    content = json.dumps([item.configuration, item.supplementary], sort_keys=True)
    return {
        "relatedEvents": [],
        "relationships": [],
        "configuration": None if gone else item.configuration,
        "supplementaryConfiguration": {} if gone else item.supplementary_texts(),
        "tags": {} if gone else dict(item.tags),
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": time_text(recorded.captured_at),
        "configurationStateId": int(recorded.captured_at.timestamp() * 1000),
        "awsAccountId": item.place.account,
        "configurationItemStatus": recorded.status,
        "resourceType": item.key.resource_type,
        "resourceId": item.key.resource_id,
        "resourceName": item.name,
        "ARN": item.arn,
        "awsRegion": item.place.region,
        "availabilityZone": None if gone else "Not Applicable",
        "configurationStateMd5Hash": hashlib.md5(
            content.encode(), usedforsecurity=False
        ).hexdigest(),
        "resourceCreationTime": None,
    }


def _changes(before: Item | None, after: Item | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if before is None:
        return
    for title, old, new in (
        ("Configuration", before.configuration, after.configuration if after else {}),
        ("SupplementaryConfiguration", before.supplementary, after.supplementary if after else {}),
        ("Tags", before.tags, after.tags if after else {}),
    ):
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                kind = "CREATE" if name not in old else "UPDATE" if name in new else "DELETE"
                yield (
                    f"{title}.{name[0].upper()}{name[1:]}",
                    {
                        "previousValue": old.get(name),
                        "updatedValue": new.get(name),
                        "changeType": kind,
                    },
                )
