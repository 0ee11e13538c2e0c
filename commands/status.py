"""Status: how many findings are open, by rule, team and severity, and which are the oldest."""

from collections import Counter
from collections.abc import Callable, Iterable

from commands.answers import StatusReport, Table
from compliance.finding import UNRESOLVED, State
from compliance.rules import Catalogue, Severity, catalogue_entry
from ledger.reports import Count, Reports, Scope

UNLISTED = "The oldest findings of other teams are not listed to you."


def status(
    reports: Reports, catalogue: Catalogue, scope: Scope, visible: frozenset[str]
) -> StatusReport:
    """Count what is in *scope*; list the oldest findings of the *visible* teams only."""
    counts = reports.counts(scope, UNRESOLVED | {State.EXCEPTED})
    listed = frozenset(visible & scope.teams) if scope.teams else visible
    oldest = (
        reports.oldest(UNRESOLVED, Scope(listed, scope.rules, scope.accounts)) if listed else ()
    )
    teams = {count.team for count in counts}
    return StatusReport(
        total=sum(count.number for count in counts if count.state in UNRESOLVED),
        tables=tuple(_tables(counts, catalogue)),
        oldest=oldest,
        note="" if teams <= visible else UNLISTED,
    )


def severity_of(catalogue: Catalogue, rule_name: str) -> str:
    rule = catalogue_entry(catalogue, rule_name)
    return rule.severity.value if rule else "not in the catalogue"


def _tables(counts: Iterable[Count], catalogue: Catalogue) -> Iterable[Table]:
    counts = tuple(counts)
    severities = [each.value for each in Severity]
    yield _table("By team", "Team", counts, lambda count: count.team)
    yield _table("By rule", "Rule", counts, lambda count: _title(catalogue, count.rule))
    yield _table(
        "By severity",
        "Severity",
        counts,
        lambda count: severity_of(catalogue, count.rule),
        order=lambda name: (severities.index(name) if name in severities else 99, name),
    )


def _title(catalogue: Catalogue, rule_name: str) -> str:
    rule = catalogue_entry(catalogue, rule_name)
    return rule.title if rule else rule_name


def _table(
    title: str,
    heading: str,
    counts: Iterable[Count],
    name: Callable[[Count], str],
    order: Callable[[str], object] = str,
) -> Table:
    unresolved: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    excepted: Counter[str] = Counter()
    for count in counts:
        unresolved[name(count)] += count.number if count.state in UNRESOLVED else 0
        waiting[name(count)] += count.number if count.state in _BEING_FIXED else 0
        excepted[name(count)] += count.number if count.state is State.EXCEPTED else 0
    shown = [each for each in unresolved if unresolved[each] or excepted[each]]
    return Table(
        title=title,
        headings=(heading, "Open", "Being fixed", "Excepted"),
        rows=tuple(
            (each, str(unresolved[each]), str(waiting[each]), str(excepted[each]))
            for each in sorted(shown, key=order)  # type: ignore[arg-type]
        ),
    )


_BEING_FIXED = frozenset({State.APPROVED, State.RUNNING, State.APPLIED, State.WAITING})
