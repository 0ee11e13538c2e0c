"""The two forms, Remediate and Ignore: their ids, how they are built and read. Pure."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from commands.ignore import REASON_MAX, Ignore
from compliance.allowlist import ExceptionClass
from compliance.card import Card
from compliance.rules import Rule
from notifiers.slack.blocks import Block, context, plain, section
from notifiers.slack.text import code, escape, said

REMEDIATE_FORM = "remediate-form"
IGNORE_FORM = "ignore-form"

#: Block ids are the names of the form's fields: an error is shown under the block it names.
CLASS, REASON, TICKET, EXPIRES = "exception_class", "reason", "ticket", "expires"
_INPUT = "input"

_MEANING = {
    ExceptionClass.ACCEPTED_RISK: "Accepted risk: we know and live with it",
    ExceptionClass.FALSE_POSITIVE: "False positive: the rule does not apply here",
    ExceptionClass.NOT_OURS: "Not ours: another team has to decide",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened from: a submission carries no channel (slack FACTS).

    *opened_at* is when, in ISO 8601, where it matters what was shown by then.
    """

    finding_id: str
    channel: str
    opened_at: str = ""

    def dump(self) -> str:
        told = {"finding": self.finding_id, "channel": self.channel, "at": self.opened_at}
        return json.dumps(told)


def origin(view: dict[str, Any]) -> Origin:
    told = json.loads(view["private_metadata"])
    return Origin(told["finding"], told["channel"], told["at"])


def remediate_form(card: Card, channel: str) -> Block:
    """Return the confirmation: everything a person must know before AWS is changed."""
    resource = dict(card.facts)["Resource"]
    told = [f"*{escape(name)}*\n{escape(text)}" for name, text in card.preflight]
    blocks = [
        section(f"*{said(card.title)}*\n{code(resource)} · {code(card.finding_id)}"),
        section("\n".join(told)),
        *([section(f"*Will come back*\n{said(card.source_fix)}")] if card.source_fix else []),
        context("AWS Config runs the remediation and then evaluates the rule again."),
    ]
    return modal(REMEDIATE_FORM, "Remediate", "Remediate", Origin(card.finding_id, channel), blocks)


def ignore_form(card: Card, channel: str, rule: Rule | None, today: date) -> Block:
    resource = dict(card.facts)["Resource"]
    about = section(f"*{said(card.title)}*\n{code(resource)} · {code(card.finding_id)}")
    blocks = [about, *exception_fields(rule, today)]
    return modal(IGNORE_FORM, "Ignore", "Record", Origin(card.finding_id, channel), blocks)


def exception_fields(rule: Rule | None, today: date) -> list[Block]:
    """Return what is asked about an exception, whether of one finding or of many."""
    longest = rule.decision.longest_exception if rule else None
    hint = f"At most {longest.days} days from today." if longest else "The day it ends."
    initial = str(min(today + longest, _three_months_on(today))) if longest else str(today)
    options = [{"text": plain(_MEANING[each]), "value": each.value} for each in ExceptionClass]
    return [
        _input(
            CLASS,
            "What kind of exception is this?",
            {"type": "radio_buttons", "action_id": _INPUT, "options": options},
        ),
        _input(
            REASON,
            "Why is this acceptable?",
            {
                "type": "plain_text_input",
                "action_id": _INPUT,
                "multiline": True,
                "max_length": REASON_MAX,
            },
            "At least 20 characters. Auditors and the next reader see this.",
        ),
        _input(
            TICKET,
            "Ticket",
            {"type": "plain_text_input", "action_id": _INPUT, "max_length": 100},
            "The number or address where this was agreed, if there is one.",
            optional=True,
        ),
        _input(
            EXPIRES,
            "Until the end of",
            {"type": "datepicker", "action_id": _INPUT, "initial_date": initial},
            hint,
        ),
    ]


def read_ignore(view: dict[str, Any]) -> Ignore:
    """Return what was entered; nothing is checked here."""
    values = view["state"]["values"]
    chosen = values[CLASS][_INPUT].get("selected_option") or {}
    expires = values[EXPIRES][_INPUT].get("selected_date")
    return Ignore(
        exception_class=chosen.get("value") or "",
        reason=values[REASON][_INPUT].get("value") or "",
        ticket=values[TICKET][_INPUT].get("value") or "",
        expires=date.fromisoformat(expires) if expires else None,
    )


def _three_months_on(today: date) -> date:
    """Long enough to fix most things, short enough to be looked at again."""
    return today + timedelta(days=90)


def modal(
    callback_id: str, title: str, submit: str, opened_from: Origin, blocks: list[Block]
) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "private_metadata": opened_from.dump(),
        "blocks": blocks,
    }


def _input(
    name: str, label: str, element: Block, hint: str = "", *, optional: bool = False
) -> Block:
    block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block
