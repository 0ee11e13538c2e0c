"""Whether Teams would take a card: Microsoft's schema, and the rules that it does not have."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from jsonschema.exceptions import ValidationError, best_match

_SCHEMA = Path(__file__).parent / "schema" / "adaptive-card-1.5.json"
#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
MESSAGE_MAX = 28 * 1024
_ACTIONS_MAX = 6
_VIEWERS_MAX = 60
#: What Teams itself adds to a card, and the schema does not know.
_OWN = "msteams"
_INPUTS = "Input."
_LEVELS_MAX = 40
_STYLES = frozenset({"default"})


def problem(card: Any) -> str:
    """Return what Teams refuses about *card*, empty where it takes it."""
    if not isinstance(card, Mapping) or card.get("type") != "AdaptiveCard":
        return "an adaptive card's type is AdaptiveCard"
    known = {name: value for name, value in card.items() if name != _OWN}
    if error := best_match(_validator().iter_errors(known)):
        return _said(error)
    return next(_further(known), "")


def elements(value: Any, level: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every part of a card that has a type, those in show cards too."""
    if level > _LEVELS_MAX:
        return
    if isinstance(value, Mapping):
        if isinstance(value.get("type"), str):
            yield value
        for each in value.values():
            yield from elements(each, level + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from elements(each, level + 1)


@cache
def _validator() -> Draft6Validator:
    return Draft6Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _said(error: ValidationError) -> str:
    while inner := _of_its_type(error):
        error = inner
    where = "/".join(map(str, error.absolute_path))
    return f"{where or 'the card'}: {error.message[:300]}"


def _of_its_type(error: ValidationError) -> ValidationError | None:
    """Return what is wrong by the schema of the type that the element itself names, if any."""
    by_schema: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        by_schema.setdefault(each.schema_path[0], []).append(each)
    same = [
        faults
        for faults in by_schema.values()
        if not any(list(each.path)[-1:] == ["type"] for each in faults)
    ]
    return max(same[0], key=lambda each: len(each.path)) if len(same) == 1 else None


def _further(card: Mapping[str, Any]) -> Iterator[str]:
    parts = list(elements(card))
    if str(card.get("version")) > "1.5":
        yield f"version {card.get('version')} is newer than 1.5"
    ids = Counter(each["id"] for each in parts if each.get("id"))
    yield from (f"the id {each!r} comes {number} times" for each, number in ids.items()
                if number > 1)  # fmt: skip
    for each in parts:
        yield from _wrong_element(each)
    viewers = (card.get("refresh") or {}).get("userIds") or ()
    if len(viewers) > _VIEWERS_MAX:
        yield f"refresh.userIds has {len(viewers)} people, more than {_VIEWERS_MAX}"


def _wrong_element(part: Mapping[str, Any]) -> Iterator[str]:
    kind = part["type"]
    if kind.startswith(_INPUTS):
        yield from _wrong_input(part)
    if kind.startswith("Action."):
        yield from _wrong_action(part)
    if len(part.get("actions") or ()) > _ACTIONS_MAX:
        yield f"{kind} has {len(part['actions'])} actions, more than {_ACTIONS_MAX}"


def _wrong_input(part: Mapping[str, Any]) -> Iterator[str]:
    named = f"{part['type']} {part.get('id', 'without an id')!r}"
    if not part.get("id"):
        yield f"{part['type']} has no id"
    if not part.get("label"):
        yield f"{named} has no label"
    if part.get("isRequired") and not part.get("errorMessage"):
        yield f"{named} is required and has no errorMessage"


def _wrong_action(part: Mapping[str, Any]) -> Iterator[str]:
    if not part.get("title") and not part.get("iconUrl"):
        yield f"{part['type']} has no title"
    if part.get("style", "default") not in _STYLES:
        yield f"{part['type']} has the style {part['style']!r}, which Teams does not show"
    if part["type"] == "Action.Execute" and not part.get("verb"):
        yield "Action.Execute has no verb"
