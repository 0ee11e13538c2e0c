"""Clear: AWS Config's own exception, which it wrote after failed attempts, is taken away."""

from commands.answers import Answer, Done, Refused
from commands.ask import record, why_not
from commands.context import Context
from compliance.authority import Actor
from compliance.finding import Finding
from compliance.request import Request, Verb

NONE_THERE = "AWS Config has no exception of its own for this resource any more."


def may_clear(context: Context, finding_id: str, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may have AWS Config's own exception taken away now."""
    finding = context.admit(finding_id, actor, "clear")
    if isinstance(finding, Refused):
        return finding
    if not finding.aws_exception:
        return Refused(NONE_THERE)
    return why_not(context, finding, _request(context, finding, actor)) or finding


def clear(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* wants it gone; the mirror deletes it at AWS."""
    finding = may_clear(context, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    request = _request(context, finding, actor)
    says = {"says": finding.aws_exception}
    if refused := record(context, finding, request, actor, "clear", says):
        return refused
    return Done(
        "AWS Config is asked to take its own exception away. The card says when it is gone."
    )


def _request(context: Context, finding: Finding, actor: Actor) -> Request:
    needed = context.rule(finding).decision.needed(Verb.CLEAR)
    return Request(Verb.CLEAR, actor.id, needed, context.now())
