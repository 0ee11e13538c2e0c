"""Status: how many findings are open, by rule, team and severity, and which are the oldest."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from commands.answers import Refused, StatusReport, Table
from commands.findings import line_of
from commands.rules import severity_of
from commands.sight import within_sight
from compliance.finding import UNRESOLVED, State
from compliance.routing import Teams
from compliance.rules import Catalogue, Severity, catalogue_entry
from ledger.reports import Count, Reports, Scope

#: What is counted: of a million findings, nearly all are compliant or resolved.
SHOWN = UNRESOLVED | {State.EXCEPTED}
NARROWED = "Only findings of {teams} are counted. You cannot see other teams' findings here."


def status(
    reports: Reports, catalogue: Catalogue, teams: Teams, scope: Scope, visible: frozenset[str]
) -> StatusReport | Refused:
    """Count what is in *scope* and of the *visible* teams, and list the oldest findings of it."""
    seen = within_sight(scope, visible)
    if isinstance(seen, Refused):
        return seen
    of_teams = reports.counts(seen, SHOWN, by=("team",))
    of_rules = reports.counts(seen, SHOWN, by=("rule",))
    asked = scope.teams or {team.name for team in teams.ordered}
    return StatusReport(
        total=sum(count.number for count in of_teams if count.state in UNRESOLVED),
        tables=tuple(_tables(of_teams, of_rules, catalogue)),
        oldest=tuple(map(line_of, reports.oldest(UNRESOLVED, seen))),
        note="" if asked <= seen.teams else NARROWED.format(teams=", ".join(sorted(seen.teams))),
    )


def _tables(
    of_teams: Collection[Count], of_rules: Collection[Count], catalogue: Catalogue
) -> Iterable[Table]:
    severities = [each.value for each in Severity]
    yield _table("By team", "Team", of_teams, lambda count: count.team)
    yield _table("By rule", "Rule", of_rules, lambda count: _title(catalogue, count.rule))
    yield _table(
        "By severity",
        "Severity",
        of_rules,
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
