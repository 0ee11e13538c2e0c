"""Exceptions that cover no finding now: whose they are, and how they are ended.

Nothing reopens when one ends, and there is no card that could show a request. So it is decided by
the routes who may end it, and the entry is taken out at once or not at all.
"""

from commands.answers import Answer, Done, Refused
from commands.context import Context, seen
from compliance.allowlist import (
    ANY,
    Entry,
    UnreviewedAllowlistError,
    UnwritableAllowlistError,
    written_person,
)
from compliance.authority import Actor, may_decide, may_decide_everywhere, who_can
from compliance.change import FindingKey
from compliance.enforcement import kept
from compliance.routing import Team
from compliance.rules import canonical_name

ENDED = "{id} has ended. It covered no finding, so nothing reopens."
PROPOSED = "The end of {id} is proposed. {why}."
NOT_ENDED = (
    "{id} has not ended: the allowlist could not be written. {why}. Nothing was changed; type "
    "revoke {id} again once the allowlist can be written."
)


def team_of(context: Context, entry: Entry) -> Team | None:
    """Return whose resource the exception is about; None where it is about several."""
    if entry.is_wide or ANY in entry.rules:
        return None
    name = canonical_name(context.catalogue, entry.rule)
    rule = context.catalogue.get(name)
    resource_type = rule.resource_type if rule else ""
    key = FindingKey(entry.account, entry.region, name, resource_type, entry.resource)
    return context.teams.owner(key, {}, context.accounts.get(entry.account))


def revoke_unused(context: Context, entry: Entry, actor: Actor) -> Answer:
    """Take *entry* out of the allowlist, if *actor* may decide about what it is about."""
    team, entry_id = team_of(context, entry), entry.known_as
    verdict = (
        may_decide(actor, team, context.teams)
        if team
        else may_decide_everywhere(actor, context.teams)
    )
    given = {**kept(entry), **seen(actor)}
    if not verdict.allowed:
        context.ledger.refuse("", actor.id, "revoke", verdict.reason, given)
        return Refused(f"{verdict.reason} Nothing was changed.", *who_can(team, context.teams))
    # Before it is written, so that who decided is known whatever ends the process in between.
    context.ledger.note(actor.id, "revoke", given)
    author, why = written_person(actor.name, actor.id), f"Ended before its time: {entry.reason}"
    try:
        context.allowlist.remove(entry, author, why)
    except UnreviewedAllowlistError as error:
        return Done(PROPOSED.format(id=entry_id, why=str(error).rstrip(".")))
    except UnwritableAllowlistError as error:
        return Refused(NOT_ENDED.format(id=entry_id, why=str(error).rstrip(".")))
    return Done(ENDED.format(id=entry_id))
