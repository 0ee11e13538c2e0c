"""The ``markdown`` block's standard Markdown as HTML: what bots write, not all of it. Pure.

https://docs.slack.dev/reference/block-kit/blocks/markdown-block
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from playground.slack.page import inline
from playground.slack.page.mrkdwn import Names

_FENCE = re.compile(r"^```[^\n]*\n(.*?)\n?^```[ ]*$", re.DOTALL | re.MULTILINE)
_PREFIXES = {
    "quote": re.compile(r"> ?"),
    "ul": re.compile(r"\s*[-*+] +"),
    "ol": re.compile(r"\s*\d{1,3}[.)] +"),
    "table": re.compile(r"(?=\|)"),
    "rule": re.compile(r"(?:-{3,}|\*{3,})\s*$"),
    "heading": re.compile(r"(#{1,6}) +"),
}
_TABLE_RULE = re.compile(r"\|?[\s:|-]+\|?")


def rendered(text: str, names: Names) -> Markup:
    rules = _rules(names)
    result, position = Markup(""), 0
    for fence in _FENCE.finditer(text):
        result += _blocks(text[position : fence.start()], rules)
        result += inline.tag("pre", escape(fence[1]))
        position = fence.end()
    return result + _blocks(text[position:], rules)


def _rules(names: Names) -> Sequence[inline.Rule]:
    def styled(pattern: str, name: str) -> inline.Rule:
        return re.compile(pattern), lambda found: inline.tag(name, inline.apply(found[1], rules))

    rules: list[inline.Rule] = [
        (re.compile(r"`([^`\n]+)`"), lambda found: inline.tag("code", escape(found[1]))),
        (
            re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)"),
            lambda found: names.link(found[2], found[1]),
        ),
        styled(r"\*\*(?=\S)([^*\n]+)\*\*", "strong"),
        styled(r"(?<![\w*])[*_](?=\S)([^*_\n]+)[*_](?!\w)", "em"),
        styled(r"~~(?=\S)([^~\n]+)~~", "s"),
    ]
    return rules


def _blocks(text: str, rules: Sequence[inline.Rule]) -> Markup:
    runs = groupby(text.strip("\n").split("\n"), key=_kind)
    return Markup("").join(part for kind, lines in runs for part in _run(kind, list(lines), rules))


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    return next((name for name, prefix in _PREFIXES.items() if prefix.match(line)), "p")


def _run(kind: str, lines: Sequence[str], rules: Sequence[inline.Rule]) -> Iterator[Markup]:
    if kind == "table":
        yield _table(lines, rules)
    elif kind == "heading":
        for line in lines:
            # A heading here is below the page's own first and second.
            yield inline.tag("h4", inline.apply(line.lstrip("#").strip(), rules))
    elif kind == "rule":
        yield Markup("<hr>")
    elif kind in ("ul", "ol"):
        stripped = (_PREFIXES[kind].sub("", line, count=1) for line in lines)
        items = (inline.tag("li", inline.apply(line, rules)) for line in stripped)
        yield inline.tag(kind, Markup("").join(items))
    elif kind == "quote":
        inner = "\n".join(_PREFIXES["quote"].sub("", line, count=1) for line in lines)
        yield inline.tag("blockquote", inline.apply(inner, rules))
    elif kind == "p":
        yield inline.tag("p", inline.apply("\n".join(lines), rules))


def _table(lines: Sequence[str], rules: Sequence[inline.Rule]) -> Markup:
    rows = [
        [inline.apply(cell.strip(), rules) for cell in line.strip().strip("|").split("|")]
        for line in lines
        if not _TABLE_RULE.fullmatch(line.strip())
    ]
    if not rows:
        return Markup("")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in rows[0])
    body = Markup("").join(
        inline.tag("tr", Markup("").join(inline.tag("td", cell) for cell in row))
        for row in rows[1:]
    )
    return Markup('<div class="scroll"><table><thead><tr>{}</tr></thead>').format(head) + (
        inline.tag("tbody", body) + Markup("</table></div>")
    )
