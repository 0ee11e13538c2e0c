"""Forms as Slack's modals: how one is drawn, and how what was entered is read. Pure."""

import json
from typing import Any

from commands.answers import Refused
from commands.forms import Choice, Day, Field, Form, Passage, Several, Submission, Text
from compliance.prose import Copied, Prose, Strong, joined
from notifiers import words
from notifiers.slack.blocks import context, fact
from notifiers.slack.text import Block, plain_text, rich

#: The callback of every form; which one it is stands in its origin.
FORM = "form"
_INPUT = "input"
#: https://docs.slack.dev/reference/views/modal-views: the title and the buttons
_TITLE_MAX = 24
#: https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element
_RADIO_MAX = 10
#: https://docs.slack.dev/reference/block-kit/composition-objects/option-object
_OPTION_MAX = 75


def modal(form: Form, channel: str) -> Block:
    """Return *form* as a view; *channel* is where it was opened, which a submission does not carry.

    Block ids are the names of the form's fields: an error is shown under the block it names.
    """
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, _TITLE_MAX),
        "submit": plain_text(form.submit, _TITLE_MAX),
        "close": plain_text("Cancel"),
        "private_metadata": json.dumps({"origin": form.origin, "channel": channel}),
        "blocks": [*map(_passage, form.intro), *map(_field, form.fields)],
    }


def refusal(refused: Refused) -> Block:
    """Return what is shown in place of a form to those who may not send it: it has no button."""
    return {
        "type": "modal",
        "title": plain_text(refused.confirmation, _TITLE_MAX),
        "close": plain_text("Close"),
        "blocks": [rich(words.outcome(refused))],
    }


def read_submission(view: dict[str, Any]) -> tuple[Submission, str]:
    """Return what was entered, and the channel in which the form was opened."""
    kept = json.loads(view["private_metadata"])
    values = (view.get("state") or {}).get("values") or {}
    entered = {name: _entered(block.get(_INPUT) or {}) for name, block in values.items()}
    return Submission(kept["origin"], entered), kept["channel"]


def _entered(element: dict[str, Any]) -> str:
    """https://docs.slack.dev/reference/views: each kind of input keeps its value in its own way."""
    if several := element.get("selected_options"):
        return " ".join(str(each["value"]) for each in several)
    chosen = element.get("selected_option") or {}
    return chosen.get("value") or element.get("selected_date") or element.get("value") or ""


def _passage(passage: Passage) -> Block:
    if not passage.heading and not passage.facts and not passage.copied:
        return context(passage.text)
    lines: list[Prose] = [
        (Strong(passage.heading),) if passage.heading else (),
        joined(" · ", [(Copied(each),) for each in passage.copied]),
        (passage.text,) if passage.text else (),
        *map(fact, passage.facts),
    ]
    return rich(joined("\n", lines))


def _field(field: Field) -> Block:
    element: Block
    match field:
        case Choice():
            kind = "radio_buttons" if len(field.options) <= _RADIO_MAX else "static_select"
            element = {"type": kind, "options": list(map(_option, field.options))}
        case Several():
            element = {"type": "multi_static_select", "options": list(map(_option, field.options))}
        case Text():
            element = {
                "type": "plain_text_input",
                "multiline": field.multiline,
                "max_length": field.longest,
            }
        case Day():
            element = {"type": "datepicker"}
            if field.initial:
                element["initial_date"] = field.initial.isoformat()
    block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label),
        "element": {**element, "action_id": _INPUT},
        "optional": not field.required,
    }
    return {**block, "hint": plain_text(field.hint)} if field.hint else block


def _option(option: tuple[str, str]) -> Block:
    value, label = option
    return {"text": plain_text(label, _OPTION_MAX), "value": value}
