"""What a message of AWS Config says. Pure; it never raises.

Shapes and their sources: FACTS §2. Account, Region and rule are told several times in a message;
where they disagree the message is refused, for nobody can say which resource would be changed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from compliance.aws_ids import ACCOUNT, REGION, RESOURCE_TYPE, RULE
from compliance.change import Change, Compliance, FindingKey, ResourceFacts
from compliance.envelopes import (
    Content,
    Letter,
    NotCompliance,
    SubscriptionRequest,
    open_envelopes,
)
from compliance.refusal import NotUnderstood, NotUnderstoodError, Problem
from compliance.text import annotation, clean

#: StartRemediationExecution takes no longer resource id (FACTS §4).
_RESOURCE_ID_MAX = 768
_COMPLIANCE_CHANGE = "ComplianceChangeNotification"
_ITEM_CHANGE = "ConfigurationItemChangeNotification"
#: AWS Config's other messages (FACTS §2.1), which say nothing of compliance.
_OTHER_MESSAGES = frozenset(
    {
        "ConfigRulesEvaluationStarted",
        "ConfigRuleEvaluationStarted",
        "ConfigurationSnapshotDeliveryStarted",
        "ConfigurationSnapshotDeliveryCompleted",
        "ConfigurationSnapshotDeliveryFailed",
        "ConfigurationHistoryDeliveryCompleted",
        "ConfigurationHistoryDeliveryFailed",
        "OversizedConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeDeliveryFailed",
    }
)
_GONE = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be recorded, in the order of the message."""

    changes: tuple[Change, ...] = ()
    facts: tuple[ResourceFacts, ...] = ()


Parsed = Reading | NotCompliance | SubscriptionRequest | NotUnderstood


def parse(body: str) -> Parsed:
    """Return what *body* says: the text of an SQS message, or of an SNS delivery's ``Message``."""
    try:
        return _merge([_content(each) for each in open_envelopes(body)])
    except NotUnderstoodError as error:
        return error.refusal


def _content(content: Content) -> Parsed:
    return _read(content) if isinstance(content, Letter) else content


def _merge(parts: list[Parsed]) -> Parsed:
    """Return the readings of several records as one; what is refused refuses the whole message."""
    if len(parts) == 1:
        return parts[0]
    if any(isinstance(part, SubscriptionRequest) for part in parts):
        raise NotUnderstoodError(Problem.UNKNOWN, "a subscription among other messages")
    readings = [part for part in parts if isinstance(part, Reading)]
    if not readings:
        return parts[0] if parts else NotCompliance("empty")
    return Reading(
        tuple(change for each in readings for change in each.changes),
        tuple(fact for each in readings for fact in each.facts),
    )


def _read(letter: Letter) -> Parsed:
    message = letter.message
    message_type = _text(message, "messageType")
    if message_type == _COMPLIANCE_CHANGE:
        return _compliance_change(message, letter)
    if message_type == _ITEM_CHANGE:
        return _item_change(message, letter)
    if message_type in _OTHER_MESSAGES:
        return NotCompliance(message_type)
    raise NotUnderstoodError(Problem.UNKNOWN, f"messageType {message_type[:60]!r}")


def _compliance_change(message: Mapping[str, Any], letter: Letter) -> Parsed:
    result = _mapping(message, "newEvaluationResult")
    said = _text(result, "complianceType")
    if said == "INSUFFICIENT_DATA":
        return NotCompliance(f"{_COMPLIANCE_CHANGE}: INSUFFICIENT_DATA")
    if said not in Compliance.__members__:
        raise NotUnderstoodError(Problem.MISSING, f"unknown complianceType {said[:40]!r}")
    if _qualifier(result).get("evaluationMode") == "PROACTIVE":
        # The resource is a plan: it does not exist yet.
        return NotCompliance(f"{_COMPLIANCE_CHANGE}: PROACTIVE")
    key = FindingKey(
        account=_matching(message, "awsAccountId", ACCOUNT),
        region=_region_of_rule(message),
        rule=_matching(message, "configRuleName", RULE),
        resource_type=_matching(message, "resourceType", RESOURCE_TYPE),
        resource_id=_resource_id(message),
    )
    rule_arn = _optional(message, "configRuleARN")
    _agree(key.account, key.region, letter, rule_arn, key.resource_id)
    _same_subject(key, result)
    why = annotation(_optional(result, "annotation"))
    recorded_at = _time(result, "resultRecordedTime")
    invoked_at = _called_at(result)
    return Reading((Change(key, Compliance(said), recorded_at, why, rule_arn, invoked_at),))


def _region_of_rule(message: Mapping[str, Any]) -> str:
    """Return the Region in which the rule is: what is global is evaluated in one all the same."""
    arn = _optional(message, "configRuleARN").split(":")
    if message.get("awsRegion") == "global" and len(arn) > 3 and REGION.fullmatch(arn[3]):
        return arn[3]
    return _matching(message, "awsRegion", REGION)


