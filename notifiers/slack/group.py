"""Many findings in one message: their card and the private list. Pure."""

from compliance.card import Card, Departed, Section
from compliance.group import Content, GroupCard, Row, by_place, how_many
from compliance.press import Button, Press
from compliance.prose import Copied, Prose, joined, people
from notifiers import words
from notifiers.slack.blocks import (
    MENU,
    actions,
    button,
    cell,
    header,
)
from notifiers.slack.card import card_blocks, folded
from notifiers.slack.lists import NEXT, PREVIOUS
from notifiers.slack.text import Block, cut, plain_text, rich
from notifiers.slack.vocabulary import Lacking

#: Of a resource's name: the id says the rest.
_NAME_MAX = 80
#: https://docs.slack.dev/reference/block-kit/blocks/data-table-block: 20,000 characters in all.
_ROWS_MAX = 50
#: How many rows a table shows at a time, and how many rows have a section each without a table.
_ROWS_A_PAGE, _SECTIONS_MAX = 4, 5
_SINGLE: Prose = (Copied("/compliance show F-…"), " shows one of them with its own buttons.")


def content_blocks(content: Content, lacking: Lacking = frozenset()) -> list[Block]:
    """Return *content* as a channel shows it, without the types of blocks that it is *lacking*."""
    match content:
        case Card():
            return card_blocks(content, lacking)
        case GroupCard():
            return group_blocks(content, lacking)
        case Departed():
            return [rich(words.content(content))]


def group_blocks(group: GroupCard, lacking: Lacking = frozenset()) -> list[Block]:
    """Return a card of many findings: a row with a button for each of the first of them."""
    counted = ", ".join(f"{number} {state}" for state, number in group.states)
    where = ", ".join(f"{number} {name}" for name, number in by_place(group))
    listed = min(len(group.rows), _ROWS_MAX)
    first = f" The first {listed} are listed." if group.number > listed else ""
    return [
        header(words.headline(group)),
        rich(joined("\n", [(f"{counted} · {where}.{first}",), words.danger(group)])),
        *(_rows_in_sections(group) if "data_table" in lacking else [_rows(group)]),
        *actions(group.presses, how_many(group.number)),
        *([] if "container" in lacking else [folded(_parts(group))]),
    ]


def _rows(group: GroupCard) -> Block:
    """https://docs.slack.dev/reference/block-kit/blocks/data-table-block"""
    headings = ("Resource", "Decide", "State", "Who", "Where")
    return {
        "type": "data_table",
        "caption": group.headline,
        "page_size": _ROWS_A_PAGE,
        "rows": [[cell(each) for each in headings], *map(_row, group.rows[:_ROWS_MAX])],
    }


def _row(row: Row) -> list[Block]:
    action = _row_button(row)
    return [
        cell(cut(row.resource, _NAME_MAX)),
        # On a telephone what stands further right is out of sight.
        {"type": "action", "element": action, "fallback": cell(row.press.label)},
        cell(row.state.capitalize()),
        rich(people(row.who)) if row.who else cell("-"),
        cell(cut(row.where, _NAME_MAX)),
    ]


def _row_button(row: Row) -> Block:
    """Return the button of a row; an action stands once in a block, so that it has the id in it."""
    action = f"{row.press.button} {row.finding_id}"
    drawn = button(row.press, row.resource, action=action)
    return {name: value for name, value in drawn.items() if name != "style"}


def _rows_in_sections(group: GroupCard) -> list[Block]:
    """Return rows with their buttons beside them, for a workspace without data tables."""
    return [
        {
            "type": "section",
            "text": plain_text(f"{cut(row.resource, _NAME_MAX)} ({row.where}): {row.state}"),
            "accessory": _row_button(row),
        }
        for row in group.rows[:_SECTIONS_MAX]
    ]


def _parts(group: GroupCard) -> tuple[Section, ...]:
    is_fixable = bool({Button.REMEDIATE_ALL, Button.AGREE_ALL} & group.buttons)
    parts = (
        Section("Why it matters", group.why),
        Section("If you remediate, for each", facts=group.preflight if is_fixable else ()),
        Section("May come back", group.source_fix if is_fixable else ""),
    )
    return tuple(part for part in parts if part.text or part.facts)


def read_press(action: str, value: str) -> Press:
    """Return the press that a button's action and value stand for; raises ValueError."""
    name = action.partition(" ")[0]
    if name == MENU:
        name, _, value = value.partition(" ")
    return Press.parse(Button.LIST if name in {PREVIOUS, NEXT} else name, value)
