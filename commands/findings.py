"""Findings: the list of what is not over, page by page or as a file."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from commands.answers import Answer, Ask, Export, Listing, Refused
from commands.export import findings_csv
from commands.filters import Narrowed
from commands.grammar import Question
from commands.paging import Slice, paged
from commands.rules import severity_of
from commands.sight import within_sight
from commands.view import View
from compliance.finding import UNRESOLVED, Finding, State
from compliance.rules import Severity
from compliance.stage import Stage, stage_of
from ledger.reports import Count, Scope

#: A file of more is too large for a spreadsheet to be of use.
CSV_MAX = 50_000
_CSV_PAGE = 1_000
NONE_OPEN = "No open findings."
NONE_SO = "No findings match."
_IN_ORDER = {
    "age": "the oldest first",
    "severity": "the most severe first",
    "account": "account by account",
}


class Counted(Protocol):
    """Counts the findings in *states* by what is in *by*."""

    def __call__(
        self, scope: Scope, states: Collection[State], *, by: Collection[str]
    ) -> Iterable[Count]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a list is read from: how things stand now, or how they stood at a past moment.

    *oldest* returns at most so many findings in states and a scope behind so many, by their age.
    *at* is the past moment, and *title* stands above the list.
    """

    counts: Counted
    oldest: Callable[[Collection[State], Scope, int, int], Sequence[Finding]]
    at: datetime | None = None
    title: str = "Findings"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sorted list: how many findings are in its scope, which go by their age."""

    scope: Scope
    number: int


def findings(
    view: View, question: Question, narrowed: Narrowed, reading: Reading | None = None
) -> Answer:
    """List the findings of the visible teams that are not over; excepted ones where asked for."""
    reading = reading or _now(view)
    seen = within_sight(narrowed.scope, view.visible)
    if isinstance(seen, Refused):
        return seen
    states = UNRESOLVED if narrowed.states is None else narrowed.states
    sort = question.sort or "age"
    parts = _parts(view, reading, seen, states, sort)
    total = sum(part.number for part in parts)
    if not total:
        is_all = states == UNRESOLVED and reading.at is None
        return Listing(reading.title, (), intro=NONE_OPEN if is_all else NONE_SO)
    found = partial(_slice, reading, states, parts)
    if question.is_csv:
        return _csv_of(view, found, total, reading.at)
    sums = sums_of(reading.counts(seen, states, by=()))
    intro = f"{in_words(sums)}, {_IN_ORDER[sort]}."
    listing = paged(view, question, found, total, reading.title, intro, reading.at)
    return replace(listing, others=(Ask("As a CSV file", f"{question.text} csv"),))


def most_severe_first(
    view: View, states: Collection[State], limit: int
) -> tuple[int, list[Finding]]:
    """Return how many of the visible teams' findings are in *states*, and the most severe."""
    reading = _now(view)
    parts = _parts(view, reading, Scope(view.visible), states, "severity")
    return sum(part.number for part in parts), _slice(reading, states, parts, limit, 0)


def _now(view: View) -> Reading:
    return Reading(view.reports.counts, view.reports.oldest)


def sums_of(counts: Iterable[Count]) -> tuple[tuple[Stage, int], ...]:
    """Return how many are in each stage, in their order; those with none are left out."""
    numbers: Counter[Stage] = Counter()
    for count in counts:
        if stage := stage_of(count.state):
            numbers[stage] += count.number
    return tuple((stage, numbers[stage]) for stage in Stage if numbers[stage])


def in_words(sums: Sequence[tuple[Stage, int]]) -> str:
    """Return ``12 findings: 9 open, 3 being fixed``."""
    total = sum(number for _, number in sums)
    how_many = "1 finding" if total == 1 else f"{total} findings"
    return f"{how_many}: {', '.join(f'{number} {stage}' for stage, number in sums)}"


def _parts(
    view: View, reading: Reading, scope: Scope, states: Collection[State], sort: str
) -> list[_Part]:
    """Return the parts of the list in order; the counts say how many findings are in each."""
    if sort == "age":
        counts = reading.counts(scope, states, by=())
        return [_Part(scope, sum(count.number for count in counts))]
    by = "rule" if sort == "severity" else "account"
    numbers: Counter[str] = Counter()
    for count in reading.counts(scope, states, by=(by,)):
        numbers[getattr(count, by)] += count.number
    if sort == "account":
        named = sorted(numbers, key=lambda each: (_account_name(view, each), each))
        return [_Part(replace(scope, accounts=frozenset({each})), numbers[each]) for each in named]
    return [
        _Part(replace(scope, rules=rules), sum(numbers[rule] for rule in rules))
        for rules in _by_severity(view, numbers)
    ]


def _account_name(view: View, account: str) -> str:
    known = view.accounts.get(account)
    return known.name.casefold() if known and known.name else account


def _by_severity(view: View, rules: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield the rules of each severity, the most severe first; those that are not rated last."""
    of_severity: dict[str, set[str]] = {each.value: set() for each in Severity}
    for rule in rules:
        of_severity.setdefault(severity_of(view.context.catalogue, rule), set()).add(rule)
    yield from (frozenset(each) for each in of_severity.values() if each)


def _slice(
    reading: Reading, states: Collection[State], parts: Iterable[_Part], limit: int, offset: int
) -> list[Finding]:
    """Read so many findings behind so many; a part that is passed over is not read."""
    read: list[Finding] = []
    for part in parts:
        if offset >= part.number:
            offset -= part.number
            continue
        left = limit - len(read)
        read += reading.oldest(states, part.scope, left, offset)
        offset = 0
        if len(read) >= limit:
            break
    return read


def _csv_of(view: View, findings: Slice, total: int, at: datetime | None) -> Export:
    """Return a list as a file, read piece by piece."""
    lines = (
        line
        for offset in range(0, min(total, CSV_MAX), _CSV_PAGE)
        for line in view.lines(findings(_CSV_PAGE, offset), at)
    )
    left = f" The file has the first {CSV_MAX} of them." if total > CSV_MAX else ""
    return Export(
        text=f"{total} findings as CSV.{left}" if total > 1 else "1 finding as CSV.",
        filename=f"findings-{at or view.context.now():%Y-%m-%d}.csv",
        content=findings_csv(lines),
    )
