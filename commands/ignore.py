"""Ignore: an exception for one resource or for many, with a reason and an end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from commands.answers import Answer, Done, Invalid, Refused
from commands.ask import record, why_not
from commands.authorise import Person, may_decide_about
from commands.context import Context
from compliance.allowlist import (
    ANY,
    CAN_BE_ASKED,
    Entry,
    ExceptionClass,
    entry_id,
    written_person,
)
from compliance.authority import Actor
from compliance.finding import Finding
from compliance.policy import AnyRule
from compliance.reasons import why_no_reason
from compliance.request import Request, Verb
from compliance.scope import covered, tag_of
from compliance.text import clean

STAR = "This resource's id is *, which in the allowlist means all resources. Nothing was changed."

#: A number or an address.
TICKET_MAX = 100
CONTROL_MAX = 400


@dataclass(frozen=True, slots=True)
class Ignore:
    """What the form asks for; *expires* is None where no date was chosen.

    *scope* is one of compliance.scope, empty for the resource alone.
    """

    exception_class: str
    reason: str
    ticket: str
    expires: date | None
    control: str = ""
    scope: str = ""


def ignore(context: Context, finding_id: str, actor: Actor, form: Ignore) -> Answer:
    """Record that *actor* asks for an exception; it begins when enough agree and it is written."""
    finding = may_ignore(context, finding_id, actor, form.scope)
    if isinstance(finding, Refused):
        return finding
    rule = context.rule(finding)
    if wrong := problems(form, rule, context.now().date(), names_of(finding)):
        return Invalid(wrong)
    request = _request(context, rule, actor, _given(context, finding, actor, form))
    if refused := record(context, finding, request, actor, "ignore"):
        return refused
    if not request.needed:
        return Done("The exception is about to be recorded.")
    return Done(f"Asked. {request.needed} more must agree before the exception begins.")


def _request(
    context: Context, rule: AnyRule, actor: Actor, given: Mapping[str, str] | None = None
) -> Request:
    needed = rule.decision.needed(Verb.EXCEPT)
    return Request(Verb.EXCEPT, actor.id, needed, context.now(), detail=given or {})


def may_ignore(
    context: Context, finding_id: str, actor: Actor, scope: str = ""
) -> Finding | Refused:
    """Return the finding if *actor* may agree an exception with *scope*, or ask for one, now."""
    verdict = partial(may_decide_about, context, is_wide=bool(scope))
    finding = context.admit(finding_id, actor, "ignore", verdict)
    if isinstance(finding, Refused):
        return finding
    if finding.key.resource_id == ANY:
        return Refused(STAR)
    rule = context.rule(finding)
    return why_not(context, finding, _request(context, rule, actor)) or finding


def problems(
    form: Ignore, rule: AnyRule | None, today: date, names: Iterable[str] = ()
) -> dict[str, str]:
    """Return what is wrong with *form*, by field; empty when it can be recorded.

    *names* are the resource's.
    """
    found = {
        "reason": why_no_reason(clean(form.reason), (*words_of(rule), *names)),
        "exception_class": _class_problem(form.exception_class, rule),
        "ticket": _ticket_problem(clean(form.ticket).strip(), rule),
        "expires": end_problem(form.expires, rule, today),
    }
    if len(form.control) > CONTROL_MAX:
        found["control"] = f"At most {CONTROL_MAX} characters; put the rest into the ticket."
    return {field: problem for field, problem in found.items() if problem}


def words_of(rule: AnyRule | None) -> tuple[str, ...]:
    """Return the rule's own words, which are no reason."""
    return (rule.title, rule.name, rule.why, rule.wrong) if rule else ()


def names_of(finding: Finding) -> tuple[str, str]:
    """Return what the resource is called, which is no reason either."""
    return finding.resource_name, finding.key.resource_id


def classes_of(rule: AnyRule | None) -> tuple[ExceptionClass, ...]:
    """Return the kinds of exception that *rule* allows."""
    return rule.decision.classes if rule else CAN_BE_ASKED


def choose_class(rule: AnyRule | None) -> str:
    allowed = " or ".join(each.value for each in classes_of(rule))
    return f"Choose what kind of exception this is: {allowed}."


def _class_problem(exception_class: str, rule: AnyRule | None) -> str:
    return "" if exception_class in classes_of(rule) else choose_class(rule)


def _ticket_problem(ticket: str, rule: AnyRule | None) -> str:
    if len(ticket) > TICKET_MAX:
        return f"At most {TICKET_MAX} characters: the ticket's number or its address."
    if rule and rule.decision.ticket_required and not ticket:
        return "This rule's exceptions need a ticket: its number or its address."
    return ""


def end_problem(expires: date | None, rule: AnyRule | None, today: date) -> str:
    """Say why an exception cannot end on *expires*, empty where it can."""
    if expires is None:
        return "Choose the day on which the exception ends."
    if expires < today:
        return "Choose a day that is not over yet."
    if rule and expires > today + rule.decision.longest_exception:
        last = today + rule.decision.longest_exception
        return f"An exception from this rule can last until {last} at most."
    return ""


def form_of_request(request: Request) -> Ignore:
    """Return what was entered when the exception was asked for."""
    given = request.detail
    return Ignore(
        exception_class=given["class"],
        reason=given["reason"],
        ticket=given["ticket"],
        expires=date.fromisoformat(given["expires"]),
        control=given.get("control", ""),
        scope=given.get("scope", ""),
    )


def entry_of(context: Context, finding: Finding, request: Request, person: Person) -> Entry:
    """Return the entry that *request* asks for; *person* says how people are called now."""
    form, key = form_of_request(request), finding.key
    if form.expires is None:
        raise ValueError("an exception needs an end")
    account, region, resource = covered(form.scope, key)
    tag = tag_of(form.scope)
    name = finding.resource_name if finding.resource_name != key.resource_id else ""
    known = context.accounts.get(account)
    asker, *others = (written_person(person(user).name, user) for user in request.deciders)
    return Entry(
        rule=key.rule,
        account=account,
        region=region,
        resource=resource,
        exception_class=ExceptionClass(form.exception_class),
        reason=form.reason,
        asked_by=asker,
        ticket=form.ticket,
        expires=form.expires,
        # A request of the first version has none.
        id=request.detail.get("id", ""),
        account_name=known.name if known else "",
        name="" if form.scope else name,
        tags=(tag,) if tag else (),
        control=form.control,
        agreed_by=tuple(others),
        created=request.asked_at.replace(microsecond=0),
        first_asked=request.asked_at.date(),
        finding=finding.id,
    )


def _given(context: Context, finding: Finding, actor: Actor, form: Ignore) -> dict[str, str]:
    """Return what is kept with the request, its entry's id among it."""
    return {
        "id": entry_id(finding.id, actor.id, context.now().isoformat()),
        "class": ExceptionClass(form.exception_class).value,
        "reason": clean(form.reason).strip(),
        "ticket": clean(form.ticket).strip(),
        "control": clean(form.control).strip(),
        "scope": form.scope,
        "expires": str(form.expires),
    }
