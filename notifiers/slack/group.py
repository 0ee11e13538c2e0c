"""Many findings in one message: their card and the private list. Pure."""

from collections.abc import Iterable, Sequence

from commands.answers import Line, Listing
from compliance.card import Button, Card, Departed, Press
from compliance.group import Content, GroupCard, by_place, how_many
from notifiers import words
from notifiers.slack.blocks import (
    Block,
    actions,
    button,
    card_blocks,
    context,
    header,
    impact,
    section,
)
from notifiers.slack.text import MESSAGE_MAX, SECTION_MAX, SLACK, code, cut, escape, outside

#: The actions that turn the pages of the list.
PREVIOUS, NEXT = "list-previous", "list-next"

#: Of a resource's name: what an escape makes longer still fits, and the id says the rest.
_NAME_MAX = 80
#: How many lines of the list stand in one section of 3,000 characters.
_LINES_MAX = 5
_SINGLE = "`/compliance show F-…` shows one of them with its own buttons."


def content_message(content: Content) -> tuple[str, list[Block]]:
    """Return *content* in words for screen readers, and as others see it."""
    text = cut(words.content(content, SLACK), MESSAGE_MAX)
    match content:
        case Card():
            return text, card_blocks(content)
        case GroupCard():
            return text, group_blocks(content)
        case Departed():
            return text, [section(text)]


def group_blocks(group: GroupCard) -> list[Block]:
    severity = words.severity(group.severity).capitalize()
    return [
        header(f"{how_many(group.number)}: {group.title}"),
        section(f"*{severity}*\n{outside(group.why, SECTION_MAX - 100)}"),
        section("*How they stand*\n" + _counts(group.states)),
        section("*Where they are*\n" + _counts(by_place(group))),
        *_impact(group),
        section(_named(group)),
        {"type": "divider"},
        *actions(group.presses),
        context(_SINGLE),
    ]


def listing_blocks(listing: Listing) -> list[Block]:
    lines = [_line(each) for each in listing.lines]
    turning = [
        button(press, label, action)
        for press, label, action in (
            (listing.earlier, "Previous page", PREVIOUS),
            (listing.later, "Next page", NEXT),
        )
        if press
    ]
    return [
        section(f"*{listing.title}*"),
        *(section("\n".join(some)) for some in _some(lines)),
        *([{"type": "actions", "elements": turning}] if turning else []),
        context(_SINGLE),
    ]


def read_press(action: str, value: str) -> Press:
    """Return the press that a button's action and value stand for; raises ValueError."""
    name = action.partition(" ")[0]
    return Press.parse(Button.LIST if name in {PREVIOUS, NEXT} else name, value)


def _counts(counted: Iterable[tuple[str, int]]) -> str:
    return cut("\n".join(f"{number} {escape(name)}" for name, number in counted), SECTION_MAX - 50)


def _impact(group: GroupCard) -> list[Block]:
    if not {Button.REMEDIATE_ALL, Button.AGREE_ALL} & group.buttons:
        return []
    comes_back = f"*May come back*\n{outside(group.source_fix, SECTION_MAX - 50)}"
    return [
        section(f"*If you remediate, for each of them*\n{impact(group.preflight)}"),
        *([section(comes_back)] if group.source_fix else []),
    ]


def _named(group: GroupCard) -> str:
    lines = [f"{code(finding_id)} {_name(name)}" for finding_id, name in group.named]
    more = group.number - len(group.named)
    return "\n".join(["*Among them*", *lines, *([f"and {more} more"] if more else [])])


def _name(name: str) -> str:
    return code(cut(name, _NAME_MAX))


def _line(shown: Line) -> str:
    where = escape(f"{shown.account}, {shown.region}")
    return f"{code(shown.id)} {_name(shown.resource)} ({where}): {shown.state}"


def _some(lines: Sequence[str]) -> Iterable[Sequence[str]]:
    return (lines[start : start + _LINES_MAX] for start in range(0, len(lines), _LINES_MAX))
