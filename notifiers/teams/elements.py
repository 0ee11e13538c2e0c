"""The parts of an Adaptive Card 1.5 that all of the bot's cards are made of. Pure.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.answers import Ask
from compliance.facts import COPIED, Fact
from compliance.press import Press
from compliance.prose import Copied, Piece, Prose, Strong, joined, one_line
from notifiers.teams.text import Element, Name, rich

#: The verbs of the bot's own buttons, beside those of each Button.
REFRESH, SUBMIT, ASK = "refresh", "submit", "ask"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"

#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages: 28 KB
#: with everything around the card, which has at most about 1 KB here.
CARD_MAX = 26 * 1024
#: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
ACTIONS_MAX = 6
#: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
_VIEWERS_MAX = 60
#: A table of more columns has smaller letters.
_ROOMY = 4
#: How wide a column is at most, and what is around it, in letters.
_WIDEST, _BETWEEN = 30, 2
_TITLE_MAX, _TOOLTIP_MAX, _SUMMARY_MAX = 60, 120, 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a card may have: characters of one text, and rows of one table or list."""

    text: int
    rows: int


#: Each is tried until a card fits; the first loses nothing of what AWS and people usually write.
_LIMITS = (
    Limits(4000, 60), Limits(2000, 30), Limits(1000, 15), Limits(400, 8), Limits(120, 4),
    Limits(40, 2),
)  # fmt: skip


def card(body: Sequence[Element], **more: Any) -> Element:
    """Return a whole card."""
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "This card needs a newer version of Teams.",
        "body": list(body),
        **more,
    }


def message(built: Element, summary: str) -> Element:
    """Return a message that is all card; *summary* is what a notification shows of it."""
    return {
        "type": "message",
        "summary": " ".join(summary.split())[:_SUMMARY_MAX],
        "attachments": [{"contentType": CONTENT_TYPE, "content": built}],
    }


def fitting(build: Callable[[Limits], Element]) -> Element:
    """Return what *build* makes with the widest limits with which it is small enough."""
    for limits in _LIMITS:
        built = build(limits)
        if len(json.dumps(built, ensure_ascii=False).encode()) <= CARD_MAX:
            break
    return built


def refresh(finding_id: str, viewers: Sequence[str]) -> Element:
    """Return how those who may decide get a card of their own, without pressing anything."""
    action = execute("Show my buttons", REFRESH, finding_id)
    return {"action": action, "userIds": list(viewers[:_VIEWERS_MAX])}


def heading(text: str, name: Name = str) -> list[Element]:
    return rich((one_line(text),), name, 300, size="Medium", weight="Bolder")


def subtle(text: str) -> list[Element]:
    return rich((text,), longest=1000, isSubtle=True, size="Small")


def titled(title: str, text: str, limits: Limits) -> list[Element]:
    return rich((Strong(f"{title}\n"), text), longest=limits.text)


def facts(known: Iterable[Fact], limits: Limits, title: str = "") -> list[Element]:
    """Return a line for each fact, below a title where there is one."""
    head: list[Prose] = [(Strong(title),)] if title else []
    return rich(joined("\n", [*head, *map(_fact, known)]), longest=limits.text)


def _fact(known: Fact) -> Prose:
    text: Piece = Copied(known.text) if known.kind in COPIED else known.text
    return (Strong(f"{known.kind}:"), " ", text)


def banner(prose: Prose, name: Name, limits: Limits) -> Element:
    """Return what only one person is to read, above all else."""
    return {
        "type": "Container",
        "style": "emphasis",
        "bleed": True,
        "items": rich(prose, name, limits.text),
    }


def carrier(post_id: str) -> list[Element]:
    """Return what nobody sees and what finds a post again: our own id of it."""
    if not post_id:
        return []
    return [{"type": "Container", "id": f"post {post_id}", "isVisible": False, "items": []}]


def execute(title: str, verb: str, value: str, **more: Any) -> Element:
    return {
        "type": "Action.Execute",
        "title": one_line(title)[:_TITLE_MAX],
        "verb": verb,
        "data": {"value": value},
        **more,
    }


def press(pressed: Press, subject: str = "", label: str = "") -> Element:
    about = one_line(pressed.name(subject)) if subject and not label else ""
    return execute(
        label or pressed.label,
        pressed.button.value,
        pressed.value,
        **({"tooltip": about[:_TOOLTIP_MAX]} if about else {}),
    )


def ask(asked: Ask, label: str = "") -> Element:
    """Return a button that asks what it says, as if somebody had written it."""
    tooltip = {"tooltip": one_line(asked.about)[:_TOOLTIP_MAX]} if asked.about else {}
    return execute(label or asked.label, ASK, asked.text, **tooltip)


def buttons(shown: Sequence[Element], behind: Sequence[Element]) -> list[Element]:
    """Return a row of buttons, with those *behind* ``…``; two rows where one cannot hold them."""
    hidden = [{**each, "mode": "secondary"} for each in behind]
    if len(shown) + len(hidden) <= ACTIONS_MAX:
        return action_sets([*shown, *hidden])
    return [*action_sets(shown), *action_sets(hidden)]


def action_sets(actions: Sequence[Element]) -> list[Element]:
    """Return rows of buttons: Teams takes no more than six in one."""
    return [
        {"type": "ActionSet", "actions": list(actions[start : start + ACTIONS_MAX])}
        for start in range(0, len(actions), ACTIONS_MAX)
    ]


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], limits: Limits, more: str = ""
) -> list[Element]:
    """Return a table, with a line below it that says how many rows were left out."""
    shown = rows[: limits.rows]
    left = len(rows) - len(shown)
    width = len(headings)
    full = [list(headings), *([*row, *[""] * (width - len(row))] for row in shown)]
    style: dict[str, Any] = {"size": "Small"} if width > _ROOMY else {}
    head, *others = full
    lines = [[_cell(each, limits, weight="Bolder", **style) for each in head]]
    lines += [[_cell(each, limits, **style) for each in row] for row in others]
    return [
        {
            "type": "Table",
            "columns": [{"width": _width(column)} for column in zip(*full, strict=True)],
            "firstRowAsHeader": True,
            "rows": [{"type": "TableRow", "cells": cells} for cells in lines],
        },
        *(subtle(f"… and {left} more{more}") if left > 0 else []),
    ]


def _width(column: Sequence[str]) -> int:
    """Return how wide a column is beside others: its longest word has room, and longer texts."""
    words = max((len(word) for text in column for word in text.split()), default=0)
    texts = max(map(len, column))
    return min(max(words, texts // 2), _WIDEST) + _BETWEEN


def _cell(text: str, limits: Limits, **style: Any) -> Element:
    return {"type": "TableCell", "items": rich((text or "-",), longest=limits.text, **style)}
