"""What can be pressed on a card, and what was not filled in: as a client of Teams sees it."""

from collections.abc import Mapping
from typing import Any


def actions_of(
    card: Mapping[str, Any], above: tuple[Mapping[str, Any], ...] = ()
) -> "list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]":
    """Return every action in the order of the card, with the inputs that go with it.

    Those are the inputs of its own card and of the cards above it, not of others beside it.
    """
    own: list[Mapping[str, Any]] = [*above, *_inputs(card)]
    found: list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = []
    for action in _own_actions(card):
        found.append((action, own))
        if action["type"] == "Action.ShowCard":
            found += actions_of(action["card"], tuple(own))
    return found


def _own_actions(value: Any) -> "list[Mapping[str, Any]]":
    """Return the actions of a card in order, without those in its show cards."""
    if isinstance(value, list):
        return [action for each in value for action in _own_actions(each)]
    if not isinstance(value, Mapping):
        return []
    own = list(value.get("actions") or ())
    keys = ("body", "items", "columns", "rows", "cells")
    return [
        *(action for key in keys for action in _own_actions(value.get(key))),
        *own,
    ]


def _inputs(value: Any) -> "list[Mapping[str, Any]]":
    if isinstance(value, list):
        return [found for each in value for found in _inputs(each)]
    if not isinstance(value, Mapping):
        return []
    if str(value.get("type", "")).startswith("Input."):
        return [value]
    keys = ("body", "items", "columns", "rows", "cells")
    return [found for key in keys for found in _inputs(value.get(key))]


def missing(inputs: list[Mapping[str, Any]], entered: Mapping[str, str]) -> dict[str, str]:
    """Return what a client says before it sends anything."""
    return {
        each["id"]: str(each.get("errorMessage") or "This is required.")
        for each in inputs
        if each.get("isRequired") and not entered.get(each["id"], "").strip()
    }


def given(inputs: list[Mapping[str, Any]], entered: Mapping[str, str]) -> dict[str, str]:
    """Return what a client sends of its inputs: all of them, and a text each."""
    return {each["id"]: entered.get(each["id"]) or _unfilled(each) for each in inputs}


def _unfilled(part: Mapping[str, Any]) -> str:
    return str(part.get("valueOff") or "false") if part.get("type") == "Input.Toggle" else ""


def submitted(action: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the message that Action.Submit sends, None where it opens a dialog.

    https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-actions
    """
    data = action.get("data") or {}
    if isinstance(data, str):
        return {"type": "message", "text": "", "value": data}
    own = data.get("msteams") or {}
    match own.get("type"):
        case "task/fetch" | "invoke" | "signin":
            return None
        case "imBack":
            return {"type": "message", "text": str(own.get("value", ""))}
        case "messageBack":
            text = str(own.get("text", ""))
            return {"type": "message", "text": text, "value": own.get("value")}
    fields = {name: value for name, value in data.items() if name != "msteams"}
    return {"type": "message", "text": "", "value": {**fields, **values}}
