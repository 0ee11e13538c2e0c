"""Findings, show, explain and history: reading the ledger, within what the reader may see."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from commands.answers import Answer, Details, Explained, Line, Refused, Shown, Table
from commands.context import NOT_FOUND, Context
from commands.rules import severity_of
from commands.sight import within_sight
from compliance.authority import who_can
from compliance.card import Account, Card
from compliance.finding import UNRESOLVED, Finding
from compliance.near_misses import near_misses
from compliance.routing import Match
from ledger.errors import UnknownFindingError
from ledger.reports import Reports, Scope

#: Twenty rows are read, a hundred are not.
_ROWS = 20
#: A history is looked through, and chat products show at most a hundred rows, headings and all.
_HISTORY = 99


def findings(context: Context, reports: Reports, scope: Scope, visible: frozenset[str]) -> Answer:
    """List the unresolved findings of the visible teams, the oldest first."""
    seen = within_sight(scope, visible)
    if isinstance(seen, Refused):
        return seen
    oldest = reports.oldest(UNRESOLVED, seen, _ROWS + 1)
    rows = tuple(
        (
            each.id,
            severity_of(context.catalogue, each.key.rule),
            each.key.rule,
            each.resource_name or each.key.resource_id,
            each.state.value,
            _age(each, context.now()),
        )
        for each in oldest[:_ROWS]
    )
    more = f"The {_ROWS} oldest of more; narrow it down with rule:, account: or team:."
    return Table(
        title="Unresolved findings",
        headings=("Finding", "Severity", "Rule", "Resource", "State", "Open for"),
        rows=rows,
        intro="" if rows else "No open findings.",
        closing=more if len(oldest) > _ROWS else "",
    )


def show(
    context: Context,
    card_of: Callable[[Finding], Card],
    finding_id: str,
    visible: frozenset[str],
) -> Answer:
    """Show one finding as its card does, with its buttons."""
    finding = _visible(context, finding_id, visible)
    return finding if isinstance(finding, Refused) else Shown(card_of(finding))


def details(
    context: Context,
    card_of: Callable[[Finding], Card],
    finding_id: str,
    visible: frozenset[str],
) -> Answer:
    """Show what the finding's card folds away."""
    finding = _visible(context, finding_id, visible)
    return finding if isinstance(finding, Refused) else Details(card_of(finding))


def explain(
    context: Context,
    accounts: Mapping[str, Account],
    finding_id: str,
    visible: frozenset[str],
) -> Answer:
    """Say why the finding went to this team, which route it just missed, and who may decide."""
    finding = _visible(context, finding_id, visible)
    if isinstance(finding, Refused):
        return finding
    team = context.team(finding)
    account = accounts.get(finding.key.account)
    about = finding.key, finding.tags, account
    match = next((each for each in team.matches if each.covers(*about)), None)
    # The first match wins: only the routes before it could have taken the finding.
    before = takewhile(lambda each: match is None or each != team, context.teams.ordered)
    others = tuple(each for each in before if each != team)
    missed = "".join(f"But {each}. " for each in near_misses(others, *about))
    users, groups = who_can(team, context.teams)
    return Explained(
        f"{finding.id} went to team {team.name} because {_why(match)}. "
        f"{missed}These people may decide about it:",
        users,
        groups,
    )


def history(context: Context, reports: Reports, finding_id: str, visible: frozenset[str]) -> Answer:
    """Tell everything that happened to a finding, oldest first."""
    finding = _visible(context, finding_id, visible)
    if isinstance(finding, Refused):
        return finding
    rows = reports.history(finding.id)
    return Table(
        title=f"History of {finding.id}",
        headings=("When (UTC)", "Who", "What", "From", "To"),
        rows=tuple(
            (
                f"{row['at']:%Y-%m-%d %H:%M:%S}",
                row["actor"],
                row["action"],
                row["from_state"],
                row["to_state"],
            )
            for row in rows[-_HISTORY:]
        ),
        closing=f"The {_HISTORY} newest of {len(rows)}." if len(rows) > _HISTORY else "",
    )


def line_of(finding: Finding) -> Line:
    """Return *finding* as lists show it."""
    return Line(
        id=finding.id,
        rule=finding.key.rule,
        resource=finding.resource_name or finding.key.resource_id,
        account=finding.key.account,
        region=finding.key.region,
        team=finding.team,
        state=finding.state,
        since=finding.opened_at,
        until=finding.until,
    )


def _visible(context: Context, finding_id: str, visible: frozenset[str]) -> Finding | Refused:
    try:
        finding = context.ledger.find(finding_id.upper())
    except UnknownFindingError:
        return Refused(NOT_FOUND.format(id=finding_id))
    # The same words for what does not exist and for what is not the reader's to see.
    return finding if finding.team in visible else Refused(NOT_FOUND.format(id=finding_id))


def _why(match: Match | None) -> str:
    if match is None:
        return "no team's routes match it, and this team is the default"
    parts = [f"its tag {name} is {value}" for name, value in match.tags.items()]
    parts += [
        f"its {what} is one of {', '.join(sorted(wanted))}"
        for what, wanted in (
            ("account", match.accounts),
            ("Region", match.regions),
            ("resource type", match.resource_types),
            ("rule", match.rules),
            ("unit", match.units),
            ("environment", match.environments),
        )
        if wanted
    ]
    return " and ".join(parts) or "its first route takes every finding"


def _age(finding: Finding, now: datetime) -> str:
    if finding.opened_at is None:
        return ""
    age = now - finding.opened_at
    hours = age // timedelta(hours=1)
    if age.days > 1:
        return f"{age.days} days"
    return "1 hour" if hours == 1 else f"{hours} hours"
