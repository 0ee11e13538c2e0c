"""What keeps a text from being YAML, in words for its writer. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from config.faults import Fault

#: https://git-scm.com/docs/git-merge: how Git marks what it could not merge.
_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})( .*)?$", re.MULTILINE)
#: https://yaml.org/spec/1.2.2/#51-character-set
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INDENTED_BY_TAB = re.compile(r" *\t")
_CONFLICTS_MAX = 10

CONFLICT = (
    "is not valid YAML: Git could not merge this and left {marker}. Keep what is right of both "
    "sides, and take out the lines with <<<<<<<, ======= and >>>>>>>"
)
TAB = "a tab, which YAML does not take for indentation; put spaces in its place"
UNSEEN = "is not valid YAML: a character that cannot be seen, U+{code:04X}; take it out"
#: What libyaml and PyYAML say, and what it means; the first that fits counts.
_MEANINGS = (
    (
        "cannot start any token",
        "this value begins with a character that YAML reads as its own; put the value in quotes",
    ),
    (
        "mapping values are not allowed",
        "a second ': ' on this line, or a line that is indented too far; put a value that has a "
        "colon in quotes",
    ),
    (
        "alphabetic or numeric character",
        "a value that begins with * or & stands in quotes: \"*\"",
    ),
    ("expected ':'", "expected a key and a value here, like 'ticket: SEC-12'; a text that goes on "
     "from the line above is indented further than its key"),
    ("unexpected end of stream", "a quote begins here and is never closed"),
    ("or ']'", "a [ is never closed, or a comma is missing in the list"),
    ("or '}'", "a { is never closed, or a comma is missing between its values"),
    ("expected '-' indicator", "this line is indented otherwise than the entries above it"),
    ("expected <block end>", "this line is indented otherwise than those above it"),
    ("did not find expected key", "this line is indented otherwise than the keys above it, or a "
     "quote above it is closed too early"),
    ("expected node content", "expected a value here"),
    ("incompatible YAML document", "this file asks for another YAML than 1.1; take the %YAML "
     "line out"),
    ("undefined tag", "a !tag! that nobody defined; take it out"),
)  # fmt: skip


def faults_of(text: str, file: str, error: Exception) -> Iterator[Fault]:
    """Yield why *text* of *file* is not YAML, where the parser stopped with *error*."""
    conflicts = list(_CONFLICT.finditer(text))[:_CONFLICTS_MAX]
    for found in conflicts:
        yield Fault(file, _line(text, found.start()), "", CONFLICT.format(marker=found[1]))
    if not conflicts:
        yield _fault(text, file, error)


def _fault(text: str, file: str, error: Any) -> Fault:
    if unseen := _UNSEEN.search(text):
        return Fault(file, _line(text, unseen.start()), "", UNSEEN.format(code=ord(unseen[0])))
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    # A quote that is never closed is missed at the end of the text.
    is_open = "end of stream" in said and getattr(error, "context_mark", None)
    mark = error.context_mark if is_open else getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    return Fault(file, line, "", f"is not valid YAML: {_meaning(text, line, said)}")


def _meaning(text: str, line: int, said: str) -> str:
    if "cannot start any token" in said and _INDENTED_BY_TAB.match(_text_of(text, line)):
        return TAB
    return next((meaning for words, meaning in _MEANINGS if words in said), said)


def _text_of(text: str, line: int) -> str:
    lines = text.split("\n", line)
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
