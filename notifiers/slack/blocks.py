"""Cards, answers and reports as Block Kit. Pure: from our data to lists of dicts."""

from collections.abc import Sequence
from typing import Any

from commands.answers import Digest, Line, StatusReport, Table
from compliance.card import COPIED, Button, Card, Fact, FactKind, Press
from compliance.request import Request, Verb
from notifiers import words
from notifiers.slack.text import (
    FIELD_MAX,
    HEADER_MAX,
    MESSAGE_MAX,
    SECTION_MAX,
    SLACK,
    code,
    cut,
    escape,
    fit,
    outside,
    when,
)

Block = dict[str, Any]

#: https://docs.slack.dev/reference/block-kit/blocks/section-block: fields of one section
_FIELDS_MAX = 10
#: https://docs.slack.dev/reference/block-kit/blocks/table-block: rows, the headings among them
_TABLE_ROWS_MAX = 100
#: https://docs.slack.dev/reference/block-kit/block-elements/button-element
_BUTTON_MAX = 75
#: Exceptions that the digest lists.
_LAPSING_MAX = 10
_NARROW = "; ask /compliance status with team:, rule: or account: for fewer"
_PRIMARY = frozenset({Button.REMEDIATE, Button.AGREE, Button.REMEDIATE_ALL, Button.AGREE_ALL})


def card_blocks(card: Card) -> list[Block]:
    severity = words.severity(card.severity).capitalize()
    requests = [block for request in card.requests for block in _request(request, card)]
    return [
        header(card.title),
        section(f"*{severity}*\n{outside(card.why, SECTION_MAX - 100)}"),
        *_facts(card),
        *_preflight(card),
        *([section(f"*May come back*\n{outside(card.source_fix)}")] if card.source_fix else []),
        *([section(f"*By hand*\n{outside(card.by_hand)}")] if card.by_hand else []),
        {"type": "divider"},
        section(_status(card)),
        *requests,
        *actions([press for press in card.presses if press.verb is None]),
        context(_footer(card)),
    ]


def table(shown: Table) -> list[Block]:
    """Return a table with what stands before and after it; without rows, the sentences alone."""
    rows = [[_cell(heading) for heading in shown.headings]]
    rows += [[_cell(cell) for cell in row] for row in shown.rows[: _TABLE_ROWS_MAX - 1]]
    left = len(shown.rows) - (len(rows) - 1)
    below = " ".join(filter(None, (f"… and {left} more." if left else "", shown.closing)))
    return [
        header(shown.title),
        *([section(outside(shown.intro))] if shown.intro else []),
        *([{"type": "table", "rows": rows}] if shown.rows else []),
        *([context(outside(below))] if below else []),
    ]


def one_table(shown: Sequence[Table]) -> Block:
    """Return several tables as one, each under its own headings: a message can hold only one."""
    most = _TABLE_ROWS_MAX // len(shown) - 2
    width = max(len(each.headings) for each in shown)
    rows: list[list[Block]] = []
    for each in shown:
        headings = (each.title, *each.headings[1:])
        lines = list(each.rows[:most]) or [("None",)]
        if (left := len(each.rows) - most) > 0:
            lines.append((f"… and {left} more{_NARROW}",))
        rows.append(_padded([_bold(cell) for cell in headings], width))
        rows += [_padded([_cell(cell) for cell in line], width) for line in lines]
    numbers = [{"align": "right"}] * (width - 1)
    return {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}, *numbers]}


def status_blocks(report: StatusReport) -> list[Block]:
    return [
        header("Compliance status"),
        section(f"*{words.how_many_open(report.total)}*"),
        one_table(report.tables),
        *_lines("Oldest open findings", report.oldest),
        *([context(outside(report.note))] if report.note else []),
    ]


def digest_blocks(report: Digest) -> list[Block]:
    headline = [f"*{escape(name)}*\n{number}" for name, number in report.headline]
    reviews = f"*{words.ASKED_OF_TDA}*\n{outside(words.reviews(report))}"
    return [
        header(words.DIGEST),
        section(f"*{words.share(report)}* {words.week(report)}"),
        {"type": "section", "fields": [_mrkdwn(each) for each in headline]},
        one_table(report.tables),
        *_lines(words.LAPSING, report.lapsing, _LAPSING_MAX, "; the allowlist has them all"),
        *([section(reviews)] if report.reviews_due else []),
    ]


def fallback(text: str) -> str:
    """Return plain words for a message: screen readers and notifications read only this."""
    return fit(escape(text).split("\n"), MESSAGE_MAX)


def header(text: str) -> Block:
    return {"type": "header", "text": plain(cut(text, HEADER_MAX))}


