"""Allow the bot to post in a channel that outsiders can read."""

from commands.answers import Answer, Done, Refused
from commands.context import Context, seen
from compliance.authority import Actor, may_ask, may_decide, who_can
from compliance.channel import Channel
from ledger.open_channels import OpenChannels

ALLOWED = "Allowed. The cards that were held back come to that channel now."
NOT_ASKED = "Nobody asks about that channel any more, or somebody has allowed it already."
NOT_YOURS = "Only the approvers of a team that reads the channel can allow this."


def allow_outsiders(context: Context, channel: Channel, actor: Actor) -> Answer:
    """Record that *actor*, who approves for a team of *channel*, lets outsiders read its cards."""
    teams = context.teams
    readers = [teams[name] for name in sorted(teams.of_channel(channel))]
    if not any(may_decide(actor, team, teams).allowed for team in readers):
        why = may_ask(actor).reason or NOT_YOURS
        context.ledger.refuse("", actor.id, "allow outsiders", why, seen(actor))
        can = [who_can(team, teams) for team in readers]
        users = tuple(sorted({each for some, _ in can for each in some}))
        groups = tuple(sorted({each for _, some in can for each in some}))
        return Refused(why, users, groups)
    store = OpenChannels(context.ledger.engine, context.now)
    return Done(ALLOWED) if store.allow(channel, actor.id, seen(actor)) else Refused(NOT_ASKED)
