"""Slack's own markup as HTML, https://docs.slack.dev/messaging/formatting-message-text. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from markupsafe import Markup, escape

from playground.slack.page import inline

_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_TOKEN = re.compile(r"<([^<>\n]+)>")
_BARE_URL = re.compile(r"https?://[^\s<>|*_~`]+[^\s<>|*_~`.,;:!?)'\"]")
_DATE = re.compile(r"!date\^(-?\d+)\^([^^|]*)(?:\^([^|]*))?(?:\|(.*))?", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_BULLET = re.compile(r"\s*[•◦▪-] +(?=\S)")
_NUMBER = re.compile(r"\s*(\d{1,3})\. +(?=\S)")


def _around(mark: str) -> re.Pattern[str]:
    """Return the pattern of text between two *mark*s that stand at a word's ends."""
    sign = re.escape(mark)
    return re.compile(rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])([^{sign}\n]*[^\s{sign}]){sign}(?!\w)")


_STYLES = ((_around("*"), "strong"), (_around("_"), "em"), (_around("~"), "s"))


class Names(Protocol):
    """What mentions, links and dates look like to a reader."""

    def mention(self, user_id: str) -> Markup: ...
    def channel(self, channel_id: str, label: str = "") -> Markup: ...
    def group(self, group_id: str, label: str = "") -> Markup: ...
    def broadcast(self, whom: str) -> Markup: ...
    def link(self, url: str, label: str = "") -> Markup: ...
    def date(self, seconds: str, template: str, fallback: str, url: str = "") -> Markup: ...


def plain(text: str, *, emoji: bool = True) -> Markup:
    """Return a plain_text object's text: no markup, and only emoji and lines are looked for."""
    return inline.literal(text, emoji_codes=emoji)


def unmarked(text: str, names: Names) -> Markup:
    """Return a message's text that is not drawn as mrkdwn: its marks are characters.

    https://docs.slack.dev/reference/methods/chat.postMessage: mrkdwn
    """
    return inline.apply(text, [(_TOKEN, lambda match: _token(match[1], names))])


def rendered(text: str, names: Names, *, verbatim: bool = False) -> Markup:
    """Return *text*, safe to stand in the page. *verbatim*: bare addresses do not become links."""
    rules = _rules(names, verbatim=verbatim)
    result, position = Markup(""), 0
    for fence in _FENCE.finditer(text):
        result += _lines(text[position : fence.start()].strip("\n"), rules)
        result += inline.verbatim("pre", fence[1])
        position = fence.end()
    return result + _lines(text[position:].strip("\n") if position else text, rules)


def _rules(names: Names, *, verbatim: bool) -> Sequence[inline.Rule]:
    def styled(name: str) -> inline.Rule:
        pattern = next(pattern for pattern, tag in _STYLES if tag == name)
        return pattern, lambda match: inline.tag(name, inline.apply(match[1], rules))

    rules: list[inline.Rule] = [
        (_CODE, lambda match: inline.verbatim("code", match[1])),
        (_TOKEN, lambda match: _token(match[1], names)),
        *(styled(name) for _, name in _STYLES),
    ]
    if not verbatim:
        rules.append((_BARE_URL, lambda match: names.link(inline.entities(match[0]))))
    return rules


def _token(token: str, names: Names) -> Markup:
    """Return what stands between angle brackets: a mention, a date, a link."""
    target, _, label = token.partition("|")
    label = inline.entities(label)
    if target.startswith("@"):
        return names.mention(target[1:])
    if target.startswith("#"):
        return names.channel(target[1:], label)
    if target.startswith("!"):
        return _special(token, target, label, names)
    return names.link(inline.entities(target), label)


def _special(token: str, target: str, label: str, names: Names) -> Markup:
    if date := _DATE.fullmatch(token):
        seconds, template, url, fallback = (inline.entities(part or "") for part in date.groups())
        return names.date(seconds, template, fallback, url)
    if target.startswith("!subteam^"):
        return names.group(target.removeprefix("!subteam^"), label)
    if target in ("!here", "!channel", "!everyone"):
        return names.broadcast(target[1:])
    return escape(label or inline.entities(f"<{token}>"))


def _lines(text: str, rules: Sequence[inline.Rule]) -> Markup:
    """Return text without fences: quotes and lists are runs of lines of one kind."""
    if not text:
        return Markup("")
    runs = groupby(text.split("\n"), key=_kind)
    return Markup("").join(_run(kind, list(lines), rules) for kind, lines in runs)


def _kind(line: str) -> str:
    for name, pattern in (("quote", _QUOTE), ("ul", _BULLET), ("ol", _NUMBER)):
        if pattern.match(line):
            return name
    return ""


def _run(kind: str, lines: Sequence[str], rules: Sequence[inline.Rule]) -> Markup:
    if kind == "quote":
        inner = "\n".join(_QUOTE.sub("", line, count=1) for line in lines)
        return inline.tag("blockquote", inline.apply(inner, rules))
    if kind:
        return _list(kind, lines, rules)
    return Markup('<span class="lines">{}</span>').format(inline.apply("\n".join(lines), rules))


def _list(kind: str, lines: Sequence[str], rules: Sequence[inline.Rule]) -> Markup:
    pattern = _BULLET if kind == "ul" else _NUMBER
    items = Markup("").join(_items(pattern, lines, rules))
    first = _NUMBER.match(lines[0])
    if first and kind == "ol":
        return Markup('<ol start="{}">{}</ol>').format(int(first[1]), items)
    return inline.tag(kind, items)


def _items(
    pattern: re.Pattern[str], lines: Sequence[str], rules: Sequence[inline.Rule]
) -> Iterator[Markup]:
    for line in lines:
        yield inline.tag("li", inline.apply(pattern.sub("", line, count=1), rules))
