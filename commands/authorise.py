"""The check at execution: may those who decided about a finding still decide?"""

from collections.abc import Callable

from commands.desk import Desk
from compliance.authority import ALLOWED, Actor, Standing, Verdict, may_decide
from compliance.finding import Finding


def authorise(desk: Desk, person: Callable[[str], Actor], finding: Finding) -> Verdict | None:
    """Return the verdict on all who decided; None when chat cannot say who somebody is now."""
    decided = finding.decided
    for user in decided.deciders if decided else ():
        actor = person(user)
        if actor.standing is Standing.UNKNOWN:
            return None
        verdict = may_decide(actor, desk.team(finding), desk.teams)
        if not verdict.allowed:
            return verdict
    return ALLOWED
