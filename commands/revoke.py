"""Revoke: an exception ends before its time, and what it covered is open again."""

from commands.answers import Answer, Done, Refused
from commands.ask import record, why_not
from commands.context import Context
from commands.in_force import in_force
from compliance.allowlist import Entry
from compliance.authority import Actor
from compliance.enforcement import kept
from compliance.finding import Finding
from compliance.request import Request, Verb


def may_revoke(context: Context, finding_id: str, actor: Actor) -> tuple[Finding, Entry] | Refused:
    """Return the finding and its exception if *actor* may end it now."""
    allowed = in_force(context, finding_id, actor, "revoke")
    if isinstance(allowed, Refused):
        return allowed
    finding, entry = allowed
    return why_not(context, finding, _request(context, finding, entry, actor)) or allowed


def revoke(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* ends the exception; it ends when the allowlist is written."""
    allowed = may_revoke(context, finding_id, actor)
    if isinstance(allowed, Refused):
        return allowed
    finding, entry = allowed
    request = _request(context, finding, entry, actor)
    if refused := record(context, finding, request, actor, "revoke"):
        return refused
    return Done("The exception is about to end.")


def _request(context: Context, finding: Finding, entry: Entry, actor: Actor) -> Request:
    needed = context.rule(finding).decision.needed(Verb.REVOKE)
    return Request(Verb.REVOKE, actor.id, needed, context.now(), detail=kept(entry))
