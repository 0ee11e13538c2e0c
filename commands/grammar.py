"""What people type after ``/compliance``, and the nearest right thing where it is wrong. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial

from commands import typed

#: For each kind of filter, the words that were given.
Filters = Mapping[str, frozenset[str]]

#: What a verb takes behind it. A finding is named by its id or by its resource.
ONE, WORDS, FILTERED, NOTHING = "F-… or NAME", "WORDS [FILTERS]", "[FILTERS]", ""
#: What is written behind the finding's id is kept letter by letter.
AND_MORE = "F-… [MORE]"
#: Each verb, what follows it, and what it does; ``help`` prints exactly this.
VERBS: Mapping[str, tuple[str, str]] = {
    "status": (FILTERED, "findings counted by team, rule and severity"),
    "findings": (FILTERED, "the findings themselves, the oldest first; with csv as a file"),
    "find": (WORDS, "findings by their resource's name, id, ARN or words of it"),
    "show": (ONE, "one finding with its buttons"),
    "explain": (ONE, "why a finding went to its team, and who may decide"),
    "history": (ONE, "everything that happened to a finding, and why"),
    "remediate": (ONE, "ask for the remediation of a finding"),
    "ignore": (ONE, "ask for an exception for a finding"),
    "extend": (ONE, "ask for a later end of a finding's exception"),
    "revoke": (ONE, "end a finding's exception now"),
    "exceptions": (
        "[FILTERS]",
        "the exceptions in force; expiring:30d team: by: rule: class: account: region:, or csv",
    ),
    "claim": (ONE, "say that you are on it"),
    "hand-over": (AND_MORE, "give a finding to the team that has to decide: TEAM and why"),
    "snooze": (AND_MORE, "pause a finding's reminders for some days: 7d and why"),
    "home": (NOTHING, "what waits for you, and what you asked for"),
    "rules": (NOTHING, "the rule catalogue"),
    "digest": (NOTHING, "this week's digest, shown to you alone"),
    "help": (NOTHING, "this list"),
}
#: Each filter with an example; ``help`` prints these too.
FILTERS: Mapping[str, str] = {
    "team": "team:housing",
    "rule": "rule:s3",
    "account": "account:housing-production",
    "region": "region:eu-west-2",
    "severity": "severity:critical,high",
    "state": "state:excepted",
    "environment": "environment:production",
    "category": "category:security",
    "type": "type:bucket",
    "resource": "resource:photos",
    "owner": "owner:digital-services",
    "age": "age:>30d",
}
SORTS = ("age", "severity", "account")
_OPTIONS = ("sort", "page", "as-at")
_NAMES = "|".join([*FILTERS, *_OPTIONS])
#: ``team : housing`` and ``team=housing`` mean ``team:housing``; ``as at`` means ``as-at``.
_AS_AT = re.compile(r"\bas[ -]?at\b\s*[:=]?\s*", re.IGNORECASE)
_JOINED = re.compile(rf"(?<![\w-])(-?(?:{_NAMES}))\s*[:=\uff1a\uff1d]\s*", re.IGNORECASE)
_COMPARED = re.compile(r"\b(age):?\s*([<>]=?)\s*", re.IGNORECASE)
_WITH_UNIT = re.compile(
    r"(age:[<>]?=?[0-9]+)\s+(hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE
)
_COMPARISON = re.compile(r"[^<>=\w\s]")
_SEPARATOR = re.compile("[:=]")
_LINK = re.compile("https?://", re.IGNORECASE)
_PAGE = re.compile("[1-9][0-9]{0,5}", re.ASCII)


class UnreadableError(Exception):
    """What was typed is not a command; the message says what is nearest."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed: a verb, the finding it is about, and what it is narrowed down to.

    A finding is named by *finding_id*, or else by *words*. *without* are the filters that were
    negated. Pages count from 1. *as_at* is a past moment as it was typed. *more* stands behind the
    finding's id, where the verb takes more than that.
    """

    verb: str
    finding_id: str = ""
    words: tuple[str, ...] = ()
    filters: Filters = field(default_factory=dict)
    without: Filters = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    is_csv: bool = False
    as_at: str = ""
    more: str = ""

    @property
    def text(self) -> str:
        """The question as it is typed, on its first page: what a button asks again."""
        named = [self.finding_id] if self.finding_id else list(self.words)
        given = [
            f"{sign}{name}:{quoted(value)}"
            for sign, filters in (("", self.filters), ("-", self.without))
            for name, values in filters.items()
            for value in sorted(values)
        ]
        asked = (("sort", self.sort), ("as-at", self.as_at))
        options = [f"{name}:{value}" for name, value in asked if value]
        return " ".join([self.verb, *map(quoted, named), *given, *options])


def read(text: str) -> Question:
    """Return what *text* asks for; raises UnreadableError with a sentence for its writer."""
    words = typed.words(_regular(text))
    if not words:
        return Question("help")
    first, *rest = words
    verb = first.lower().rstrip(":,")
    if "-" in verb and (finding_id := typed.finding_id(verb)) and not _spoken(rest):
        return Question("show", finding_id)
    if verb not in VERBS:
        raise UnreadableError(
            f"{verb[:40]!r} is not a command.{nearest(verb, VERBS)} Type /compliance help to "
            f"see all of them, or /compliance find {first[:40]} to look for a resource."
        )
    after = VERBS[verb][0]
    if after == AND_MORE:
        return _with_more(verb, text)
    if after == NOTHING and _spoken(rest):
        raise UnreadableError(f"{verb} takes nothing after it; type /compliance {verb}.")
    pages = [each for each in rest if each.lower().startswith("page:")]
    named = [each for each in rest if each not in pages]
    if after == ONE and (finding_id := _finding_id(verb, named)):
        return replace(_Reader(verb).question(pages), finding_id=finding_id)
    question = _Reader(verb).question(rest)
    if after in (ONE, WORDS) and not (question.words or question.filters):
        raise UnreadableError(_needs_one(verb, "") if after == ONE else _NEEDS_WORDS)
    return question


_NEEDS_WORDS = "Write what to look for: find photos, or find photos account:housing-production."


def _regular(text: str) -> str:
    """Return *text* with each filter in one piece."""
    text = text.replace("&gt;", ">").replace("&lt;", "<")
    text = _JOINED.sub(r"\1:", _AS_AT.sub("as-at:", text))
    return _WITH_UNIT.sub(r"\1\2", _COMPARED.sub(r"\1:\2", text))


def _spoken(words: Iterable[str]) -> list[str]:
    """Return *words* without commas and without the links that ids are pasted with."""
    return [each for each in words if each != "," and not _LINK.match(each)]


def _finding_id(verb: str, words: Sequence[str]) -> str:
    """Return the one id that was typed, empty where a name was; raises UnreadableError."""
    spoken = _spoken(words)
    ids = list(filter(None, map(typed.finding_id, spoken)))
    if ids and len(set(ids)) == 1 and len(ids) == len(spoken):
        return ids[0]
    if ids or any(each.upper().startswith("F-") for each in spoken):
        raise UnreadableError(_needs_one(verb, " ".join(spoken), *ids[:1]))
    return ""


def _with_more(verb: str, text: str) -> Question:
    """Return the first id in *text*, and what was written behind it as it was written."""
    for word in re.finditer(r"\S+", text):
        if finding_id := typed.finding_id(word[0]):
            return Question(verb, finding_id, more=text[word.end() :].strip())
    raise UnreadableError(
        f"{verb} expects a finding's id first. Write {verb} F-3K7Q2 {_MORE[verb]}. The id is on "
        "the finding's card."
    )


#: What is written behind the finding's id.
_MORE = {"hand-over": "payments and why it is theirs", "snooze": "7d and why it can wait"}


def _needs_one(verb: str, written: str, example: str = "F-3K7Q2") -> str:
    instead = f", not {written[:40]!r}" if written else ""
    return (
        f"{verb} expects one finding{instead}. Write {verb} {example}, in the letters A to Z and "
        f"the digits 0 to 9, or {verb} and the resource's name. The id is on each card."
    )


class _Reader:
    """Reads what stands behind a verb, word by word."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._words: list[str] = []
        self._filters: dict[str, set[str]] = {}
        self._without: dict[str, set[str]] = {}
        self._options: dict[str, str] = {}
        self._is_csv = False

    def question(self, words: Sequence[str]) -> Question:
        name, after_comma = "", False
        for word in words:
            if word == ",":
                after_comma = True
                continue
            if after_comma and name and _SEPARATOR.search(word) is None:
                self._keep(name, word)
            else:
                name = self._read(word)
            after_comma = False
        return Question(
            self._verb,
            words=tuple(self._words),
            filters={kind: frozenset(values) for kind, values in self._filters.items()},
            without={kind: frozenset(values) for kind, values in self._without.items()},
            sort=self._options.get("sort", ""),
            page=int(self._options.get("page", "1")),
            is_csv=self._is_csv,
            as_at=self._options.get("as-at", ""),
        )

    def _read(self, word: str) -> str:
        """Take one word in; return the name of its filter, empty where it is none."""
        if word.lower() == "csv":
            self._is_csv = True
            return ""
        name, *values = _SEPARATOR.split(word, 1)
        name = typed.bare(name).lower()
        # The bracket of age:<30d is not one around a word.
        trim = partial(_COMPARISON.sub, "") if name.lstrip("-") == "age" else typed.bare
        values = list(map(trim, values))
        known = {*FILTERS, *_OPTIONS, *(f"-{each}" for each in FILTERS)}
        if not values or name not in known:
            return self._take_word(word, name, has_value=any(values))
        if not values[0]:
            raise UnreadableError(_not_a_filter(word, name))
        self._keep(name, values[0])
        return name

    def _take_word(self, word: str, name: str, *, has_value: bool) -> str:
        near = get_close_matches(name.lstrip("-"), FILTERS, 1) if has_value else []
        if near or (has_value and name != "arn" and VERBS[self._verb][0] == FILTERED):
            raise UnreadableError(_not_a_filter(word, name.lstrip("-")))
        if not _LINK.match(word):
            self._words.append(word)
        return ""

    def _keep(self, name: str, value: str) -> None:
        if name in _OPTIONS:
            self._options[name] = _option(name, value)
            return
        is_negated = name.startswith("-") != value.startswith("-")
        kept = self._without if is_negated else self._filters
        kept.setdefault(name.lstrip("-"), set()).add(value.lstrip("-"))


def _option(name: str, value: str) -> str:
    value = value.lower()
    if name == "sort" and value not in SORTS:
        raise UnreadableError(
            f"You cannot sort by {value[:40]!r}.{nearest(value, SORTS, 'sort:')} "
            f"Write one of {', '.join(f'sort:{each}' for each in SORTS)}."
        )
    if name == "page" and not _PAGE.fullmatch(value):
        raise UnreadableError("Write the number of a page, like page:2.")
    return value


def _not_a_filter(word: str, name: str) -> str:
    return (
        f"{word[:40]!r} is not a filter.{nearest(name, FILTERS)} "
        f"Filters are {', '.join(f'{each}:…' for each in FILTERS)}."
    )


def quoted(value: str) -> str:
    """Return *value* as one word."""
    return f'"{value}"' if re.search(r"[\s,]", value) else value


def nearest(word: str, known: Iterable[str], before: str = "") -> str:
    """Return a question for the known word that is nearest, empty where none is near."""
    near = get_close_matches(word.lower(), list(known), 1)
    return f" Did you mean {before}{near[0]}?" if near else ""
