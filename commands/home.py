"""Home: a person's own open work, the oldest first."""

from commands.answers import OpenWork
from commands.context import Context
from commands.findings import line_of
from commands.sight import visible_teams
from compliance.authority import Actor
from compliance.card import presses
from compliance.finding import UNRESOLVED
from ledger.reports import Reports, Scope

#: What one person can look through; the commands list the rest.
_LISTED = 20


def open_work(context: Context, reports: Reports, actor: Actor) -> OpenWork:
    """Return what waits for *actor*; nothing for those who decide for no team."""
    teams = visible_teams(actor, (), context.teams)
    if not teams:
        return OpenWork((), 0, ())
    scope = Scope(teams)
    total = sum(each.number for each in reports.counts(scope) if each.state in UNRESOLVED)
    oldest = reports.oldest(UNRESOLVED, scope, _LISTED)
    listed = tuple((line_of(each), presses(each, context.rule(each))) for each in oldest)
    return OpenWork(tuple(sorted(teams)), total, listed)
