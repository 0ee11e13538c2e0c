"""Which findings a person sees: an engineer those of their own team, an analyst all of them."""

from collections.abc import Collection
from dataclasses import replace

from commands.answers import Refused
from compliance.authority import Actor, Standing
from compliance.channel import Channel
from compliance.routing import Teams
from ledger.reports import Scope

NO_TEAM = (
    "Ask from your team's channel. You do not approve for a team, and this is not a team's channel."
)
OTHER_TEAM = "Ask from the other team's channel. From here you see the findings of {teams} only."


def visible_teams(actor: Actor, channels: Collection[Channel], teams: Teams) -> frozenset[str]:
    """Return the teams whose findings *actor* may read, asking from one of *channels*.

    They are one channel under each of its names. People in a team's channel read that team's cards
    there anyway.
    """
    if actor.standing is not Standing.MEMBER:
        return frozenset()
    if actor.id in teams.everywhere.users or actor.groups & teams.everywhere.groups:
        return teams.names
    if any(channel in channels for channel in teams.tda_channels):
        return teams.names
    return frozenset(
        team.name
        for team in teams.ordered
        if actor.id in team.approvers
        or actor.groups & team.approver_groups
        or any(channel in channels for channel in team.channels)
    )


def within_sight(scope: Scope, visible: frozenset[str]) -> Scope | Refused:
    """Return *scope* without the teams that the reader does not see."""
    if not visible:
        return Refused(NO_TEAM)
    teams = visible & scope.teams if scope.teams else visible
    if not teams:
        return Refused(OTHER_TEAM.format(teams=", ".join(sorted(visible))))
    return replace(scope, teams=teams)
