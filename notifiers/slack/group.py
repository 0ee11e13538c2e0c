"""Many findings in one message: their card and the private list. Pure."""

from collections.abc import Iterable, Sequence

from commands.answers import Line, Listing
from compliance.card import Card, Departed
from compliance.group import Content, GroupCard, by_place, how_many
from compliance.press import Button, Press
from compliance.prose import Copied, Prose, Strong, joined
from notifiers import words
from notifiers.slack.blocks import (
    MENU,
    actions,
    button,
    header,
    if_you_remediate,
    titled,
)
from notifiers.slack.card import card_blocks
from notifiers.slack.text import Block, cut, rich
from notifiers.slack.vocabulary import Lacking

#: The actions that turn the pages of the list.
PREVIOUS, NEXT = "list-previous", "list-next"

#: Of a resource's name: the id says the rest.
_NAME_MAX = 80
#: How many lines of the list stand in one section of 3,000 characters.
_LINES_MAX = 5
_SINGLE: Prose = (Copied("/compliance show F-…"), " shows one of them with its own buttons.")


def content_blocks(content: Content, lacking: Lacking = frozenset()) -> list[Block]:
    """Return *content* as a channel shows it, without the types of blocks that it is *lacking*."""
    match content:
        case Card():
            return card_blocks(content, lacking)
        case GroupCard():
            return group_blocks(content)
        case Departed():
            return [rich(words.content(content))]


def group_blocks(group: GroupCard) -> list[Block]:
    severity = words.severity(group.severity).capitalize()
    return [
        header(f"{how_many(group.number)}: {group.title}"),
        titled(severity, group.why),
        titled("How they stand", _counts(group.states)),
        titled("Where they are", _counts(by_place(group))),
        *_impact(group),
        rich(_named(group)),
        {"type": "divider"},
        *actions(group.presses, how_many(group.number)),
        rich(_SINGLE),
    ]


def listing_blocks(listing: Listing) -> list[Block]:
    lines = [_line(each) for each in listing.lines]
    turning = [
        button(press, label=label, action=action)
        for press, label, action in (
            (listing.earlier, "Previous page", PREVIOUS),
            (listing.later, "Next page", NEXT),
        )
        if press
    ]
    return [
        rich((Strong(listing.title),)),
        *(rich(joined("\n", some)) for some in _some(lines)),
        *([{"type": "actions", "elements": turning}] if turning else []),
        rich(_SINGLE),
    ]


def read_press(action: str, value: str) -> Press:
    """Return the press that a button's action and value stand for; raises ValueError."""
    name = action.partition(" ")[0]
    if name == MENU:
        name, _, value = value.partition(" ")
    return Press.parse(Button.LIST if name in {PREVIOUS, NEXT} else name, value)


def _counts(counted: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{number} {name}" for name, number in counted)


def _impact(group: GroupCard) -> list[Block]:
    if not {Button.REMEDIATE_ALL, Button.AGREE_ALL} & group.buttons:
        return []
    return [
        if_you_remediate("If you remediate, for each of them", group.preflight),
        *([titled("May come back", group.source_fix)] if group.source_fix else []),
    ]


def _named(group: GroupCard) -> Prose:
    lines: list[Prose] = [(Copied(each), " ", _name(name)) for each, name in group.named]
    more = group.number - len(group.named)
    rest: Prose = (f"and {more} more",) if more else ()
    return joined("\n", [(Strong("Among them"),), *lines, rest])


def _name(name: str) -> Copied:
    return Copied(cut(name, _NAME_MAX))


def _line(shown: Line) -> Prose:
    where = f" ({shown.account}, {shown.region}): {shown.state}"
    return (Copied(shown.id), " ", _name(shown.resource), where)


def _some(lines: Sequence[Prose]) -> Iterable[Sequence[Prose]]:
    return (lines[start : start + _LINES_MAX] for start in range(0, len(lines), _LINES_MAX))
