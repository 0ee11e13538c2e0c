"""The check at execution: may those who decided still decide, and are they enough?"""

from collections.abc import Callable

from commands.context import Context
from compliance.authority import ALLOWED, Actor, Standing, Verdict, may_decide
from compliance.finding import Finding
from compliance.request import Request, Verb

ONE_PERSON = "By now people.yaml does not say that those who decided are different people."
#: Asks chat now who somebody is.
Person = Callable[[str], Actor]


def authorise(
    context: Context, person: Person, finding: Finding, verb: Verb = Verb.REMEDIATE
) -> Verdict | None:
    """Return the verdict on all who decided *verb*; None when chat cannot say who somebody is now.

    The rule is asked as well: it may want more people by now, or have left the catalogue, which
    makes it one of the other rules, for which a second person is wanted.
    """
    request = _request(finding, verb)
    if request is None:
        return Verdict(False, f"Nobody asks for the {verb.noun} any more.")
    missing = context.rule(finding).decision.needed(verb) - len(request.agreed)
    if missing > 0:
        return Verdict(False, f"The rule's policy has changed: {missing} more must agree.")
    if not context.teams.people.are_different(request.deciders):
        return Verdict(False, ONE_PERSON)
    return _all_may(context, person, finding, request)


def _request(finding: Finding, verb: Verb) -> Request | None:
    if finding.decided is not None and finding.decided.verb is verb:
        return finding.decided
    return finding.request(verb)


def _all_may(
    context: Context, person: Person, finding: Finding, request: Request
) -> Verdict | None:
    for user in request.deciders:
        actor = person(user)
        if actor.standing is Standing.UNKNOWN:
            return None
        verdict = may_decide(actor, context.team(finding), context.teams)
        if not verdict.allowed:
            return verdict
    return ALLOWED
