"""How each command asks for something: whether it can be asked for now, and the record of it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from commands.answers import Refused
from commands.context import Context, seen, too_late
from compliance import life
from compliance.authority import Actor
from compliance.finding import Finding, IllegalMoveError
from compliance.request import Request


def why_not(context: Context, finding: Finding, request: Request) -> Refused | None:
    """Return why *request* cannot be made now, None where it can."""
    try:
        life.ask(finding, request, context.now())
    except IllegalMoveError as error:
        return too_late(error)
    return None


def record(
    context: Context,
    finding: Finding,
    request: Request,
    actor: Actor,
    action: str,
    decision: Mapping[str, Any] | None = None,
) -> Refused | None:
    """Record that *actor* makes *request*; return why not where somebody else was faster.

    *decision* is what the audit log keeps of it, the request's detail where it is left out.
    """
    try:
        context.ledger.move(
            finding.id,
            partial(life.ask, request=request, now=context.now()),
            actor=actor.id,
            action=action,
            decision=request.detail if decision is None else decision,
            detail=seen(actor),
        )
    except IllegalMoveError as error:
        return too_late(error)
    return None
