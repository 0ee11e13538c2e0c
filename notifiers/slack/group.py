"""Many findings in one message: their card, the private list, the two forms. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from compliance.card import Card, Moved
from compliance.finding import Finding
from compliance.group import Face, Group, GroupButton, how_many
from compliance.rules import Rule
from notifiers.slack.blocks import (
    Block,
    button_block,
    card_blocks,
    card_text,
    context,
    header,
    section,
    severity,
)
from notifiers.slack.modals import Origin, exception_fields, modal
from notifiers.slack.text import MESSAGE_MAX, SECTION_MAX, code, cut, escape, said

REMEDIATE_ALL_FORM = "remediate-all-form"
IGNORE_ALL_FORM = "ignore-all-form"
#: The buttons that turn the pages of the list.
PREVIOUS, NEXT = "list-previous", "list-next"

MOVED = "This finding is now with another team."

#: How many accounts the card counts one by one.
_ACCOUNTS_MAX = 10
#: Of a resource's name: what an escape makes longer still fits, and the id says the rest.
_NAME_MAX = 80
#: Lines of the list, and how many stand in one section of 3,000 characters.
_PAGE, _LINES_MAX = 20, 5
_LABELS = {
    GroupButton.LIST: ("Show them", None),
    GroupButton.REMEDIATE: ("Remediate all", "primary"),
    GroupButton.AGREE: ("Agree to all", "primary"),
    GroupButton.IGNORE: ("Ignore all", None),
}
_SINGLE = "`/compliance show F-…` shows one of them with its own buttons."


def face_message(face: Face) -> tuple[str, list[Block]]:
    """Return *face* in words for screen readers, and as others see it."""
    match face:
        case Card():
            return card_text(face), card_blocks(face)
        case Group():
            return group_text(face), group_blocks(face)
        case Moved():
            return MOVED, [section(MOVED)]


def group_text(group: Group) -> str:
    states = ", ".join(f"{number} {state}" for state, number in group.states)
    accounts = ", ".join(f"{number} {where}" for where, number in _counted(group.accounts))
    named = ", ".join(f"{finding_id} {name}" for finding_id, name in group.named)
    return said(
        f"{group.title}: {how_many(group.number)}, {severity(group.severity)}. Status: {states}. "
        f"Accounts: {accounts}. Among them: {named}.",
        MESSAGE_MAX,
    )


def group_blocks(group: Group) -> list[Block]:
    return [
        header(f"{how_many(group.number)}: {group.title}"),
        section(f"*{severity(group.severity).capitalize()}*\n{said(group.why, SECTION_MAX - 100)}"),
        section("*How they stand*\n" + _lines(group.states)),
        section("*Where they are*\n" + _lines(_counted(group.accounts))),
        *_impact(group),
        section(_named(group)),
        {"type": "divider"},
        {"type": "actions", "elements": [_press(each, group) for each in group.buttons]},
        context(_SINGLE),
    ]


def list_message(found: Sequence[Finding], page: int) -> tuple[str, list[Block]]:
    """Return one page of *found*; pages count from 0, and one that is not there is the last."""
    last = (len(found) - 1) // _PAGE
    page = min(page, last)
    lines = [_line(finding) for finding in found[page * _PAGE : (page + 1) * _PAGE]]
    title = f"{how_many(len(found))}, page {page + 1} of {last + 1}"
    turning = _turning(found[0].id, page, last)
    told = [
        section(f"*{title}*"),
        *(section("\n".join(some)) for some in _some(lines)),
        *([{"type": "actions", "elements": turning}] if turning else []),
        context(_SINGLE),
    ]
    return cut("\n".join([title, *lines]), MESSAGE_MAX), told


def read_page(value: str) -> tuple[str, int]:
    """Return a finding of the group and the page, from the value of a button."""
    finding_id, _, page = value.partition(" ")
    return finding_id, int(page or 0)


def remediate_all_form(group: Group, channel: str, now: datetime) -> Block:
    """Return the confirmation: how many, where, and what a person must know before."""
    blocks = [
        *_about(group),
        *_impact(group),
        context("AWS Config runs each remediation and then evaluates the rule again."),
    ]
    opened_from = Origin(group.finding_id, channel, now.isoformat())
    return modal(REMEDIATE_ALL_FORM, "Remediate all", "Remediate all", opened_from, blocks)


def ignore_all_form(group: Group, channel: str, rule: Rule | None, now: datetime) -> Block:
    blocks = [*_about(group), *exception_fields(rule, now.date())]
    opened_from = Origin(group.finding_id, channel, now.isoformat())
    return modal(IGNORE_ALL_FORM, "Ignore all", "Record all", opened_from, blocks)


def _about(group: Group) -> list[Block]:
    return [
        section(f"*{said(group.title, 500)}*\n{how_many(group.number)}"),
        section("*Where they are*\n" + _lines(_counted(group.accounts))),
    ]


def _lines(counted: Iterable[tuple[str, int]]) -> str:
    return cut("\n".join(f"{number} {escape(name)}" for name, number in counted), SECTION_MAX - 50)


def _counted(accounts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return where the most findings are, and all other accounts as one."""
    named = [(f"in {name}", number) for name, number in accounts[:_ACCOUNTS_MAX]]
    others = accounts[_ACCOUNTS_MAX:]
    rest = [(f"in {len(others)} more accounts", sum(n for _, n in others))] if others else []
    return [*named, *rest]


def _impact(group: Group) -> list[Block]:
    if not {GroupButton.REMEDIATE, GroupButton.AGREE} & set(group.buttons):
        return []
    told = "\n".join(f"*{name}:* {escape(text)}" for name, text in group.preflight)
    comes_back = f"*Will come back*\n{said(group.source_fix, SECTION_MAX - 50)}"
    return [
        section(f"*If you remediate, for each of them*\n{told}"),
        *([section(comes_back)] if group.source_fix else []),
    ]


def _named(group: Group) -> str:
    lines = [f"{code(finding_id)} {_name(name)}" for finding_id, name in group.named]
    more = group.number - len(group.named)
    return "\n".join(["*Among them*", *lines, *([f"and {more} more"] if more else [])])


def _name(name: str) -> str:
    return code(cut(name, _NAME_MAX))


def _line(finding: Finding) -> str:
    where = f"{finding.key.account}, {finding.key.region}"
    name = _name(finding.resource_name or finding.key.resource_id)
    return f"{code(finding.id)} {name} ({escape(where)}): {finding.state}"


def _some(lines: Sequence[str]) -> Iterable[Sequence[str]]:
    return (lines[start : start + _LINES_MAX] for start in range(0, len(lines), _LINES_MAX))


def _press(button: GroupButton, group: Group) -> Block:
    label, style = _LABELS[button]
    return button_block(button.value, label, group.finding_id, style)


def _turning(finding_id: str, page: int, last: int) -> list[Block]:
    before = [button_block(PREVIOUS, "Previous page", f"{finding_id} {page - 1}")] if page else []
    after = [button_block(NEXT, "Next page", f"{finding_id} {page + 1}")] if page < last else []
    return before + after
