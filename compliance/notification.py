"""What a message of AWS Config says, in whichever envelope it comes. Pure; it never raises.

Shapes and their sources: FACTS §2. Account, Region and rule are told several times in a message;
where they disagree the message is refused, for nobody can say which resource would be changed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from compliance.change import Change, Compliance, FindingKey, ResourceFacts

#: An envelope in an envelope in a queue: deeper than this is nobody's message.
_DEEPEST = 6
#: AWS Config's own limit of an annotation (FACTS §2.3).
_ANNOTATION_MAX = 256
#: StartRemediationExecution takes no longer resource id (FACTS §4).
_RESOURCE_ID_MAX = 768
_ACCOUNT = re.compile(r"\d{12}")
#: At most 32 letters, as the ledger holds them.
_REGION = re.compile(r"(?=.{1,32}\Z)[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}")
_RULE = re.compile(r"[^|]{1,128}")
_TYPE = re.compile(r"[\w:]{1,256}", re.ASCII)

_COMPLIANCE_CHANGE = "ComplianceChangeNotification"
_ITEM_CHANGE = "ConfigurationItemChangeNotification"
#: EventBridge's detail types of these two (FACTS §2.1): without them inside, an event is broken.
_EVENTS = frozenset({"Config Rules Compliance Change", "Config Configuration Item Change"})
_GONE = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"})


class Problem(StrEnum):
    """Why a message is refused."""

    MALFORMED = "malformed JSON"
    MISSING = "missing or wrong field"
    DISAGREE = "account, Region or rule disagree"
    TOO_DEEP = "too many envelopes"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be recorded, in the order of the message."""

    changes: tuple[Change, ...] = ()
    facts: tuple[ResourceFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompliance:
    """It was understood and says nothing of compliance."""

    message_type: str


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A topic asks whether this queue wants its messages (FACTS §2.2)."""

    topic_arn: str
    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be understood, or must not be believed."""

    problem: Problem
    detail: str


Parsed = Reading | NotCompliance | SubscriptionRequest | Refused


class _RefusedError(Exception):
    """Carries a refusal out of the depth of a message; never leaves this module."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.refused = Refused(problem, detail[:200])


@dataclass(slots=True)
class _Told:
    """What envelopes around a message said of it."""

    account: str = ""
    region: str = ""


def parse(body: str) -> Parsed:
    """Return what *body* says: the text of an SQS message, or of an SNS delivery's ``Message``."""
    try:
        return _merge(list(_open(body, _Told(), 0)))
    except _RefusedError as error:
        return error.refused


def _merge(parts: list[Parsed]) -> Parsed:
    """Return the readings of several records as one; what is refused refuses the whole message."""
    if len(parts) == 1:
        return parts[0]
    readings = [part for part in parts if isinstance(part, Reading)]
    if not readings:
        return parts[0] if parts else NotCompliance("empty")
    return Reading(
        tuple(change for each in readings for change in each.changes),
        tuple(fact for each in readings for fact in each.facts),
    )


def _open(text: str, told: _Told, depth: int) -> Iterator[Parsed]:
    if depth > _DEEPEST:
        raise _RefusedError(Problem.TOO_DEEP, f"more than {_DEEPEST} envelopes")
    if text.lstrip()[:1] not in {"{", "["}:
        yield NotCompliance("text")
        return
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(Problem.MALFORMED, str(error)) from error
    yield from _unwrap(message, told, depth)


def _unwrap(message: Any, told: _Told, depth: int) -> Iterator[Parsed]:
    """Take one envelope off, or read what is inside."""
    if depth > _DEEPEST:
        raise _RefusedError(Problem.TOO_DEEP, f"more than {_DEEPEST} envelopes")
    if not isinstance(message, dict):
        yield NotCompliance("not an object")
    elif "messageType" in message:
        yield _read(message, told)
    elif isinstance(message.get("Type"), str):
        yield from _topic(message, told, depth)
    elif "detail-type" in message and "detail" in message:
        yield from _event(message, depth)
    else:
        yield from _carrier(message, told, depth)


def _topic(message: Mapping[str, Any], told: _Told, depth: int) -> Iterator[Parsed]:
    """What SNS sends (FACTS §2.2)."""
    if message["Type"] == "Notification":
        if "Message" not in message:
            raise _RefusedError(Problem.MISSING, "Message: expected a text")
        yield from _inside(message["Message"], told, depth)
    elif message["Type"] == "SubscriptionConfirmation":
        yield SubscriptionRequest(_text(message, "TopicArn"), _text(message, "Token"))
    else:
        yield NotCompliance(message["Type"][:100])


def _carrier(message: Mapping[str, Any], told: _Told, depth: int) -> Iterator[Parsed]:
    """What SQS and Lambda put around a message: one, or a list of them."""
    body = message.get("Body") or message.get("body")
    if isinstance(message.get("Records"), list):
        for record in message["Records"]:
            yield from _unwrap(record, _Told(), depth + 1)
    elif isinstance(message.get("Sns"), dict):
        yield from _inside(message["Sns"].get("Message"), told, depth)
    elif isinstance(body, str):
        yield from _open(body, told, depth + 1)
    else:
        yield NotCompliance("unknown JSON")


def _inside(message: Any, told: _Told, depth: int) -> Iterator[Parsed]:
    # AWS's documentation prints Message as an object; on the wire it is a string (FACTS §2.1).
    if isinstance(message, str):
        yield from _open(message, told, depth + 1)
    else:
        yield from _unwrap(message, told, depth + 1)


def _event(event: Mapping[str, Any], depth: int) -> Iterator[Parsed]:
    """An EventBridge event: its ``resources`` are decoration, its account and Region are not."""
    detail_type = str(event["detail-type"])[:100]
    if event.get("source") != "aws.config":
        yield NotCompliance(detail_type)
        return
    told = _Told(str(event.get("account", "")), str(event.get("region", "")))
    detail = event["detail"]
    if not isinstance(detail, dict) or "messageType" not in detail:
        if detail_type in _EVENTS:
            raise _RefusedError(Problem.MISSING, "detail: expected an object with messageType")
        yield NotCompliance(detail_type)
        return
    yield from _unwrap(detail, told, depth + 1)


def _read(message: Mapping[str, Any], told: _Told) -> Parsed:
    message_type = _text(message, "messageType")
    if message_type == _COMPLIANCE_CHANGE:
        return _compliance_change(message, told)
    if message_type == _ITEM_CHANGE:
        return _item_change(message, told)
    return NotCompliance(message_type[:100])


def _compliance_change(message: Mapping[str, Any], told: _Told) -> Parsed:
    result = _mapping(message, "newEvaluationResult")
    said = _text(result, "complianceType")
    if said == "INSUFFICIENT_DATA":
        return NotCompliance(f"{_COMPLIANCE_CHANGE}: INSUFFICIENT_DATA")
    if said not in Compliance.__members__:
        raise _RefusedError(Problem.MISSING, f"unknown complianceType {said[:40]!r}")
    key = FindingKey(
        account=_matching(message, "awsAccountId", _ACCOUNT),
        region=_matching(message, "awsRegion", _REGION),
        rule=_matching(message, "configRuleName", _RULE),
        resource_type=_matching(message, "resourceType", _TYPE),
        resource_id=_resource_id(message),
    )
    rule_arn = _optional(message, "configRuleARN")
    _agree(key.account, key.region, told, rule_arn, key.resource_id)
    _same_subject(key, result)
    annotation = _optional(result, "annotation").strip()[:_ANNOTATION_MAX]
    recorded_at = _time(result, "resultRecordedTime")
    return Reading((Change(key, Compliance(said), recorded_at, annotation, rule_arn),))


def _same_subject(key: FindingKey, result: Mapping[str, Any]) -> None:
    """The result names rule and resource once more."""
    identifier = result.get("evaluationResultIdentifier")
    qualifier = (
        identifier.get("evaluationResultQualifier") if isinstance(identifier, dict) else None
    )
    if not isinstance(qualifier, dict):
        return
    for name, expected in (
        ("configRuleName", key.rule),
        ("resourceType", key.resource_type),
        ("resourceId", key.resource_id),
    ):
        if qualifier.get(name, expected) != expected:
            raise _RefusedError(Problem.DISAGREE, f"{name} differs inside newEvaluationResult")


def _item_change(message: Mapping[str, Any], told: _Told) -> Parsed:
    item = _mapping(message, "configurationItem")
    account = _matching(item, "awsAccountId", _ACCOUNT)
    region = _optional(item, "awsRegion")
    if not _REGION.fullmatch(region):
        # Users, roles and other global resources belong to no Region.
        return NotCompliance(f"{_ITEM_CHANGE}: {region[:40] or 'no Region'}")
    arn = _optional(item, "ARN")
    _agree(account, region, told, "", arn)
    tags = item.get("tags")
    return Reading(
        facts=(
            ResourceFacts(
                account=account,
                region=region,
                resource_type=_matching(item, "resourceType", _TYPE),
                resource_id=_resource_id(item),
                captured_at=_time(item, "configurationItemCaptureTime"),
                name=resource_name(item),
                arn=arn,
                tags=_tags(tags),
                deleted=_optional(item, "configurationItemStatus") in _GONE,
            ),
        )
    )


def _resource_id(message: Mapping[str, Any]) -> str:
    found = _text(message, "resourceId")
    if len(found) > _RESOURCE_ID_MAX:
        raise _RefusedError(Problem.MISSING, "resourceId is longer than AWS Config's own limit")
    return found


def resource_name(item: Mapping[str, Any]) -> str:
    """Return the name in a configuration item; a database's stands elsewhere (FACTS §4)."""
    name = _optional(item, "resourceName")
    configuration = item.get("configuration")
    if not name and isinstance(configuration, dict):
        name = _optional(configuration, "dBInstanceIdentifier")
    return name


def _tags(tags: Any) -> dict[str, str]:
    if not isinstance(tags, dict):
        return {}
    return {
        _readable(name): _readable(value) for name, value in tags.items() if isinstance(value, str)
    }


def _agree(account: str, region: str, told: _Told, *arns: str) -> None:
    """Refuse a message whose envelope or ARNs name another account or Region (FACTS §7.11)."""
    accounts = {account, told.account} - {""}
    regions = {region, told.region} - {""}
    for arn in arns:
        parts = arn.split(":", 5)
        if len(parts) == 6 and parts[0] == "arn":
            accounts |= {parts[4]} - {""}
            regions |= {parts[3]} - {""}
    if len(accounts) > 1:
        raise _RefusedError(Problem.DISAGREE, f"accounts {', '.join(sorted(accounts))}")
    if len(regions) > 1:
        raise _RefusedError(Problem.DISAGREE, f"Regions {', '.join(sorted(regions))}")


def _mapping(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise _RefusedError(Problem.MISSING, f"{name}: expected an object")
    return value


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise _RefusedError(Problem.MISSING, f"{name}: expected a text")
    if not value.isprintable():
        raise _RefusedError(Problem.MISSING, f"{name}: holds characters that nobody can read")
    return value


def _optional(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return _readable(value) if isinstance(value, str) else ""


def _readable(text: str) -> str:
    """Return *text* without what no database and no chat takes: half characters, controls."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _matching(message: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = _text(message, name)
    if not form.fullmatch(value):
        raise _RefusedError(Problem.MISSING, f"{name}: {value[:60]!r} has not the form of one")
    return value


def _time(message: Mapping[str, Any], name: str) -> datetime:
    value = _text(message, name)
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _RefusedError(Problem.MISSING, f"{name}: {value[:40]!r} is no time") from error
