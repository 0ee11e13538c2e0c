"""Who may decide about what: at the press, and again at execution, of all who decided."""

from collections.abc import Callable

from commands.context import Context
from compliance.authority import (
    ALLOWED,
    Actor,
    Standing,
    Verdict,
    may_decide,
    may_decide_everywhere,
)
from compliance.finding import Finding
from compliance.request import Request, Verb

ONE_PERSON = "By now people.yaml does not say that those who decided are different people."
#: Asks chat now who somebody is.
Person = Callable[[str], Actor]


def may_decide_about(
    context: Context, actor: Actor, finding: Finding, *, is_wide: bool = False
) -> Verdict:
    """Say whether *actor* may decide about *finding*, and about more than it where that is wide."""
    verdict = may_decide(actor, context.team(finding), context.teams)
    if not verdict.allowed or not is_wide:
        return verdict
    return may_decide_everywhere(actor, context.teams)


def is_wide(context: Context, request: Request) -> bool:
    """Whether *request* is about an exception that covers more than one resource."""
    if request.verb is Verb.EXCEPT:
        return bool(request.detail.get("scope"))
    entry = context.allowlist.current.get(str(request.detail.get("id", "")))
    return entry is not None and entry.is_wide


def authorise(
    context: Context, person: Person, finding: Finding, verb: Verb = Verb.REMEDIATE
) -> Verdict | None:
    """Return the verdict on all who decided *verb*; None when chat cannot say who somebody is now.

    The rule is asked as well: it may want more people by now, or have left the catalogue, which
    makes it one of the other rules, for which a second person is wanted.
    """
    request = _request(finding, verb)
    if request is None:
        return Verdict(False, f"The {verb.noun} is not asked for any more.")
    missing = context.rule(finding).decision.needed(verb) - len(request.agreed)
    if missing > 0:
        return Verdict(False, f"The rule's policy has changed: {missing} more must agree.")
    if not context.teams.people.are_different(request.deciders):
        return Verdict(False, ONE_PERSON)
    return _all_may(context, person, finding, request)


def _request(finding: Finding, verb: Verb) -> Request | None:
    """Return what is to be carried out: what was decided before has been."""
    if asked := finding.request(verb):
        return asked
    decided = finding.decided
    return decided if decided is not None and decided.verb is verb else None


def _all_may(
    context: Context, person: Person, finding: Finding, request: Request
) -> Verdict | None:
    wide = is_wide(context, request)
    for user in request.deciders:
        actor = person(user)
        if actor.standing is Standing.UNKNOWN:
            return None
        verdict = may_decide_about(context, actor, finding, is_wide=wide)
        if not verdict.allowed:
            return verdict
    return ALLOWED
