"""What the local AWS Config and STS say: the same of every account. Pure.

https://docs.aws.amazon.com/config/latest/APIReference/
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from benchmarks.http_stub import Request

#: When everything was recorded: 2026-11-02T09:00:00Z.
_RECORDED = 1_793_610_000.0
_CREDENTIALS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ASIA{account}</AccessKeyId>
<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2036-11-28T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>{role}</Arn><AssumedRoleId>AROA:bot</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>"""


@dataclass(frozen=True, slots=True)
class Content:
    """*rules* are Config rules by name, each with its resource type; *broken* resources each."""

    rules: tuple[tuple[str, str], ...] = ()
    broken: int = 0


def assumed(request: Request) -> bytes:
    """Return AssumeRole's answer; the access key names the account in later calls."""
    role = parse_qs(request.body.decode())["RoleArn"][0]
    return _CREDENTIALS.format(account=role.split(":")[4], role=role).encode()


def answer(request: Request, content: Content) -> tuple[bytes, bytes]:
    """Return the status and the body of AWS Config's answer."""
    asked = json.loads(request.body or b"{}")
    said = _ANSWERS.get(request.action)
    if said is None:
        return b"400 Bad Request", b'{"__type":"UnknownOperationException"}'
    return b"200 OK", json.dumps(said(request, asked, content)).encode()


def _rules(request: Request, asked: Mapping[str, Any], content: Content) -> dict[str, Any]:
    account = request.access_key.removeprefix("ASIA")
    arn = f"arn:aws:config:{request.region}:{account}:config-rule/config-rule-"
    return {
        "ConfigRules": [
            {"ConfigRuleName": name, "ConfigRuleArn": f"{arn}{number:06d}"}
            for number, (name, _) in enumerate(content.rules)
        ]
    }


def _details(request: Request, asked: Mapping[str, Any], content: Content) -> dict[str, Any]:
    rule = asked["ConfigRuleName"]
    types = dict(content.rules)
    return {
        "EvaluationResults": [
            {
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": {
                        "ConfigRuleName": rule,
                        "ResourceType": types[rule],
                        "ResourceId": f"resource-{number:03d}",
                    },
                    "OrderingTimestamp": _RECORDED,
                },
                "ComplianceType": "NON_COMPLIANT",
                "ResultRecordedTime": _RECORDED,
                "ConfigRuleInvokedTime": _RECORDED,
            }
            for number in range(content.broken)
        ]
    }


def _history(request: Request, asked: Mapping[str, Any], content: Content) -> dict[str, Any]:
    resource, account = asked["resourceId"], request.access_key.removeprefix("ASIA")
    item = {
        "accountId": account,
        "arn": f"arn:aws:of-the-benchmark:{request.region}:{account}:{resource}",
        "awsRegion": request.region,
        "configurationItemCaptureTime": _RECORDED,
        "configurationItemStatus": "OK",
        "resourceId": resource,
        "resourceName": f"name-of-{resource}",
        "resourceType": asked["resourceType"],
        "tags": {"Service": "of the benchmark"},
        "configuration": "{}",
    }
    return {"configurationItems": [item]}


def _batch(request: Request, asked: Mapping[str, Any], content: Content) -> dict[str, Any]:
    items = [
        {
            **key,
            "configurationItemStatus": "OK",
            "awsRegion": request.region,
            "resourceName": f"name-of-{key['resourceId']}",
        }
        for key in asked["resourceKeys"]
    ]
    return {"baseConfigurationItems": items, "unprocessedResourceKeys": []}


_ANSWERS: Mapping[str, Any] = {
    "DescribeConfigRules": _rules,
    "GetComplianceDetailsByConfigRule": _details,
    "GetResourceConfigHistory": _history,
    "BatchGetResourceConfig": _batch,
}
