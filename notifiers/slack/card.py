"""A finding's card as Block Kit: at a glance what is wrong, all else folded. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from compliance.card import Card, Section, Stage
from compliance.press import Button, Press
from compliance.prose import Copied, Link, Prose, Strong, joined, one_line
from notifiers import words
from notifiers.slack.blocks import actions, fact, header, menus, titled
from notifiers.slack.text import HEADER_MAX, Block, cut, plain_text, rich
from notifiers.slack.vocabulary import NEWER, Lacking

#: https://docs.slack.dev/reference/block-kit/blocks/container-block
_CHILDREN_MAX = 10
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
_FIELDS_MAX, _FIELD_MAX = 10, 2000
#: A step in a plan, and in words.
_STATUS = {Stage.PENDING: "pending", Stage.RUNNING: "in_progress", Stage.DONE: "complete"}
_MARKS = {Stage.PENDING: "○", Stage.RUNNING: "▸", Stage.DONE: "✓"}


def card_blocks(card: Card, lacking: Lacking = frozenset()) -> list[Block]:
    """Return the card as a channel shows it, without the types of blocks that it is *lacking*."""
    if card.is_over and not card.presses:
        return _over(card)
    is_folded = "container" not in lacking and not card.is_over
    offered = [*card.presses, *(each for each in card.more if not (is_folded and _opens(each)))]
    in_words = _steps(card) if "plan" in lacking else ()
    return [
        header(words.headline(card)),
        rich(joined("\n", [_facts(card), card.line, in_words, words.danger(card)])),
        *([_plan(card)] if card.steps and "plan" not in lacking else []),
        *actions(offered, card.resource),
        *([folded(card.folded)] if is_folded else []),
    ]


def open_blocks(card: Card) -> list[Block]:
    """Return the card with nothing folded, as it is shown to one person alone."""
    shut = {press for press in card.more if _opens(press)}
    shown = replace(card, more=tuple(each for each in card.more if each not in shut))
    return [*card_blocks(shown, NEWER), *map(_open_section, card.folded)]


def details_blocks(card: Card) -> list[Block]:
    """Return what is folded on the card as a message of its own."""
    return [header(words.headline(card)), *map(_open_section, card.folded)]


def _over(card: Card) -> list[Block]:
    """Return a card on which nothing is left to decide, in three lines."""
    where = " · ".join([card.finding_id, *(each.text for each in card.facts)])
    head = {"type": "section", "text": plain_text(f"{words.headline(card)}\n{where}")}
    menu = menus(card.more)[:1]
    return [{**head, "accessory": menu[0]} if menu else head, rich(card.line)]


def _opens(press: Press) -> bool:
    return press.button is Button.DETAILS


def _steps(card: Card) -> Prose:
    """Return the steps a line each, for a workspace that takes no plan."""
    return joined("\n", [(f"{_MARKS[each.stage]} {each.name}",) for each in card.steps])


def _plan(card: Card) -> Block:
    """https://docs.slack.dev/reference/block-kit/blocks/plan-block"""
    tasks = [
        {
            "type": "task_card",
            "task_id": f"{card.finding_id}-{number}",
            "title": cut(one_line(step.name) or "-", HEADER_MAX),
            "status": _STATUS[step.stage],
        }
        for number, step in enumerate(card.steps)
    ]
    return {"type": "plan", "title": "Remediation", "tasks": tasks}


def _facts(card: Card) -> Prose:
    parts: list[Prose] = [(Copied(card.finding_id),), *((each.text,) for each in card.facts)]
    link: Prose = (Link("AWS Config", card.console_url),) if card.console_url else ()
    return joined(" · ", [*parts, link])


def folded(parts: Sequence[Section]) -> Block:
    """Return *parts* behind a line that opens them."""
    children = [block for part in parts for block in _folded_section(part)]
    return {
        "type": "container",
        "title": plain_text("Details"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": children[:_CHILDREN_MAX],
    }


def _folded_section(part: Section) -> list[Block]:
    """Return one part: without rich_text, which Slack documents in a container and then refuses."""
    title = {"type": "context", "elements": [plain_text(part.title)]}
    facts = [plain_text(words.fact(each), _FIELD_MAX) for each in part.facts]
    if facts:
        return [title, {"type": "section", "fields": facts[:_FIELDS_MAX]}]
    return [title, {"type": "section", "text": plain_text(part.text)}]


def _open_section(part: Section) -> Block:
    if part.facts:
        return rich(joined("\n", [(Strong(part.title),), *map(fact, part.facts)]))
    return titled(part.title, part.text)
