"""Which findings a person sees: an engineer those of their own team, an analyst all of them."""

from compliance.authority import Actor, Standing
from compliance.routing import Teams


def visible_teams(actor: Actor, channel: str, teams: Teams) -> frozenset[str]:
    """Return the teams whose findings *actor* may read, asking from *channel*.

    Whoever is in a team's channel reads that team's cards there anyway.
    """
    if actor.standing is not Standing.MEMBER:
        return frozenset()
    if actor.id in teams.everywhere.users or actor.groups & teams.everywhere.groups:
        return frozenset(team.name for team in teams.ordered)
    if channel and channel == teams.tda_channel:
        return frozenset(team.name for team in teams.ordered)
    return frozenset(
        team.name
        for team in teams.ordered
        if actor.id in team.approvers
        or actor.groups & team.approver_groups
        or channel == team.channel
    )
