"""A finding's card as Block Kit: at a glance what is wrong, all else folded. Pure."""

from compliance.card import Card, Section
from compliance.prose import Copied, Link, Prose, Strong, joined
from notifiers import words
from notifiers.slack.blocks import actions, fact, header, menus, titled
from notifiers.slack.text import Block, plain_text, rich

#: https://docs.slack.dev/reference/block-kit/blocks/container-block
_CHILDREN_MAX = 10
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
_FIELDS_MAX, _FIELD_MAX = 10, 2000


def card_blocks(card: Card) -> list[Block]:
    """Return the card as a channel shows it."""
    if card.is_over and not card.presses:
        return _over(card)
    return [
        header(words.headline(card)),
        rich(joined("\n", [_facts(card), card.line, words.danger(card)])),
        *actions([*card.presses, *card.more], card.resource),
        *([] if card.is_over else [_folded(card)]),
    ]


def details_blocks(card: Card) -> list[Block]:
    """Return what is folded on the card as a message of its own."""
    return [header(words.headline(card)), *map(_open_section, card.folded)]


def _over(card: Card) -> list[Block]:
    """Return a card on which nothing is left to decide, in three lines."""
    where = " · ".join([card.finding_id, *(each.text for each in card.facts)])
    head = {"type": "section", "text": plain_text(f"{words.headline(card)}\n{where}")}
    menu = menus(card.more)[:1]
    return [{**head, "accessory": menu[0]} if menu else head, rich(card.line)]


def _facts(card: Card) -> Prose:
    parts: list[Prose] = [(Copied(card.finding_id),), *((each.text,) for each in card.facts)]
    link: Prose = (Link("AWS Config", card.console_url),) if card.console_url else ()
    return joined(" · ", [*parts, link])


def _folded(card: Card) -> Block:
    children = [block for part in card.folded for block in _folded_section(part)]
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
