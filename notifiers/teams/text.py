"""Text for Teams: prose as rich text runs, cut at what a card may have. Pure.

A TextBlock and a FactSet make Markdown of their text, also of what somebody wrote; a TextRun
shows it letter by letter. So every text that is not the bot's own stands in a TextRun.
https://adaptivecards.io/explorer/TextRun.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from compliance.prose import (
    AnyOf,
    Copied,
    Link,
    Moment,
    Person,
    Piece,
    Prose,
    Strong,
    in_product,
    moment,
    one_line,
)
from compliance.text import clean

Element = dict[str, Any]

#: What stands before Teams' ids in what the bot keeps.
PRODUCT = "teams"
#: How somebody of an id is called.
Name = Callable[[str], str]


def rich(prose: Prose, name: Name = str, longest: int = 4000, **style: Any) -> list[Element]:
    """Return *prose* as blocks, one a line, so that a line's end is one in every client."""
    lines = _lines(cut(_runs(prose, name), longest))
    blocks = [
        {
            "type": "RichTextBlock",
            "inlines": [{**run, **style} for run in line],
            **({"spacing": "None"} if number else {}),
        }
        for number, line in enumerate(lines)
        if line
    ]
    return blocks or [{"type": "RichTextBlock", "inlines": [_run("-")]}]


def cut(runs: Iterable[Element], longest: int) -> list[Element]:
    """Return *runs* in at most *longest* characters, with an ellipsis where some are left out."""
    kept: list[Element] = []
    left = longest
    for run in runs:
        if len(run["text"]) > left:
            return [*kept, {**run, "text": f"{run['text'][: max(left - 1, 0)]}…"}]
        kept.append(run)
        left -= len(run["text"])
    return kept


def own_id(actor_id: str) -> str:
    """Return the Entra object id of ``teams:…``, empty for those of another chat product."""
    product, _, own = actor_id.partition(":")
    return own if product == PRODUCT else ""


def _runs(prose: Prose, name: Name) -> Iterable[Element]:
    return (_piece(piece, name) for piece in in_product(prose, PRODUCT))


def _piece(piece: Piece, name: Name) -> Element:
    match piece:
        case str():
            return _run(clean(piece))
        case Strong(text):
            return _run(clean(text), weight="Bolder")
        case Copied(text):
            return _run(one_line(text), fontType="Monospace")
        case Person(id):
            called = name(id) if own_id(id) else piece.known_as(PRODUCT)
            return _run(one_line(called), weight="Bolder")
        case AnyOf():
            raise ValueError("a choice of people is not one piece")
        case Moment(at):
            return _run(moment(at))
        case Link(text, url):
            opens = {"type": "Action.OpenUrl", "title": clean(text), "url": url}
            return _run(clean(text), selectAction=opens)


def _run(text: str, **style: Any) -> Element:
    return {"type": "TextRun", "text": text, **style}


def _lines(runs: Iterable[Element]) -> list[list[Element]]:
    lines: list[list[Element]] = [[]]
    for run in runs:
        first, *others = run["text"].split("\n")
        lines[-1] += [{**run, "text": first}] if first else []
        lines += [[{**run, "text": each}] if each else [] for each in others]
    return lines
