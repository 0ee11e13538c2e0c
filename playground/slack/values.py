"""What people choose and type: from a form's texts to Slack's state values. Pure.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from playground.slack.blocks import STATEFUL, Placed, placed

State = dict[str, dict[str, dict[str, Any]]]

#: The key of the value in a state value of that type.
_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "overflow": "selected_option",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
#: The key with which the app gives the value to start with.
_INITIAL_KEYS = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "value": "initial_value",
    "rich_text_value": "initial_value",
}
_CHOOSES_ONE = frozenset(
    {"selected_option", "selected_user", "selected_conversation", "selected_channel"}
)
_CHOOSES_MANY = frozenset({f"{each}s" for each in _CHOOSES_ONE})

#: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
_TEXT_MAX = 3000
_SECONDS = re.compile(r"[0-9]{1,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class NotOfferedError(LookupError):
    """A value was chosen that the element does not offer."""


def initial(element: Mapping[str, Any], here: str = "") -> dict[str, Any]:
    """Return the state value that *element* starts with; *here* is the current conversation."""
    key = _KEYS[element["type"]]
    value = element.get(_INITIAL_KEYS.get(key, ""))
    if value is None and element.get("default_to_current_conversation") and here:
        value = [here] if key in _CHOOSES_MANY else here
    if value is None and (key in _CHOOSES_MANY or key == "files"):
        value = []
    return {"type": element["type"], key: value}


def initial_state(blocks: Iterable[Mapping[str, Any]], here: str = "") -> State:
    """Return ``state.values`` as a view or message starts."""
    state: State = {}
    for each in placed(blocks):
        if each.element["type"] in STATEFUL:
            block_id, action_id = each.key
            state.setdefault(block_id, {})[action_id] = initial(each.element, here)
    return state


def updated_state(old: State, blocks: Sequence[Mapping[str, Any]], here: str = "") -> State:
    """Return the state after an update: what was typed stays where the ids stay."""
    state = initial_state(blocks, here)
    for block_id, actions in state.items():
        for action_id, value in actions.items():
            kept = old.get(block_id, {}).get(action_id)
            if kept is not None and kept["type"] == value["type"]:
                actions[action_id] = kept
    return state


def options(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the options that *element* itself lists, in groups or not."""
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(each for g in groups for each in g["options"])]


def read(
    element: Mapping[str, Any], raw: Sequence[str], choices: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the state value of *raw*; *choices* maps each value on offer to what is stored.

    Raises NotOfferedError.
    """
    kind = element["type"]
    key = _KEYS[kind]
    chosen = [each for each in raw if each != ""]
    if key in _CHOOSES_MANY or key in _CHOOSES_ONE:
        for each in chosen:
            if each not in choices:
                raise NotOfferedError(each)
        stored = [choices[each] for each in chosen]
        value: Any = stored if key in _CHOOSES_MANY else (stored or [None])[0]
    elif key == "files":
        value = []
    else:
        value = _typed(kind, chosen[0]) if chosen else None
    return {"type": kind, key: value}


def _typed(kind: str, text: str) -> Any:
    """Return what is stored of a typed text; one that is no value stays for the complaint."""
    if kind == "datetimepicker":
        return int(text) if _SECONDS.fullmatch(text) else text
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        return {"type": "rich_text", "elements": [section]}
    return text.replace("\r\n", "\n")


def complaint(place: Placed, value: Mapping[str, Any]) -> str:
    """Return what Slack says under an input that cannot be submitted so, empty when it can."""
    element, kind = place.element, place.element["type"]
    content = value[_KEYS[kind]]
    if content is None or content == []:
        is_required = place.is_input and not place.block.get("optional")
        return "Please complete this required field." if is_required else ""
    if kind in _CHECKS:
        return str(_CHECKS[kind](element, content))
    most = element.get("max_selected_items")
    if most is not None and isinstance(content, list) and len(content) > most:
        return f"Please choose at most {most}."
    return ""


def _text_complaint(element: Mapping[str, Any], text: str) -> str:
    least = element.get("min_length", 0)
    most = element.get("max_length", _TEXT_MAX)
    if len(text) < least:
        return f"Please enter at least {least} characters; this is {len(text)}."
    if len(text) > most:
        return f"Please enter at most {most} characters; this is {len(text)}."
    return ""


def _number_complaint(element: Mapping[str, Any], text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and number < Decimal(str(least)):
        return f"Please enter {least} or more."
    if most is not None and number > Decimal(str(most)):
        return f"Please enter {most} or less."
    return ""


def _email_complaint(element: Mapping[str, Any], text: str) -> str:
    return "" if _EMAIL.fullmatch(text) else "Please enter an email address."


def _url_complaint(element: Mapping[str, Any], text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return "Please enter a URL, with https:// in front."
    is_url = parts.scheme in ("http", "https") and bool(parts.netloc)
    return "" if is_url else "Please enter a URL, with https:// in front."


def _date_complaint(element: Mapping[str, Any], text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return "Please enter a date, such as 2026-12-31."
    return ""


def _time_complaint(element: Mapping[str, Any], text: str) -> str:
    try:
        time.fromisoformat(text)
    except ValueError:
        return "Please enter a time, such as 14:30."
    return ""


def _moment_complaint(element: Mapping[str, Any], seconds: Any) -> str:
    # Slack takes ten digits: https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element
    is_moment = isinstance(seconds, int) and len(str(seconds)) == 10
    return "" if is_moment else "Please choose a date and a time."


_CHECKS = {
    "plain_text_input": _text_complaint,
    "number_input": _number_complaint,
    "email_text_input": _email_complaint,
    "url_text_input": _url_complaint,
    "datepicker": _date_complaint,
    "timepicker": _time_complaint,
    "datetimepicker": _moment_complaint,
}


def action(place: Placed, value: Mapping[str, Any] | None, action_ts: str) -> dict[str, Any]:
    """Return one entry of ``actions`` in a block_actions payload."""
    element = place.element
    block_id, action_id = place.key
    facts = {
        key: element[key]
        for key in ("text", "value", "style", "placeholder", "confirm", "url")
        if key in element
    }
    initials = {key: part for key, part in element.items() if key.startswith("initial_")}
    return {
        "type": element["type"],
        "action_id": action_id,
        "block_id": block_id,
        **facts,
        **initials,
        **(value or {}),
        "action_ts": action_ts,
    }
