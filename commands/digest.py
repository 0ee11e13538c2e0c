"""Digest: the weekly report to the technical design authority, numbers and what changed."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.answers import Digest, Table
from commands.view import line_of
from compliance.finding import UNRESOLVED, State
from compliance.rules import Catalogue
from ledger.reports import Count, Reports, TransitionCount

#: What a digest that somebody asks for is about.
WEEK = timedelta(days=7)
_LAPSING = timedelta(days=30)


def digest(reports: Reports, catalogue: Catalogue, since: datetime, now: datetime) -> Digest:
    """Return the report of the time from *since* to *now*."""
    counts = reports.counts(applicable=True)
    moved = reports.transitions(since, now)
    return Digest(
        since=since,
        until=now,
        share=_share(counts),
        unresolved=sum(count.number for count in counts if count.state in UNRESOLVED),
        headline=_headline(moved, reports.refusals(since, now)),
        tables=(_by_rule(counts, moved, catalogue), _by_team(counts, moved)),
        lapsing=tuple(map(line_of, reports.ending(now + _LAPSING))),
        reviews_due=tuple(rule.name for rule in catalogue.values() if rule.review_due(now.date())),
    )


def _share(counts: Sequence[Count]) -> float | None:
    total = sum(count.number for count in counts)
    broken = sum(count.number for count in counts if count.state not in _COMPLIANT)
    return (total - broken) / total if total else None


_COMPLIANT = frozenset({State.COMPLIANT, State.RESOLVED})


def _headline(moved: Sequence[TransitionCount], refused: int) -> tuple[tuple[str, int], ...]:
    into: Counter[str] = Counter()
    for each in moved:
        into[each.to_state] += each.number
    return (
        ("New", _new(moved)),
        ("Resolved", into[State.RESOLVED]),
        ("Reopened", into[State.REOPENED]),
        ("Excepted", into[State.EXCEPTED]),
        ("Remediations that failed", into[State.FAILED]),
        ("Not verified in time", into[State.NOT_VERIFIED]),
        ("Presses refused", refused),
    )


def _by_rule(
    counts: Sequence[Count], moved: Sequence[TransitionCount], catalogue: Catalogue
) -> Table:
    named = *(count.rule for count in counts), *(each.rule for each in moved)
    rows = []
    for name in dict.fromkeys([*catalogue, *named]):
        of_rule = [count for count in counts if count.rule == name]
        share = _share(of_rule)
        changes = [each for each in moved if each.rule == name]
        title = catalogue[name].title if name in catalogue else name
        compliant = "no data" if share is None else f"{share:.0%}"
        rows.append((title, compliant, *_figures(of_rule, changes)))
    return Table("By rule", ("Rule", "Compliant", "Open", "New", "Resolved"), tuple(rows))


def _by_team(counts: Sequence[Count], moved: Sequence[TransitionCount]) -> Table:
    named = *(count.team for count in counts), *(each.team for each in moved)
    rows = []
    for name in sorted(set(named)):
        of_team = [count for count in counts if count.team == name]
        share = _share(of_team)
        changes = [each for each in moved if each.team == name]
        compliant = "no data" if share is None else f"{share:.0%}"
        rows.append((name, compliant, *_figures(of_team, changes)))
    return Table("By team", ("Team", "Compliant", "Open", "New", "Resolved"), tuple(rows))


def _figures(counts: Sequence[Count], moved: Sequence[TransitionCount]) -> tuple[str, str, str]:
    unresolved = sum(count.number for count in counts if count.state in UNRESOLVED)
    resolved = sum(each.number for each in moved if each.to_state == State.RESOLVED)
    return str(unresolved), str(_new(moved)), str(resolved)


def _new(moved: Sequence[TransitionCount]) -> int:
    """Count the findings that opened first; a request taken back leaves one open as well."""
    return sum(
        each.number
        for each in moved
        if each.to_state == State.OPEN and each.from_state in {"", State.COMPLIANT}
    )
