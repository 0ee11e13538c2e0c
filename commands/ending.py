"""The end of an exception: warnings before it, and the decision to let it end."""

from functools import partial

from commands.answers import Answer, Done, Refused
from commands.context import Context, seen
from commands.in_force import in_force
from compliance.authority import Actor
from compliance.ending import HORIZON, let_end, warn, warning_due
from compliance.finding import Finding
from ledger.reports import Reports
from ledger.store import BOT


def warn_of_ends(context: Context) -> int:
    """Note each warning that is due, once among all replicas; return how many there were.

    The herald says what the audit log has.
    """
    now, warned = context.now(), 0
    for finding in Reports(context.ledger.engine).ending(now + HORIZON):
        if days := warning_due(finding, now):
            after = context.ledger.move(
                finding.id,
                partial(warn, days=days, now=now),
                actor=BOT,
                action="exception ending",
                detail={"days": days, "ends": finding.until.isoformat() if finding.until else ""},
            )
            warned += after.version > finding.version
    return warned


def may_let_end(context: Context, finding_id: str, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may say that its exception is to end as agreed."""
    allowed = in_force(context, finding_id, actor, "let it end")
    return allowed if isinstance(allowed, Refused) else allowed[0]


def let_it_end(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* lets the exception end: nobody is warned any more."""
    finding = may_let_end(context, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    context.ledger.move(
        finding.id,
        partial(let_end, actor=actor.id),
        actor=actor.id,
        action="let it end",
        detail=seen(actor),
    )
    return Done("Noted. The exception ends as agreed, and the finding is open again then.")
