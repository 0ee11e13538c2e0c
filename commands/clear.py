"""Clear: AWS Config's own exception, which it wrote after failed attempts, is taken away."""

from functools import partial

from commands.answers import Answer, Done, Refused
from commands.context import Context, seen, too_late
from compliance.authority import Actor
from compliance.finding import Finding, IllegalMoveError, ask
from compliance.request import Request, Verb

NONE_THERE = "AWS Config has no exception of its own for this resource any more."


def may_clear(context: Context, finding_id: str, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may have AWS Config's own exception taken away now."""
    finding = context.admit(finding_id, actor, "clear")
    if isinstance(finding, Refused):
        return finding
    if not finding.aws_exception:
        return Refused(NONE_THERE)
    try:
        ask(finding, _request(context, finding, actor), context.now())
    except IllegalMoveError as error:
        return too_late(error)
    return finding


def clear(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* wants it gone; the mirror deletes it at AWS."""
    finding = may_clear(context, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    request = _request(context, finding, actor)
    try:
        context.ledger.move(
            finding.id,
            partial(ask, request=request, now=context.now()),
            actor=actor.id,
            action="clear",
            decision={"says": finding.aws_exception},
            detail=seen(actor),
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Done(
        "AWS Config is asked to take its own exception away. The card says when it is gone."
    )


def _request(context: Context, finding: Finding, actor: Actor) -> Request:
    needed = context.rule(finding).decision.needed(Verb.CLEAR)
    return Request(Verb.CLEAR, actor.id, needed, context.now())