def _called_at(result: Mapping[str, Any]) -> datetime | None:
    """Return when the rule was called; not all results say it, and none is refused for it."""
    try:
        return _time(result, "configRuleInvokedTime")
    except NotUnderstoodError:
        return None


def _same_subject(key: FindingKey, result: Mapping[str, Any]) -> None:
    """The result names rule and resource once more."""
    qualifier = _qualifier(result)
    for name, expected in (
        ("configRuleName", key.rule),
        ("resourceType", key.resource_type),
        ("resourceId", key.resource_id),
    ):
        if qualifier.get(name, expected) != expected:
            raise NotUnderstoodError(Problem.DISAGREE, f"{name} differs inside newEvaluationResult")


def _qualifier(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the result says of its rule and resource, empty where it says nothing."""
    qualifier = result
    for name in ("evaluationResultIdentifier", "evaluationResultQualifier"):
        inner = qualifier.get(name)
        qualifier = inner if isinstance(inner, dict) else {}
    return qualifier


def _item_change(message: Mapping[str, Any], letter: Letter) -> Parsed:
    item = _mapping(message, "configurationItem")
    account = _matching(item, "awsAccountId", ACCOUNT)
    region = _optional(item, "awsRegion")
    if not REGION.fullmatch(region):
        # Users, roles and other global resources belong to no Region.
        return NotCompliance(f"{_ITEM_CHANGE}: {region[:40] or 'no Region'}")
    arn = _optional(item, "ARN")
    _agree(account, region, letter, "", arn)
    tags = item.get("tags")
    return Reading(
        facts=(
            ResourceFacts(
                account=account,
                region=region,
                resource_type=_matching(item, "resourceType", RESOURCE_TYPE),
                resource_id=_resource_id(item),
                captured_at=_time(item, "configurationItemCaptureTime"),
                name=resource_name(item),
                arn=arn,
                tags=resource_tags(tags),
                deleted=_optional(item, "configurationItemStatus") in _GONE,
                made_at=_made_at(item),
            ),
        )
    )


def _made_at(item: Mapping[str, Any]) -> datetime | None:
    """Return when the resource was made, None where AWS does not say it as it says times."""
    try:
        return _time(item, "resourceCreationTime")
    except NotUnderstoodError:
        return None


def _resource_id(message: Mapping[str, Any]) -> str:
    found = _text(message, "resourceId")
    if len(found) > _RESOURCE_ID_MAX:
        raise NotUnderstoodError(Problem.MISSING, f"resourceId: over {_RESOURCE_ID_MAX} letters")
    return found


def resource_name(item: Mapping[str, Any]) -> str:
    """Return the name in a configuration item; a database's stands elsewhere (FACTS §4)."""
    name = _optional(item, "resourceName")
    configuration = item.get("configuration")
    if not name and isinstance(configuration, dict):
        name = _optional(configuration, "dBInstanceIdentifier")
    return name


def resource_tags(tags: Any) -> dict[str, str]:
    if not isinstance(tags, dict):
        return {}
    return {clean(name): clean(value) for name, value in tags.items() if isinstance(value, str)}


def _agree(account: str, region: str, letter: Letter, *arns: str) -> None:
    """Refuse a message whose envelope or ARNs name another account or Region (FACTS §7.11)."""
    accounts = {account, letter.account} - {""}
    regions = {region, letter.region} - {""}
    for arn in arns:
        parts = arn.split(":", 5)
        if len(parts) == 6 and parts[0] == "arn":
            # AWS's own policies have the account "aws".
            accounts |= {parts[4]} - {"", "aws"}
            regions |= {parts[3]} - {""}
    if len(accounts) > 1:
        raise NotUnderstoodError(Problem.DISAGREE, f"accounts {', '.join(sorted(accounts))}")
    if len(regions) > 1:
        raise NotUnderstoodError(Problem.DISAGREE, f"Regions {', '.join(sorted(regions))}")


def _mapping(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise NotUnderstoodError(Problem.MISSING, f"{name}: expected an object")
    return value


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise NotUnderstoodError(Problem.MISSING, f"{name}: expected a text")
    if not value.isprintable():
        raise NotUnderstoodError(Problem.MISSING, f"{name}: has characters that cannot be read")
    return value


def _optional(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return clean(value) if isinstance(value, str) else ""


def _matching(message: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = _text(message, name)
    if not form.fullmatch(value):
        raise NotUnderstoodError(Problem.MISSING, f"{name}: {value[:60]!r} is not valid")
    return value


def _time(message: Mapping[str, Any], name: str) -> datetime:
    value = _text(message, name)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        problem = f"{name}: {value[:40]!r} is not a time"
        raise NotUnderstoodError(Problem.MISSING, problem) from error
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        # The first or the last day that there is; UTC has none before or after it.
        return moment.replace(tzinfo=UTC)
