"""What people decide about a finding besides its fate: claim, hand over, snooze. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from compliance.care import Care, Claim, Snooze
from compliance.ending import is_waited_for
from compliance.finding import UNDECIDED, UNRESOLVED, Finding, IllegalMoveError
from compliance.routing import Team, Teams

#: Long enough for a holiday; what may rest for longer is an exception.
LONGEST_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who has to act on a finding: ids of *users* and *groups*, *since* when, and *until* when.

    *until* is when a request expires or a snooze ends, None where it waits for as long as it takes.
    """

    users: tuple[str, ...]
    groups: tuple[str, ...]
    since: datetime
    until: datetime | None = None


#: From a finding to who has to act on it.
WaitingOf = Callable[[Finding], Waiting | None]


def waits_for_nobody(finding: Finding) -> Waiting | None:
    """Where nobody has to know: on a form, say."""
    return None


def claim(finding: Finding, actor: str, now: datetime) -> Finding:
    """*actor* is on it; the same again changes nothing, somebody else takes it over."""
    _require(finding, "claim", finding.state in UNRESOLVED)
    if finding.care.claim and finding.care.claim.by == actor:
        return finding
    return replace(finding, care=replace(finding.care, claim=Claim(actor, now)))


def hand_over(finding: Finding, team: str, note: str) -> Finding:
    """*team* has it from here on, and nobody is on it yet; *note* says who gave it why."""
    _require(finding, "hand over", finding.state in UNDECIDED and not finding.requests)
    kept = f"{note} {finding.note}".strip()
    return replace(finding, team=team, note=kept, care=Care(handed_to=team))


def snooze(finding: Finding, given: Snooze) -> Finding:
    """Nobody is reminded of it until then."""
    _require(finding, "snooze", finding.state in UNDECIDED)
    return replace(finding, care=replace(finding.care, snooze=given))


def end_snooze(finding: Finding, now: datetime) -> Finding:
    """Its time is over; the same finding where it is not, or where it is not snoozed."""
    given = finding.care.snooze
    if given is None or given.until > now:
        return finding
    return replace(finding, care=replace(finding.care, snooze=None))


def waiting_for(finding: Finding, team: Team, teams: Teams, lifetime: timedelta) -> Waiting | None:
    """Return who has to act on *finding*, None where nobody has; a request lasts for *lifetime*."""
    asked = [each for each in finding.requests if not each.is_agreed]
    if asked:
        since = min(each.asked_at for each in asked)
        barred = frozenset(asked[0].deciders) if len(asked) == 1 else frozenset()
        return Waiting(*asked_of(team, teams, barred), since, since + lifetime)
    if is_waited_for(finding):
        users, groups = asked_of(team, teams)
        return Waiting((*_deciders(finding), *users), groups, finding.changed_at, finding.until)
    if finding.state not in UNDECIDED:
        return None
    given = finding.care.snooze
    if finding.care.claim:
        on_it = finding.care.claim
        return Waiting((on_it.by,), (), on_it.at, given.until if given else None)
    until = given.until if given else None
    return Waiting(*asked_of(team, teams), finding.changed_at, until)


def asked_of(
    team: Team, teams: Teams, barred: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the users and groups that are asked to decide: the team's own, else everybody's.

    Those who may decide for every team are not called to each finding of each.
    """
    users, groups = teams.people.without(team.approvers, barred), team.approver_groups
    if not users and not groups:
        users = teams.people.without(teams.everywhere.users, barred)
        groups = teams.everywhere.groups
    return tuple(sorted(users)), tuple(sorted(groups))


def _deciders(finding: Finding) -> tuple[str, ...]:
    return tuple(filter(None, finding.decided.deciders)) if finding.decided else ()


def _require(finding: Finding, move: str, allowed: bool) -> None:
    if not allowed:
        raise IllegalMoveError(finding, move)
