"""Cards, answers and reports as Block Kit. Pure: from our data to lists of dicts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.answers import Done, Explained, Refused, StatusReport, Table
from commands.digest import Digest
from compliance.card import Button, Card
from compliance.finding import Finding, State
from compliance.rules import Severity
from notifiers.slack.text import (
    FIELD_MAX,
    HEADER_MAX,
    MESSAGE_MAX,
    SECTION_MAX,
    code,
    cut,
    day,
    escape,
    fit,
    people,
    said,
    when,
)

Block = dict[str, Any]

#: https://docs.slack.dev/reference/block-kit/blocks/section-block: fields of one section
_FIELDS_MAX = 10
#: https://docs.slack.dev/reference/block-kit/blocks/table-block: rows, the headings among them
_TABLE_ROWS_MAX = 100
#: Facts that a reader copies rather than reads.
_COPIED = frozenset({"Resource", "Resource id", "Type", "Rule", "Region"})
_DIGEST, _ASKED = "Weekly compliance digest", "Asked of the TDA"
_LAPSING, _LAPSING_MAX = "Exceptions that end within 30 days", 10
_NARROW = "; ask /compliance status with team:, rule: or account: for fewer"
_LABELS = {
    Button.REMEDIATE: ("Remediate", "primary"),
    Button.IGNORE: ("Ignore", None),
    Button.AGREE: ("Agree", "primary"),
    Button.WITHDRAW: ("Withdraw", None),
}


def card_text(card: Card) -> str:
    """Return the card in one paragraph: screen readers and notifications read only this."""
    facts = dict(card.facts)
    resource = facts.get("Resource", "")
    return said(
        f"{card.title}. Finding {card.finding_id}, {severity(card.severity)}: {resource} "
        f"in account {facts.get('Account', '')}, {facts.get('Region', '')}. "
        f"Status: {card.state}. {card.status}",
        MESSAGE_MAX,
    )


def card_blocks(card: Card) -> list[Block]:
    return [
        header(card.title),
        section(f"*{severity(card.severity).capitalize()}*\n{said(card.why, SECTION_MAX - 100)}"),
        *_facts(card),
        *_preflight(card),
        *([section(f"*Will come back*\n{said(card.source_fix)}")] if card.source_fix else []),
        *([section(f"*By hand*\n{said(card.by_hand)}")] if card.by_hand else []),
        {"type": "divider"},
        section(_status(card)),
        *actions(card),
        context(_footer(card)),
    ]


def sentence(answer: Done | Refused | Explained) -> str:
    """Return an answer of one sentence, with the people it names."""
    if isinstance(answer, Done):
        return said(answer.text)
    named = people(answer.users, answer.groups)
    if isinstance(answer, Explained):
        return cut(f"{escape(answer.text)} {named}", SECTION_MAX)
    who = f" Decided or can decide: {named}." if named else ""
    return cut(f"{escape(answer.text)}{who}", SECTION_MAX)


def table(shown: Table) -> list[Block]:
    """Return a table with what stands before and after it; without rows, the sentences alone."""
    rows = [[_cell(heading) for heading in shown.headings]]
    rows += [[_cell(cell) for cell in row] for row in shown.rows[: _TABLE_ROWS_MAX - 1]]
    left = len(shown.rows) - (len(rows) - 1)
    below = " ".join(filter(None, (f"… and {left} more." if left else "", shown.closing)))
    return [
        header(shown.title),
        *([section(said(shown.intro))] if shown.intro else []),
        *([{"type": "table", "rows": rows}] if shown.rows else []),
        *([context(said(below))] if below else []),
    ]


def table_text(shown: Table) -> str:
    """Return a table in plain words, a line for each row."""
    head = f"{shown.title}: {shown.intro}" if shown.intro else f"{shown.title}:"
    rows = (", ".join([row[0], *_labelled(shown, row)]) for row in shown.rows)
    return "\n".join(filter(None, [head, *rows, shown.closing]))


def together(shown: Sequence[Table]) -> Block:
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
        section(f"*{report.total} findings are open.*"),
        together(report.tables),
        *_findings("Oldest open findings", report.oldest),
        *([context(said(report.note))] if report.note else []),
    ]


def status_text(report: StatusReport) -> str:
    """Return what was counted in plain words."""
    title = f"Compliance status: {report.total} findings are open. {report.note}".strip()
    return "\n".join([title, *map(table_text, report.tables)])


def digest_blocks(report: Digest) -> list[Block]:
    headline = [f"*{escape(name)}*\n{number}" for name, number in report.headline]
    return [
        header(_DIGEST),
        section(f"*{_share(report)}* {_week(report)}"),
        {"type": "section", "fields": [_mrkdwn(each) for each in headline]},
        together(report.tables),
        *_findings(_LAPSING, report.lapsing, _LAPSING_MAX, "; the allowlist has them all"),
        *([section(f"*{_ASKED}*\n{said(_reviews(report))}")] if report.reviews_due else []),
    ]


def digest_text(report: Digest) -> str:
    """Return the whole digest in plain words, as a terminal shows it."""
    lapsing = map(_in_words, report.lapsing)
    lines = [
        f"{_DIGEST}. {_week(report)}",
        _share(report),
        ", ".join(f"{name} {number}" for name, number in report.headline),
        *map(table_text, report.tables),
        *([f"{_LAPSING}:", *lapsing] if report.lapsing else []),
        *([f"{_ASKED}: {_reviews(report)}"] if report.reviews_due else []),
    ]
    return "\n".join(lines)


def spoken(text: str) -> str:
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


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not make links or mentions of what merely looks like one
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or "-"}


def _bold(text: str) -> Block:
    said_so = {"type": "text", "text": text, "style": {"bold": True}}
    line = {"type": "rich_text_section", "elements": [said_so]}
    return {"type": "rich_text", "elements": [line]}


def _padded(cells: list[Block], width: int) -> list[Block]:
    """Slack takes no cell without a text."""
    return [*cells, *(_cell("\u00a0") for _ in range(width - len(cells)))]


def _labelled(shown: Table, row: tuple[str, ...]) -> list[str]:
    return [f"{name} {cell}" for name, cell in zip(shown.headings[1:], row[1:], strict=True)]


def severity(found: Severity | None) -> str:
    return f"{found} severity" if found else "rule not in the catalogue"


def _facts(card: Card) -> list[Block]:
    fields = [
        _mrkdwn(cut(f"*{name}*\n{code(text) if name in _COPIED else escape(text)}", FIELD_MAX))
        for name, text in card.facts
    ]
    return [{"type": "section", "fields": fields[:_FIELDS_MAX]}]


def _preflight(card: Card) -> list[Block]:
    if Button.REMEDIATE not in card.buttons and Button.AGREE not in card.buttons:
        return []
    told = [f"*{name}:* {escape(text)}" for name, text in card.preflight if name != "Where"]
    return [section("*If you remediate*\n" + "\n".join(told))]


def _status(card: Card) -> str:
    words = [f"*{card.state.capitalize()}* since {when(card.since)}"]
    if card.until:
        words.append(f"until {_end(card.state, card.until)}")
    asked = "Asked" if card.state is State.APPROVAL_PENDING else "Decided"
    decided = f"\n{asked} by {people(card.decided_by)}." if card.decided_by else ""
    return f"{', '.join(words)}\n{said(card.status, SECTION_MAX - 400)}{decided}"


def _end(state: State, until: datetime) -> str:
    """An exception is agreed by the day, and lasts through the whole of its last one, in UTC."""
    if state is State.EXCEPTED:
        return f"the end of {day(until - timedelta(seconds=1))}"
    return when(until)


def actions(card: Card) -> list[Block]:
    buttons = [_button(button, card.finding_id) for button in card.buttons]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _button(button: Button, finding_id: str) -> Block:
    label, style = _LABELS[button]
    return button_block(button.value, label, finding_id, style)


def button_block(action: str, label: str, value: str, style: str | None = None) -> Block:
    drawn = {"type": "button", "action_id": action, "text": plain(label), "value": value}
    return {**drawn, "style": style} if style else drawn


def _footer(card: Card) -> str:
    age = f" · opened {when(card.opened_at)}" if card.opened_at else ""
    return f"{code(card.finding_id)}{age} · <{card.console_url}|Open in AWS Config>"


def finding_line(finding: Finding) -> str:
    resource = code(finding.resource_name or finding.key.resource_id)
    since = f", since {when(finding.opened_at)}" if finding.opened_at else ""
    until = f", until {_end(finding.state, finding.until)}" if finding.until else ""
    return (
        f"{code(finding.id)} {escape(finding.key.rule)}: {resource} "
        f"({escape(finding.team)}, {finding.state}{since}{until})"
    )


def _in_words(finding: Finding) -> str:
    resource = finding.resource_name or finding.key.resource_id
    until = f", until {finding.until:%Y-%m-%d %H:%M} UTC" if finding.until else ""
    return f"{finding.id} {finding.key.rule}: {resource} ({finding.team}, {finding.state}{until})"


def _findings(
    title: str, found: Sequence[Finding], most: int | None = None, hint: str = ""
) -> list[Block]:
    """Return *found* under a title, a line each, as many as fit."""
    lines = list(map(finding_line, found))
    told = fit(lines, SECTION_MAX - HEADER_MAX, hint, most)
    return [section(f"*{escape(title)}*\n{told}")] if lines else []


def _share(report: Digest) -> str:
    share = "no data yet" if report.share is None else f"{report.share:.1%} compliant"
    return f"{share}, {report.unresolved} findings open."


def _week(report: Digest) -> str:
    return f"From {day(report.since)} to {day(report.until)}."


def _reviews(report: Digest) -> str:
    return f"Review these rules: {', '.join(report.reviews_due)}"
