"""Findings: the list of what is not over, page by page or as a file."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

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


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sorted list: how many findings are in its scope, which go by their age."""

    scope: Scope
    number: int


def findings(view: View, question: Question, narrowed: Narrowed) -> Answer:
    """List the findings of the visible teams that are not over; excepted ones where asked for."""
    seen = within_sight(narrowed.scope, view.visible)
    if isinstance(seen, Refused):
        return seen
    states = UNRESOLVED if narrowed.states is None else narrowed.states
    sort = question.sort or "age"
    parts = _parts(view, seen, states, sort)
    total = sum(part.number for part in parts)
    if not total:
        return Listing("Findings", (), intro=NONE_OPEN if states == UNRESOLVED else NONE_SO)
    if question.is_csv:
        return csv_of(view, partial(_slice, view, states, parts), total)
    sums = sums_of(view.reports.counts(seen, states, by=()))
    found = partial(_slice, view, states, parts)
    listing = paged(
        view, question, found, total, "Findings", f"{in_words(sums)}, {_IN_ORDER[sort]}."
    )
    return replace(listing, others=(Ask("As a CSV file", f"{question.text} csv"),))


def most_severe_first(
    view: View, states: Collection[State], limit: int
) -> tuple[int, list[Finding]]:
    """Return how many of the visible teams' findings are in *states*, and the most severe."""
    parts = _parts(view, Scope(view.visible), states, "severity")
    return sum(part.number for part in parts), _slice(view, states, parts, limit, 0)


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


def _parts(view: View, scope: Scope, states: Collection[State], sort: str) -> list[_Part]:
    """Return the parts of the list in order; the counts say how many findings are in each."""
    if sort == "age":
        counts = view.reports.counts(scope, states, by=())
        return [_Part(scope, sum(count.number for count in counts))]
    by = "rule" if sort == "severity" else "account"
    numbers: Counter[str] = Counter()
    for count in view.reports.counts(scope, states, by=(by,)):
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
    view: View, states: Collection[State], parts: Iterable[_Part], limit: int, offset: int
) -> list[Finding]:
    """Read so many findings behind so many; a part that is passed over is not read."""
    read: list[Finding] = []
    for part in parts:
        if offset >= part.number:
            offset -= part.number
            continue
        left = limit - len(read)
        read += view.reports.oldest(states, part.scope, left, offset)
        offset = 0
        if len(read) >= limit:
            break
    return read


def csv_of(view: View, findings: Slice, total: int, at: datetime | None = None) -> Export:
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
