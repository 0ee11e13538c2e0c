"""Extend: a new decision about an exception that is in force, never a renewal by itself."""

from dataclasses import dataclass, replace
from datetime import date

from commands.answers import Answer, Done, Invalid, Refused
from commands.ask import record, why_not
from commands.authorise import Person
from commands.context import Context
from commands.ignore import end_problem, words_of
from commands.in_force import in_force
from compliance.allowlist import Entry, written_person
from compliance.authority import Actor
from compliance.enforcement import kept
from compliance.finding import Finding
from compliance.policy import AnyRule
from compliance.reasons import why_no_reason
from compliance.request import Request, Verb
from compliance.text import clean

NOT_LATER = "Choose a day after {end}: it lasts until then already."
#: So many renewals go on the first reason; the next one needs a new one.
RENEWALS_ON_ONE_REASON = 2


@dataclass(frozen=True, slots=True)
class Extension:
    """What the form asks for; *reason* is empty where the present one goes on."""

    expires: date | None
    reason: str = ""


def needs_reason(entry: Entry) -> bool:
    """Whether the reason has carried the exception long enough and is asked for anew."""
    return entry.renewals >= RENEWALS_ON_ONE_REASON


def may_extend(context: Context, finding_id: str, actor: Actor) -> tuple[Finding, Entry] | Refused:
    """Return the finding and its exception if *actor* may ask to extend it now."""
    allowed = in_force(context, finding_id, actor, "extend")
    if isinstance(allowed, Refused):
        return allowed
    finding, entry = allowed
    request = _request(context, finding, entry, actor, Extension(None))
    return why_not(context, finding, request) or allowed


def extend(context: Context, finding_id: str, actor: Actor, form: Extension) -> Answer:
    """Record that *actor* asks for a later end; it begins when enough agree and it is written."""
    allowed = may_extend(context, finding_id, actor)
    if isinstance(allowed, Refused):
        return allowed
    finding, entry = allowed
    wrong = extension_problems(form, entry, context.rule(finding), context.now().date())
    if wrong:
        return Invalid(wrong)
    request = _request(context, finding, entry, actor, form)
    if refused := record(context, finding, request, actor, "extend"):
        return refused
    if not request.needed:
        return Done("The extension is about to be recorded.")
    return Done(
        f"Asked. {request.needed} more must agree before the exception is extended. Until then it "
        f"ends as before, on {entry.expires}."
    )


def extension_problems(
    form: Extension, entry: Entry, rule: AnyRule | None, today: date
) -> dict[str, str]:
    """Return what is wrong with *form*, by field; empty when it can be recorded."""
    end = end_problem(form.expires, rule, today)
    if not end and form.expires and form.expires <= entry.expires:
        end = NOT_LATER.format(end=entry.expires)
    reason = ""
    if needs_reason(entry):
        names = (entry.name, entry.resource)
        reason = why_no_reason(clean(form.reason), (*words_of(rule), *names), entry.reason)
    found = {"expires": end, "reason": reason}
    return {field: problem for field, problem in found.items() if problem}


def extended(entry: Entry, request: Request, person: Person) -> Entry:
    """Return *entry* as *request* wants it; *entry* itself where it is so already."""
    given = request.detail
    if entry.renewals == given["renewals"] and str(entry.expires) == given["expires"]:
        return entry
    asker, *others = (written_person(person(user).name, user) for user in request.deciders)
    created = entry.created or request.asked_at
    return replace(
        entry,
        id=given["id"],
        reason=given["reason"],
        asked_by=asker,
        agreed_by=tuple(others),
        created=request.asked_at.replace(microsecond=0),
        first_asked=entry.first_asked or date(created.year, created.month, created.day),
        first_expires=entry.first_expires or entry.expires,
        renewals=given["renewals"],
        expires=date.fromisoformat(given["expires"]),
    )


def _request(
    context: Context, finding: Finding, entry: Entry, actor: Actor, form: Extension
) -> Request:
    detail = {
        **kept(entry),
        "first_expires": str(entry.first_expires or entry.expires),
        "ends": str(entry.expires),
        "expires": str(form.expires or entry.expires),
        "renewals": entry.renewals + 1,
        "reason": clean(form.reason).strip() if needs_reason(entry) else entry.reason,
    }
    needed = context.rule(finding).decision.needed(Verb.EXTEND)
    return Request(Verb.EXTEND, actor.id, needed, context.now(), detail=detail)
