"""What people type after ``/compliance``, and the nearest right thing where it is wrong. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

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
_FINDING = re.compile(r"F-[0-9A-HJKMNP-TV-Z]{5,12}", re.IGNORECASE)


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
    words = text.split()
    if not words:
        return Question("help")
    verb, *rest = words
    verb = verb.lower()
    if _FINDING.fullmatch(verb):
        return Question("show", verb.upper())
    if verb not in VERBS:
        raise UnreadableError(
            f"There is no command {verb[:40]!r}.{nearest(verb, VERBS)} "
            "Type /compliance help to see all of them."
        )
    if VERBS[verb][0] == "F-…":
        return Question(verb, _finding_id(verb, rest))
    return Question(verb, filters=_filters(verb, rest))


def _finding_id(verb: str, words: list[str]) -> str:
    if len(words) == 1 and _FINDING.fullmatch(words[0]):
        return words[0].upper()
    typed = f", not {' '.join(words)[:40]!r}" if words else ""
    raise UnreadableError(
        f"{verb} expects the id of one finding, like F-3K7Q2{typed}. "
        "The id stands at the end of each card."
    )


def _filters(verb: str, words: list[str]) -> Filters:
    if words and not VERBS[verb][0]:
        raise UnreadableError(f"{verb} takes nothing after it; type /compliance {verb}.")
    wanted: dict[str, set[str]] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if name.lower() in _OF_TIME:
            raise UnreadableError(
                f"You cannot filter by {name.lower()} here: {verb} shows how things are now, "
                "the oldest findings first."
            )
        if not colon or not value or name.lower() not in _FILTERS:
            raise UnreadableError(
                f"{word[:40]!r} is not a filter.{nearest(name, _FILTERS)} "
                f"Filters are {', '.join(f'{each}:…' for each in _FILTERS)}."
            )
        wanted.setdefault(name.lower(), set()).add(value)
    return {name: frozenset(values) for name, values in wanted.items()}


def nearest(word: str, known: Iterable[str], before: str = "") -> str:
    """Return a question for the known word that is nearest, empty where none is near."""
    near = get_close_matches(word.lower(), list(known), 1)
    return f" Did you mean {before}{near[0]}?" if near else ""
