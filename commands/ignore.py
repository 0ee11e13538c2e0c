"""Ignore: an exception for one resource, with a reason and an end, in the allowlist."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from commands.answers import Answer, Done, Invalid, Refused
from commands.context import Context, seen, too_late
from compliance.allowlist import ANY, Entry, ExceptionClass
from compliance.authority import Actor
from compliance.finding import Finding, IllegalMoveError, ask
from compliance.policy import AnyRule
from compliance.request import Request, Verb
from compliance.text import clean

STAR = "This resource's id is *, which in the allowlist means all resources. Nothing was changed."

#: The shortest reason that can tell the next reader anything (DESIGN §5).
REASON_MIN = 20
#: AWS takes 1,024 characters for an exception's message, and ours holds more than the reason.
REASON_MAX = 800
#: A number or an address.
TICKET_MAX = 100


@dataclass(frozen=True, slots=True)
class Ignore:
    """What the form asks for; *expires* is None where no date was chosen."""

    exception_class: str
    reason: str
    ticket: str
    expires: date | None


def ignore(context: Context, finding_id: str, actor: Actor, form: Ignore) -> Answer:
    """Record that *actor* asks for an exception; it begins when enough agree and it is written."""
    finding = may_ignore(context, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    rule = context.rule(finding)
    if wrong := problems(form, rule, context.now().date()):
        return Invalid(wrong)
    request = _request(context, rule, actor, _given(entry_of(finding, actor.id, form)))
    try:
        context.ledger.move(
            finding.id,
            partial(ask, request=request, now=context.now()),
            actor=actor.id,
            action="ignore",
            decision=request.detail,
            detail=seen(actor),
        )
    except IllegalMoveError as error:
        return too_late(error)
    if not request.needed:
        return Done("The exception is about to be recorded.")
    return Done(f"Asked. {request.needed} more must agree before the exception begins.")


def _request(
    context: Context, rule: AnyRule, actor: Actor, given: Mapping[str, str] | None = None
) -> Request:
    needed = rule.decision.needed(Verb.EXCEPT)
    return Request(Verb.EXCEPT, actor.id, needed, context.now(), detail=given or {})


def may_ignore(context: Context, finding_id: str, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may agree an exception, or ask for one, now."""
    finding = context.admit(finding_id, actor, "ignore")
    if isinstance(finding, Refused):
        return finding
    if finding.key.resource_id == ANY:
        return Refused(STAR)
    rule = context.rule(finding)
    try:
        ask(finding, _request(context, rule, actor), context.now())
    except IllegalMoveError as error:
        return too_late(error)
    return finding


def problems(form: Ignore, rule: AnyRule | None, today: date) -> dict[str, str]:
    """Return what is wrong with *form*, by field; empty when it can be recorded."""
    found = {}
    reason = clean(form.reason).strip()
    if len(reason) < REASON_MIN:
        found["reason"] = f"Say why in at least {REASON_MIN} characters: auditors read this."
    elif len(reason) > REASON_MAX:
        found["reason"] = f"At most {REASON_MAX} characters; put the rest into the ticket."
    if form.exception_class not in set(ExceptionClass):
        found["exception_class"] = "Choose what kind of exception this is."
    if len(form.ticket) > TICKET_MAX:
        found["ticket"] = f"At most {TICKET_MAX} characters: the ticket's number or its address."
    if form.expires is None:
        found["expires"] = "Choose the day on which the exception ends."
    elif form.expires < today:
        found["expires"] = "Choose a day that is not over yet."
    elif rule and form.expires > today + rule.decision.longest_exception:
        last = today + rule.decision.longest_exception
        found["expires"] = f"An exception from this rule can last until {last} at most."
    return found


def form_of_request(request: Request) -> Ignore:
    """Return what was entered when the exception was asked for."""
    given = request.detail
    return Ignore(
        exception_class=given["class"],
        reason=given["reason"],
        ticket=given["ticket"],
        expires=date.fromisoformat(given["expires"]),
    )


def entry_of(finding: Finding, asker: str, form: Ignore) -> Entry:
    if form.expires is None:
        raise ValueError("an exception needs an end")
    return Entry(
        rule=finding.key.rule,
        account=finding.key.account,
        region=finding.key.region,
        resource=finding.key.resource_id,
        exception_class=ExceptionClass(form.exception_class),
        reason=clean(form.reason).strip(),
        asked_by=asker,
        ticket=clean(form.ticket).strip(),
        expires=form.expires,
    )


def _given(entry: Entry) -> dict[str, str]:
    return {
        "class": entry.exception_class.value,
        "reason": entry.reason,
        "ticket": entry.ticket,
        "expires": str(entry.expires),
    }
