"""Cards, answers and reports as Block Kit. Pure: from our data to lists of dicts."""

from collections.abc import Iterable
from typing import Any

from commands.answers import Done, Explained, Refused, StatusReport, Table
from commands.digest import Digest
from compliance.card import Button, Card
from compliance.finding import Finding
from notifiers.slack.text import (
    FIELD_MAX,
    HEADER_MAX,
    MESSAGE_MAX,
    SECTION_MAX,
    code,
    cut,
    day,
    escape,
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
        f"{card.title}. Finding {card.finding_id}, {_severity(card)}: {resource} in account "
        f"{facts.get('Account', '')}, {facts.get('Region', '')}. "
        f"Status: {card.state}. {card.status}",
        MESSAGE_MAX,
    )


def card_blocks(card: Card) -> list[Block]:
    return [
        header(card.title),
        section(f"*{_severity(card).capitalize()}*\n{said(card.why, SECTION_MAX - 100)}"),
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
    return [
        header(shown.title),
        *([section(said(shown.intro))] if shown.intro else []),
        *([{"type": "table", "rows": rows}] if shown.rows else []),
        *([context(said(shown.closing))] if shown.closing else []),
    ]


def listed(shown: Table) -> list[Block]:
    """Return a table as lines of text, for messages that hold more than Slack's one table."""
    lines = [" · ".join([f"*{escape(row[0])}*", *_labelled(shown, row)]) for row in shown.rows]
    return [section(cut(f"*{escape(shown.title)}*\n" + "\n".join(lines or ["None."]), SECTION_MAX))]


def status_blocks(report: StatusReport) -> list[Block]:
    return [
        header("Compliance status"),
        section(f"*{report.total} findings are open.*"),
        *(block for each in report.tables for block in listed(each)),
        *oldest_blocks("Oldest open findings", report.oldest),
        *([context(said(report.note))] if report.note else []),
    ]


def digest_blocks(report: Digest) -> list[Block]:
    share = "no data yet" if report.share is None else f"{report.share:.1%} compliant"
    headline = [f"*{escape(name)}*\n{number}" for name, number in report.headline]
    return [
        header("Weekly compliance digest"),
        section(
            f"*{share}, {report.unresolved} findings open.* "
            f"From {day(report.since)} to {day(report.until)}."
        ),
        {"type": "section", "fields": [_mrkdwn(each) for each in headline]},
        *(block for each in report.tables for block in listed(each)),
        *oldest_blocks("Exceptions that end within 30 days", report.lapsing[:10]),
        *_reviews(report),
    ]


def digest_text(report: Digest) -> str:
    """Return the digest in words."""
    return answer_text("Weekly compliance digest.", report.tables)


def oldest_blocks(title: str, found: Iterable[Finding]) -> list[Block]:
    lines = [finding_line(finding) for finding in found]
    return [section(cut(f"*{title}*\n" + "\n".join(lines), SECTION_MAX))] if lines else []


def answer_text(title: str, shown: Iterable[Table]) -> str:
    """Return tables in words, for screen readers and notifications."""
    words = [title]
    for each in shown:
        words += [f"{each.title}: {each.intro}" if each.intro else f"{each.title}:"]
        words += ["; ".join(", ".join([row[0], *_labelled(each, row)]) for row in each.rows)]
    return said(" ".join(filter(None, words)), MESSAGE_MAX)


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


def _labelled(shown: Table, row: tuple[str, ...]) -> list[str]:
    return [
        f"{escape(name)} {escape(cell)}"
        for name, cell in zip(shown.headings[1:], row[1:], strict=True)
    ]


def _severity(card: Card) -> str:
    return f"{card.severity} severity" if card.severity else "rule not in the catalogue"


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
        words.append(f"until {when(card.until)}")
    decided = f"\nDecided by {people(card.decided_by)}." if card.decided_by else ""
    return f"{', '.join(words)}\n{said(card.status, SECTION_MAX - 400)}{decided}"


def actions(card: Card) -> list[Block]:
    buttons = [_button(button, card.finding_id) for button in card.buttons]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _button(button: Button, finding_id: str) -> Block:
    label, style = _LABELS[button]
    drawn: Block = {
        "type": "button",
        "action_id": button.value,
        "text": plain(label),
        "value": finding_id,
    }
    return {**drawn, "style": style} if style else drawn


def _footer(card: Card) -> str:
    age = f" · opened {when(card.opened_at)}" if card.opened_at else ""
    return f"{code(card.finding_id)}{age} · <{card.console_url}|Open in AWS Config>"


def finding_line(finding: Finding) -> str:
    resource = code(finding.resource_name or finding.key.resource_id)
    since = f", since {when(finding.opened_at)}" if finding.opened_at else ""
    until = f", until {when(finding.until)}" if finding.until else ""
    return (
        f"{code(finding.id)} {escape(finding.key.rule)}: {resource} "
        f"({escape(finding.team)}, {finding.state}{since}{until})"
    )


def _reviews(report: Digest) -> list[Block]:
    if not report.reviews_due:
        return []
    return [
        section(f"*Asked of the TDA*\nReview these rules: {said(', '.join(report.reviews_due))}")
    ]
