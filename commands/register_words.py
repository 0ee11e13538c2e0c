"""What people type about the register of exceptions, and about one of them by its id. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from commands import typed
from commands.grammar import Filters, UnreadableError, nearest, quoted

#: What the register can be narrowed down by.
FILTERS = ("expiring", "team", "by", "rule", "class", "account", "region")
#: What can be asked about one exception.
ABOUT_ONE = frozenset({"show", "extend", "revoke"})
_REGISTER = frozenset({"exceptions", "exception"})
_ID = re.compile(r"E-[0-9A-Z]{4,20}", re.ASCII)
#: A mention keeps its id, which is what the register is searched for.
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_JOINED = re.compile(rf"(?<![\w-])({'|'.join((*FILTERS, 'page'))})\s*[:=]\s*", re.IGNORECASE)
_WITH_UNIT = re.compile(r"(expiring:[<>]?=?\d+)\s+([dwmy][a-z]*)", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(
    r"[<>]?=?(\d{1,4})\s*(d|days?|w|weeks?|m|months?|y|years?)?", re.IGNORECASE | re.ASCII
)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class RegisterQuestion:
    """Which exceptions are asked for: by *verb* about one id, or a page of those that fit.

    *within* is how soon they end, None for any time. Pages count from 1.
    """

    verb: str = "exceptions"
    entry_id: str = ""
    filters: Filters = field(default_factory=dict)
    within: timedelta | None = None
    page: int = 1
    is_csv: bool = False

    @property
    def text(self) -> str:
        """The question as it is typed, on its first page: what a button asks again."""
        given = [
            f"{name}:{quoted(value)}"
            for name, values in self.filters.items()
            for value in sorted(values)
        ]
        soon = [f"expiring:{self.within.days}d"] if self.within else []
        return " ".join(["exceptions", *given, *soon])


def read_register(text: str) -> RegisterQuestion | None:
    """Return what *text* asks about exceptions, None where it asks something else.

    Raises UnreadableError with a sentence for its writer.
    """
    joined = _JOINED.sub(r"\1:", _MENTION.sub(r"\1", text))
    words = typed.words(_WITH_UNIT.sub(r"\1\2", joined))
    if not words:
        return None
    verb, *rest = words
    verb = verb.lower().rstrip(":,")
    if not rest and (entry_id := exception_id(verb)):
        return RegisterQuestion("show", entry_id)
    if verb in ABOUT_ONE and len(rest) == 1 and (entry_id := exception_id(rest[0])):
        return RegisterQuestion(verb, entry_id)
    return _narrowed(rest) if verb in _REGISTER else None


def exception_id(word: str) -> str:
    """Return the id of an exception that *word* means, empty where it means none."""
    form = _ID.fullmatch(word.upper()) if word.isascii() else None
    return form[0] if form else ""


def _narrowed(words: Iterable[str]) -> RegisterQuestion:
    wanted: dict[str, set[str]] = {}
    page, is_csv, name = 1, False, ""
    for word in words:
        if word.lower() == "csv":
            is_csv = True
        elif word.lower().startswith("page:"):
            page = _page(word)
        elif word != ",":
            name, value = _filter(word, name)
            wanted.setdefault(name, set()).add(value)
    within = _within(wanted.pop("expiring", set()))
    filters = {name: frozenset(values) for name, values in wanted.items()}
    return RegisterQuestion(filters=filters, within=within, page=page, is_csv=is_csv)


def _filter(word: str, before: str) -> tuple[str, str]:
    """Return name and value of ``rule:s3``; a word alone is one more value, or of a class' two."""
    name, colon, value = word.partition(":")
    if not colon and before:
        return before, typed.bare(word)
    if name.lower() not in FILTERS or not value:
        raise UnreadableError(
            f"{word[:40]!r} is not a filter of exceptions.{nearest(name, FILTERS)} Filters are "
            f"{', '.join(f'{each}:…' for each in FILTERS)}; csv gives a file."
        )
    return name.lower(), typed.bare(value)


def _page(word: str) -> int:
    number = word.partition(":")[2]
    if not number.isdecimal() or not 0 < int(number) < 10**6:
        raise UnreadableError(f"{word[:40]!r} is not a page: write page:2.")
    return int(number)


def _within(values: Iterable[str]) -> timedelta | None:
    days = []
    for value in values:
        form = _SPAN.fullmatch(value)
        if form is None:
            raise UnreadableError(f"{value[:40]!r} is not a time: write expiring:30d.")
        days.append(int(form[1]) * _DAYS[(form[2] or "d")[0].lower()])
    return timedelta(days=max(days)) if days else None
