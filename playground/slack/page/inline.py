"""Turns marked-up text into HTML piece by piece; what no rule knows is escaped. Pure."""

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from playground.slack.page import emoji

#: A pattern, and what becomes of its match.
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Markup]]
_EMOJI = re.compile(r":([a-z0-9_+-]+):")


def literal(text: str, *, emoji_codes: bool = True) -> Markup:
    """Return *text* to be shown as it is, with its lines and, unless told otherwise, its emoji.

    Slack's three entities are resolved first: they are all that an app has to escape.
    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    plain = entities(text)
    if emoji_codes:
        plain = _EMOJI.sub(lambda code: emoji.shown(code[1]), plain)
    return Markup("<br>").join(emoji.drawn(line) for line in plain.split("\n"))


def entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def apply(text: str, rules: Sequence[Rule]) -> Markup:
    """Return *text* as HTML: of all rules the one that matches first, again and again."""
    result, position = Markup(""), 0
    found = [pattern.search(text) for pattern, _ in rules]
    while True:
        found = [
            pattern.search(text, position) if match and match.start() < position else match
            for (pattern, _), match in zip(rules, found, strict=True)
        ]
        matches = [(match.start(), index) for index, match in enumerate(found) if match]
        if not matches:
            return result + literal(text[position:])
        start, index = min(matches)
        match = found[index]
        assert match is not None  # noqa: S101 - by the comprehension above
        result += literal(text[position:start]) + rules[index][1](match)
        position = match.end()


def tag(name: str, inner: Markup) -> Markup:
    """Return *inner* in a tag; *name* is one of ours, never from outside."""
    return Markup("<{0}>{1}</{0}>").format(name, inner)


def verbatim(name: str, text: str) -> Markup:
    """Return *text* in the tag *name*, with nothing in it looked at but Slack's entities."""
    return tag(name, escape(entities(text)))
