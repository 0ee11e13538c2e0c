"""What is around a message of AWS Config: SQS, SNS, EventBridge, Lambda, or anything else. Pure.

What can contain a message of AWS Config is opened, whatever it is made of. What is set aside as
not about compliance is recognised as something else; all that is left is not understood, so that
nothing of AWS Config's is lost without a word. Shapes and their sources: FACTS §2.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.packing import (
    after_words,
    documents,
    has_traces,
    is_json,
    is_packed,
    parts,
    unpacked,
)
from compliance.refusal import NotUnderstoodError, Problem

#: An envelope in an envelope in a queue: deeper than this is nobody's message.
_DEEPEST = 8
#: More parts than this are nobody's message: SQS's own limit is 256 KiB, and a batch has 10.
_PARTS_MAX = 5_000
#: EventBridge's detail types of compliance changes and items: without a message inside, an event
#: of one of these is broken.
_EVENTS = frozenset({"Config Rules Compliance Change", "Config Configuration Item Change"})
#: Its other types from AWS Config, and what CloudTrail adds (FACTS §2.3).
_OTHER_EVENTS = frozenset(
    {
        "Config Configuration Snapshot Delivery Status",
        "Config Configuration History Delivery Status",
        "Config Rules Re-evaluation Status",
        "AWS API Call via CloudTrail",
        "AWS Service Event via CloudTrail",
        "AWS Console Action via CloudTrail",
    }
)
#: How the messages of AWS Config name their type: those of CloudWatch Logs and of queues of other
#: makers have a messageType as well.
_OURS = re.compile(r"Compliance|Config|Oversized")
#: What an input transformer makes of a field that an event has not.
_NO_MESSAGE = frozenset({"null", "true", "false"})
#: SQS's extended clients leave the place of a message in a bucket, in the way of their language.
_POINTER = re.compile(r"payloadoffloading|MessageS3Pointer")
_POINTER_KEYS = ({"s3BucketName", "s3Key"}, {"S3MessageBodyKey"})


@dataclass(frozen=True, slots=True)
class NotCompliance:
    """It was recognised, and says nothing of compliance."""

    message_type: str


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A topic asks whether this queue wants its messages (FACTS §2.2)."""

    topic_arn: str
    token: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of AWS Config, and which account and Region its envelope named, if any."""

    message: Mapping[str, Any]
    account: str = ""
    region: str = ""


Content = Letter | NotCompliance | SubscriptionRequest


def open_envelopes(text: str) -> Iterator[Content]:
    """Yield what is inside *text*, in its order; raises NotUnderstoodError."""
    yield from _Opener().text(text, 0)


class _Opener:
    """Opens one message; counts its parts, so that nobody's message is looked at for long."""

    def __init__(self) -> None:
        self._parts = 0

    def text(self, text: str, depth: int) -> Iterator[Content]:
        self._look(depth)
        text = text.lstrip("\ufeff \t\r\n")
        if is_json(text):
            for document in documents(text):
                yield from self.value(document, depth)
        elif (inside := unpacked(text)) is not None:
            yield from self.text(inside, depth + 1)
        elif (inside := after_words(text)) is not None:
            # The way of SNS by e-mail: sentences, and the message below them.
            yield from self.value(inside, depth + 1)
        elif has_traces(text) or is_packed(text) or text in _NO_MESSAGE:
            raise NotUnderstoodError(Problem.UNKNOWN, f"text: {text[:80]!r}")
        else:
            yield NotCompliance("text")

    def value(self, message: Any, depth: int) -> Iterator[Content]:
        """Take one envelope off, or yield what is inside."""
        self._look(depth)
        if isinstance(message, str):
            yield from self.text(message, depth + 1)
        elif isinstance(message, list):
            yield from self._list(message, depth)
        elif not isinstance(message, dict):
            raise NotUnderstoodError(Problem.UNKNOWN, f"JSON: {str(message)[:80]}")
        elif _is_letter(message):
            yield Letter(message)
        elif isinstance(message.get("Type"), str):
            yield from self._topic(message, depth)
        elif "detail-type" in message and "detail" in message:
            yield from self._event(message, depth)
        else:
            yield from self._carrier(message, depth)

    def _look(self, depth: int) -> None:
        self._parts += 1
        if depth > _DEEPEST or self._parts > _PARTS_MAX:
            raise NotUnderstoodError(Problem.TOO_DEEP, f"more than {_DEEPEST} envelopes")

    def _list(self, messages: list[Any], depth: int) -> Iterator[Content]:
        if messages[:1] and isinstance(messages[0], str) and _POINTER.search(messages[0]):
            raise NotUnderstoodError(Problem.ELSEWHERE, str(messages))
        if not messages:
            raise NotUnderstoodError(Problem.UNKNOWN, "JSON: []")
        for each in messages:
            yield from self.value(each, depth + 1)

    def _topic(self, message: Mapping[str, Any], depth: int) -> Iterator[Content]:
        """What SNS sends (FACTS §2.2)."""
        match message["Type"]:
            case "Notification":
                if "Message" not in message:
                    raise NotUnderstoodError(Problem.MISSING, "Message: expected a text")
                yield from self.value(message["Message"], depth + 1)
            case "SubscriptionConfirmation":
                yield SubscriptionRequest(_field(message, "TopicArn"), _field(message, "Token"))
            case "UnsubscribeConfirmation" as control:
                yield NotCompliance(control)
            case _:
                yield from self._carrier(message, depth)

    def _event(self, event: Mapping[str, Any], depth: int) -> Iterator[Content]:
        """An event of EventBridge: ``resources`` is decoration, account and Region are not."""
        detail_type, detail = str(event["detail-type"])[:100], event["detail"]
        source = str(event.get("source", ""))
        if source != "aws.config":
            yield from self._foreign(source, detail_type, detail, depth)
            return
        if isinstance(detail, str) and detail.lstrip()[:1] == "{":
            detail = _json(detail)
        if not isinstance(detail, dict) or "messageType" not in detail:
            if detail_type in _OTHER_EVENTS:
                yield NotCompliance(detail_type)
                return
            problem = Problem.MISSING if detail_type in _EVENTS else Problem.UNKNOWN
            expected = "expected an object with messageType"
            raise NotUnderstoodError(problem, f"{detail_type}: detail: {expected}")
        yield Letter(detail, str(event.get("account", "")), str(event.get("region", "")))

    def _foreign(self, source: str, detail_type: str, detail: Any, depth: int) -> Iterator[Content]:
        """A program that forwards AWS Config's events has a source of its own.

        Events of AWS's other services are theirs alone.
        """
        letters = [] if source.startswith("aws.") else self._letters(detail, depth)
        if not letters and not source.startswith("aws.") and has_traces(json.dumps(detail)):
            raise NotUnderstoodError(Problem.UNKNOWN, f"{detail_type}: detail of {source}")
        yield from letters or [NotCompliance(detail_type)]

    def _carrier(self, message: Mapping[str, Any], depth: int) -> Iterator[Content]:
        """Whatever else is around a message: the records of SQS, Lambda and streams, and others."""
        if isinstance(records := message.get("Records"), list) and records:
            for record in records:
                yield from self.value(record, depth + 1)
        elif isinstance(sns := message.get("Sns"), dict) and "Message" in sns:
            yield from self.value(sns["Message"], depth + 1)
        elif isinstance(body := message.get("Body") or message.get("body"), str):
            yield from self.text(body, depth + 1)
        elif kind := _recognised(message):
            yield NotCompliance(kind)
        elif letters := self._letters(message, depth):
            yield from letters
        else:
            yield _without_letters(message)

    def _letters(self, value: Any, depth: int) -> list[Content]:
        """Return the messages of AWS Config anywhere inside *value*, and nothing else of it."""
        self._look(depth)
        if isinstance(value, dict):
            if _is_letter(value):
                return [Letter(value)]
            if "detail-type" in value and "detail" in value:
                return [each for each in self._event(value, depth) if isinstance(each, Letter)]
            value = list(value.values())
        if isinstance(value, str):
            value = parts(value)
        if not isinstance(value, list):
            return []
        return [letter for each in value for letter in self._letters(each, depth + 1)]