def section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(cut(text, SECTION_MAX))}


def context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(cut(text, SECTION_MAX))]}


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def fact(known: Fact) -> str:
    text = code(known.text) if known.kind in COPIED else escape(known.text)
    return f"*{known.kind}*\n{text}"


def impact(facts: Sequence[Fact]) -> str:
    """Return what a remediation does, a line for each fact."""
    return "\n".join(f"*{known.kind}:* {escape(known.text)}" for known in facts)


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not make links or mentions of what merely looks like one
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or "-"}


def _bold(text: str) -> Block:
    element = {"type": "text", "text": text, "style": {"bold": True}}
    line = {"type": "rich_text_section", "elements": [element]}
    return {"type": "rich_text", "elements": [line]}


def _letter_by_letter(title: str, text: str) -> Block:
    """Return a sentence of somebody else's under a title.

    Marks are marks only in mrkdwn; text of a rich_text block is shown as it is, ``s3:*`` too.
    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
    """
    elements = [
        {"type": "text", "text": f"{title}\n", "style": {"bold": True}},
        {"type": "text", "text": cut(text, SECTION_MAX)},
    ]
    line = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "elements": [line]}


def _padded(cells: list[Block], width: int) -> list[Block]:
    """Slack takes no cell without a text."""
    return [*cells, *(_cell("\u00a0") for _ in range(width - len(cells)))]


def _facts(card: Card) -> list[Block]:
    short = [known for known in card.facts if known.kind is not FactKind.ANNOTATION]
    fields = [_mrkdwn(cut(fact(known), FIELD_MAX)) for known in short]
    said = card.fact(FactKind.ANNOTATION)
    return [
        {"type": "section", "fields": fields[:_FIELDS_MAX]},
        *([_letter_by_letter(FactKind.ANNOTATION, said)] if said else []),
    ]


def _preflight(card: Card) -> list[Block]:
    if Press(Button.AGREE, card.finding_id, Verb.REMEDIATE) not in card.presses and (
        Button.REMEDIATE not in card.buttons
    ):
        return []
    consequences = impact([known for known in card.preflight if known.kind is not FactKind.WHERE])
    return [section(f"*If you remediate*\n{consequences}")]


def _status(card: Card) -> str:
    line = [f"*{card.state.capitalize()}* since {when(card.since)}"]
    if card.until:
        line.append(f"until {words.end(card.state, card.until, when)}")
    decided = f"\nDecided by {SLACK.people(card.decided_by)}." if card.decided_by else ""
    return f"{', '.join(line)}\n{outside(card.status, SECTION_MAX - 400)}{decided}"


def _request(request: Request, card: Card) -> list[Block]:
    """Return who asked for what, and the buttons about it."""
    about = [press for press in card.presses if press.verb is request.verb]
    return [section(words.request(request, SLACK)), *actions(about)]


def actions(presses: Sequence[Press]) -> list[Block]:
    """Return a row of buttons, none where nothing can be pressed."""
    elements = [button(press) for press in presses]
    return [{"type": "actions", "elements": elements}] if elements else []


def button(press: Press, label: str = "", action: str = "") -> Block:
    """Return a button, with a *label* or an *action* of its own where they are given.

    Slack takes no action twice in one row, so that of a request has its verb in it.
    """
    usual = f"{press.button} {press.verb}" if press.verb else press.button.value
    drawn = {
        "type": "button",
        "action_id": action or usual,
        "text": plain(cut(label or press.label, _BUTTON_MAX)),
        "value": press.value,
    }
    return {**drawn, "style": "primary"} if press.button in _PRIMARY else drawn


def _footer(card: Card) -> str:
    age = f" · opened {when(card.opened_at)}" if card.opened_at else ""
    link = f" · <{card.console_url}|Open in AWS Config>" if card.console_url else ""
    return f"{code(card.finding_id)}{age}{link}"


def line(shown: Line) -> str:
    since = f", since {when(shown.since)}" if shown.since else ""
    until = f", until {words.end(shown.state, shown.until, when)}" if shown.until else ""
    return (
        f"{code(shown.id)} {escape(shown.rule)}: {code(shown.resource)} "
        f"({escape(shown.team)}, {shown.state}{since}{until})"
    )


def _lines(
    title: str, shown: Sequence[Line], most: int | None = None, hint: str = ""
) -> list[Block]:
    """Return lines under a title, as many as fit."""
    text = fit(list(map(line, shown)), SECTION_MAX - HEADER_MAX, hint, most)
    return [section(f"*{escape(title)}*\n{text}")] if shown else []
