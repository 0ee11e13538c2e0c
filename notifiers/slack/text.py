"""Text for Slack: prose as rich text, as a plain text object, and as what is read aloud. Pure.

Nothing here is ``mrkdwn``: marks in text from outside are characters. Escapes and mentions are
needed in one place alone, the ``text`` of a message, which stands beside its blocks.
"""

import re
from collections.abc import Sequence
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
    joined,
    one_line,
    plain,
)
from compliance.prose import moment as in_utc
from compliance.text import clean

Block = dict[str, Any]

#: What stands before Slack's ids in what the bot keeps.
PRODUCT = "slack"
_USER = re.compile(rf"{PRODUCT}:([UW][A-Z0-9]+)", re.ASCII)
#: Older allowlists have users' ids alone; Slack begins those with a digit after the letter. A
#: name, as people write it there, stays a name in capitals too.
_BARE_USER = re.compile(r"([UW]\d[A-Z0-9]{6,})", re.ASCII)
_GROUP = re.compile(rf"{PRODUCT}:(S[A-Z0-9]+)", re.ASCII)
#: An escape that Slack would resolve in a plain_text object.
_RESOLVED = re.compile(r"&(?=(?:amp|lt|gt);)")
_DATE = "{date_short_pretty} {time}"
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
SECTION_MAX = 3000
#: https://docs.slack.dev/reference/block-kit/blocks/header-block
HEADER_MAX = 150
#: https://docs.slack.dev/reference/methods/chat.update: longer text is refused there
MESSAGE_MAX = 4000


def rich(prose: Prose, longest: int = SECTION_MAX) -> Block:
    """Return *prose* as a block: text in it is shown letter by letter, whatever marks it has.

    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
    """
    elements = [_element(piece) for piece in cut_prose(in_product(prose, PRODUCT), longest)]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def plain_text(text: str, longest: int = SECTION_MAX) -> Block:
    """Return *text* as a text object without markup and emoji; newlines stay."""
    shown = _RESOLVED.sub("&amp;", clean(text))
    return {"type": "plain_text", "text": cut(shown, longest), "emoji": False}


def spoken(prose: Prose, longest: int = MESSAGE_MAX) -> str:
    """Return *prose* as the ``text`` of a message: notifications and screen readers have only this.

    It is the one text in which Slack looks for mentions, so that it alone is escaped.
    """
    kept: list[str] = []
    left = longest - 1
    for piece in in_product(prose, PRODUCT):
        words = _spoken(piece)
        if len(words) > left:
            ends = "" if isinstance(piece, Person | Moment | Link) else words[: max(left, 0)]
            return "".join([*kept, _whole_escapes(ends), "…"])
        kept.append(words)
        left -= len(words)
    return "".join(kept)


def cut(text: str, longest: int) -> str:
    """Return *text* in at most *longest* characters, never with half an escape at its end."""
    return text if len(text) <= longest else f"{_whole_escapes(text[: longest - 1])}…"


def cut_prose(prose: Prose, longest: int) -> Prose:
    """Return the pieces of *prose* that are not empty, in at most *longest* characters."""
    kept: list[Piece] = []
    left = longest
    for piece in prose:
        length = len(plain((piece,)))
        if length > left:
            return (*kept, _cut_piece(piece, left))
        if length:
            kept.append(piece)
        left -= length
    return tuple(kept)


def fit(
    lines: Sequence[Prose], longest: int = SECTION_MAX, hint: str = "", most: int | None = None
) -> Prose:
    """Return as many whole *lines* as fit, at most *most*, and how many more there are.

    *hint* says how to see those.
    """
    kept = list(lines[:most])
    while True:
        left = len(lines) - len(kept)
        text = joined("\n", [*kept, *([(f"… and {left} more{hint}",)] if left else [])])
        if len(plain(text)) <= longest or not kept:
            return cut_prose(text, longest)
        kept.pop()


def escape(text: str) -> str:
    """Return *text* so that Slack makes no mention, link or channel of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def own_id(actor_id: str) -> str | None:
    """Return Slack's own id of a person or a group, None for those of another chat product."""
    product, colon, own = actor_id.partition(":")
    if not colon:
        return actor_id
    return own if product == PRODUCT else None


def _element(piece: Piece) -> Block:
    match piece:
        case str():
            return {"type": "text", "text": clean(piece)}
        case Strong(text):
            return {"type": "text", "text": clean(text), "style": {"bold": True}}
        case Copied(text):
            return {"type": "text", "text": one_line(text), "style": {"code": True}}
        case Person():
            return _person(piece)
        case AnyOf():
            raise ValueError("a choice of people is not one piece")
        case Moment(at):
            moment = {"timestamp": int(at.timestamp()), "format": _DATE, "fallback": in_utc(at)}
            return {"type": "date", **moment}
        case Link(text, url):
            return {"type": "link", "text": clean(text), "url": url}


def _person(person: Person) -> Block:
    """Return a mention of Slack's user or group, ``slack:U0HANNAH``; else what they are called."""
    if user := _user(person.id):
        return {"type": "user", "user_id": user}
    if group := _GROUP.fullmatch(person.id):
        return {"type": "usergroup", "usergroup_id": group[1]}
    return {"type": "text", "text": one_line(person.known_as(PRODUCT))}


def _spoken(piece: Piece) -> str:
    match piece:
        case Person(name) if user := _user(name):
            return f"<@{user}>"
        case Person(name) if group := _GROUP.fullmatch(name):
            return f"<!subteam^{group[1]}>"
        case Person():
            return escape(one_line(piece.known_as(PRODUCT)))
        case Moment(at):
            return f"<!date^{int(at.timestamp())}^{_DATE}|{in_utc(at)}>"
        case Link(text, url):
            return f"<{escape(url)}|{escape(clean(text))}>"
    return escape(plain((piece,)))


def _user(name: str) -> str:
    user = _USER.fullmatch(name) or _BARE_USER.fullmatch(name)
    return user[1] if user else ""


def _cut_piece(piece: Piece, longest: int) -> Piece:
    """Return as much of *piece* as has room, with a mark that something is missing."""
    match piece:
        case Strong(text) if longest > 0:
            return Strong(cut(text, longest))
        case Copied(text) if longest > 0:
            return Copied(cut(one_line(text), longest))
        case str() if longest > 0:
            return cut(piece, longest)
    return "…"


def _whole_escapes(text: str) -> str:
    ampersand = text.rfind("&", -5)
    if ampersand >= 0 and ";" not in text[ampersand:]:
        return text[:ampersand]
    return text
