"""What people type after ``/compliance``, and the nearest right thing where it is wrong. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from commands import typed

#: For each kind of filter, the words that were given.
Filters = Mapping[str, frozenset[str]]

_NARROWED = "[team:… rule:… account:… region:… severity:…]"
#: Each verb, what follows it, and what it does; ``help`` prints exactly this.
VERBS: Mapping[str, tuple[str, str]] = {
    "status": (_NARROWED, "open findings counted by team, rule and severity"),
    "findings": (_NARROWED, "the oldest unresolved findings, one a line"),
    "show": ("F-…", "one finding with its buttons"),
    "explain": ("F-…", "why a finding went to its team, and who may decide"),
    "history": ("F-…", "everything that happened to a finding"),
    "remediate": ("F-…", "ask for the remediation of a finding"),
    "ignore": ("F-…", "agree an exception for a finding"),
    "home": ("", "what is open for the teams that you decide for"),
    "rules": ("", "the rule catalogue"),
    "digest": ("", "this week's digest, shown to you alone"),
    "help": ("", "this list"),
}
_FILTERS = ("team", "rule", "account", "region", "severity")
_OF_TIME = frozenset({"age", "as-at"})
#: ``team : housing`` and ``team=housing`` mean ``team:housing``.
_JOINED = re.compile(rf"(?<![\w-])({'|'.join(_FILTERS)})\s*[:=\uff1a\uff1d]\s*", re.IGNORECASE)
_SEPARATOR = re.compile("[:=]")
_LINK = re.compile("https?://", re.IGNORECASE)


class UnreadableError(Exception):
    """What was typed is not a command; the message says what is nearest."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed: a verb with the finding it is about, or what it is narrowed down to."""

    verb: str
    finding_id: str = ""
    filters: Filters = field(default_factory=dict)


def read(text: str) -> Question:
    """Return what *text* asks for; raises UnreadableError with a sentence for its writer."""
    words = typed.words(_JOINED.sub(r"\1:", text))
    if not words:
        return Question("help")
    verb, *rest = words
    verb = verb.lower().rstrip(":,")
    if "-" in verb and (finding_id := typed.finding_id(verb)) and not _said(rest):
        return Question("show", finding_id)
    if verb not in VERBS:
        raise UnreadableError(
            f"There is no command {verb[:40]!r}.{nearest(verb, VERBS)} "
            "Type /compliance help to see all of them."
        )
    if VERBS[verb][0] == "F-…":
        return Question(verb, _finding_id(verb, rest))
    return Question(verb, filters=_filters(verb, rest))


def _said(words: Iterable[str]) -> list[str]:
    """Return *words* without commas and without the links that ids are pasted with."""
    return [each for each in words if each != "," and not _LINK.match(each)]


def _finding_id(verb: str, words: list[str]) -> str:
    said = _said(words)
    ids = list(filter(None, map(typed.finding_id, said)))
    if len(set(ids)) == 1 and len(ids) == len(said):
        return ids[0]
    found = f", not {' '.join(said)[:40]!r}" if said else ""
    example = ids[0] if ids else "F-3K7Q2"
    raise UnreadableError(
        f"{verb} expects the id of one finding{found}. Write {verb} {example}, in the letters "
        "A to Z and the digits 0 to 9. The id stands at the end of each card."
    )


def _filters(verb: str, words: list[str]) -> Filters:
    said = _said(words)
    if said and not VERBS[verb][0]:
        raise UnreadableError(f"{verb} takes nothing after it; type /compliance {verb}.")
    wanted: dict[str, set[str]] = {}
    name, after_comma = "", False
    for word in words:
        if word == ",":
            after_comma = True
            continue
        if after_comma and name and _SEPARATOR.search(word) is None:
            value = word
        else:
            name, value = _filter(verb, word)
        wanted.setdefault(name, set()).add(value)
        after_comma = False
    return {name: frozenset(values) for name, values in wanted.items()}


def _filter(verb: str, word: str) -> tuple[str, str]:
    """Return the name and the value of ``team:housing``; raises UnreadableError."""
    name, *values = map(typed.bare, _SEPARATOR.split(word, 1))
    if name.lower() in _OF_TIME:
        raise UnreadableError(
            f"You cannot filter by {name.lower()} here: {verb} shows how things are now, "
            "the oldest findings first."
        )
    if not any(values) or name.lower() not in _FILTERS:
        raise UnreadableError(
            f"{word[:40]!r} is not a filter.{nearest(name, _FILTERS)} "
            f"Filters are {', '.join(f'{each}:…' for each in _FILTERS)}."
        )
    return name.lower(), values[0]


def nearest(word: str, known: Iterable[str], before: str = "") -> str:
    """Return a question for the known word that is nearest, empty where none is near."""
    near = get_close_matches(word.lower(), list(known), 1)
    return f" Did you mean {before}{near[0]}?" if near else ""
