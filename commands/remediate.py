"""Remediate: ask for the rule's remediation of one finding."""

from commands.answers import Answer, Done, Refused
from commands.ask import record, why_not
from commands.context import Context
from compliance.authority import Actor
from compliance.enforcement import exception_of
from compliance.finding import Finding
from compliance.policy import AnyRule, why_no_remediation
from compliance.request import Request, Verb

WAITS = (
    "Approved. It starts as soon as the allowlist can be read: until then the bot does not know "
    "what is excepted."
)
EXCEPTED = "End the exception first: it covers this finding until {end}."


def may_remediate(
    context: Context, finding_id: str, actor: Actor
) -> tuple[Finding, AnyRule] | Refused:
    """Return the finding and its rule if *actor* may ask for the remediation now."""
    finding = context.admit(finding_id, actor, "remediate")
    if isinstance(finding, Refused):
        return finding
    rule = context.rule(finding)
    if why := why_no_remediation(finding, rule):
        return Refused(why, about=finding.id)
    if entry := exception_of(finding, context.allowlist.current, context.now()):
        return Refused(EXCEPTED.format(end=entry.expires), about=finding.id)
    return why_not(context, finding, _request(context, rule, actor)) or (finding, rule)


def remediate(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* asks for the remediation; the worker starts it once enough agree."""
    allowed = may_remediate(context, finding_id, actor)
    if isinstance(allowed, Refused):
        return allowed
    finding, rule = allowed
    request = _request(context, rule, actor)
    if refused := record(context, finding, request, actor, "remediate", {"needed": request.needed}):
        return refused
    if request.needed:
        return Done(f"Asked. {request.needed} more must agree before the remediation starts.")
    if context.allowlist.current.is_unknown:
        return Done(WAITS)
    return Done("Approved. The card shows each step.")


def _request(context: Context, rule: AnyRule, actor: Actor) -> Request:
    return Request(Verb.REMEDIATE, actor.id, rule.decision.needed(Verb.REMEDIATE), context.now())