def _is_letter(message: Mapping[str, Any]) -> bool:
    """Whether *message* is AWS Config's own; a type that cannot be one makes it a broken one."""
    kind = message.get("messageType", "")
    return not isinstance(kind, str) or bool(_OURS.match(kind))


def _recognised(message: Mapping[str, Any]) -> str:
    """Name what a topic that others use as well carries, empty where it is not known."""
    source = str(message.get("eventSource", ""))
    if ".amazonaws.com" in source and "eventVersion" in message:
        return "CloudTrail"
    if source == "aws:s3" or message.get("Event") == "s3:TestEvent":
        return "S3"
    if "AlarmName" in message:
        return "CloudWatch alarm"
    if message.keys() <= {"s3Bucket", "s3ObjectKey"} and message:
        return "CloudTrail"
    return ""


def _without_letters(message: Mapping[str, Any]) -> NotCompliance:
    """Say what *message* is that has none of AWS Config's; raises NotUnderstoodError."""
    if any(message.keys() >= keys for keys in _POINTER_KEYS):
        raise NotUnderstoodError(Problem.ELSEWHERE, str(message))
    if "logEvents" in message and not has_traces(json.dumps(message["logEvents"])):
        return NotCompliance("CloudWatch Logs")
    keys = ", ".join(sorted(map(str, message)))
    raise NotUnderstoodError(Problem.UNKNOWN, f"JSON with the keys {keys[:150]}")


def _field(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise NotUnderstoodError(Problem.MISSING, f"{name}: expected a text")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError(Problem.MALFORMED, str(error)) from error
