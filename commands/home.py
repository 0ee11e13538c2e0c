"""Home: a person's own open work, the oldest first."""

from dataclasses import dataclass

from commands.desk import Desk
from commands.sight import visible_teams
from compliance.authority import Actor
from compliance.finding import UNRESOLVED, Finding
from ledger.reports import Reports, Scope

#: What one person can look through; the commands list the rest.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The unresolved findings of the *teams* a person decides for: how many, and the oldest."""

    teams: tuple[str, ...]
    total: int
    oldest: tuple[Finding, ...]


def open_work(desk: Desk, reports: Reports, actor: Actor) -> OpenWork:
    """Return what waits for *actor*; nothing for those who decide for no team."""
    teams = visible_teams(actor, "", desk.teams)
    if not teams:
        return OpenWork((), 0, ())
    scope = Scope(teams)
    total = sum(each.number for each in reports.counts(scope) if each.state in UNRESOLVED)
    return OpenWork(tuple(sorted(teams)), total, reports.oldest(UNRESOLVED, scope, _LISTED))
