"""Status: how many findings there are, by team, rule and severity, and which are the oldest."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial

from commands.answers import Ask, Refused, StatusReport, Table
from commands.filters import Narrowed
from commands.findings import sums_of
from commands.grammar import Question
from commands.rules import severity_of
from commands.sight import within_sight
from commands.view import View
from compliance.finding import UNRESOLVED
from compliance.rules import Catalogue, Severity, catalogue_entry
from compliance.stage import SHOWN, Stage, stage_of
from ledger.reports import Count

NARROWED = "Only findings of {teams} are counted. You cannot see other teams' findings here."
_HEADINGS = ("Open", "Waiting for a decision", "Being fixed", "Excepted", "All")


def status(view: View, question: Question, narrowed: Narrowed) -> StatusReport | Refused:
    """Count what is asked about, of the visible teams, and list the oldest findings of it."""
    seen = within_sight(narrowed.scope, view.visible)
    if isinstance(seen, Refused):
        return seen
    states = narrowed.states or SHOWN
    counted = partial(view.reports.counts, seen, states)
    report = report_of(view, question, narrowed, counted(by=("team",)), counted(by=("rule",)))
    if not states & UNRESOLVED:
        return report
    return replace(report, oldest=view.lines(view.reports.oldest(states & UNRESOLVED, seen)))


def report_of(
    view: View,
    question: Question,
    narrowed: Narrowed,
    of_teams: Collection[Count],
    of_rules: Collection[Count],
) -> StatusReport:
    """Return what was counted by team and by rule as a report."""
    every = view.context.teams.names
    asked = narrowed.scope.teams or every
    narrower = NARROWED.format(teams=", ".join(sorted(asked & view.visible)))
    return StatusReport(
        sums=sums_of(of_teams),
        tables=tuple(_tables(of_teams, of_rules, view.context.catalogue)),
        oldest=(),
        more=Ask("List them", replace(question, verb="findings").text),
        note="" if asked <= view.visible else narrower,
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
    """Return how many are in each stage; the stages of a row add up to its last number."""
    stages: dict[str, Counter[Stage]] = {}
    for count in counts:
        if stage := stage_of(count.state):
            stages.setdefault(name(count), Counter())[stage] += count.number
    return Table(
        title=title,
        headings=(heading, *_HEADINGS),
        rows=tuple(
            (each, *(str(stages[each][stage]) for stage in Stage), str(stages[each].total()))
            for each in sorted(stages, key=order)  # type: ignore[arg-type]
        ),
    )
