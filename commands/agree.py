"""Agree to somebody's request; and withdraw one, whatever its verb."""

from functools import partial

from commands.answers import Answer, Done, Refused
from commands.authorise import is_wide
from commands.context import Context, seen, too_late
from compliance import life
from compliance.authority import (
    Actor,
    Verdict,
    may_agree,
    may_decide,
    may_decide_everywhere,
    who_can,
)
from compliance.finding import CAN_BEGIN, IN_PROGRESS, UNDECIDED, Finding, IllegalMoveError, State
from compliance.request import Verb

NOT_ASKED = "The {noun} is not asked for any more. Nothing was changed by this press."
MEANWHILE = (
    "Agreed. A remediation is under way: the {noun} is carried out if that does not fix the "
    "finding, and is not needed if it does."
)
AGREED_ALREADY = "You agreed already. Somebody else has to agree as well."
_WITHDRAWN = "The request for the {noun} was withdrawn."


def agreement(context: Context, verb: Verb, actor: Actor, finding: Finding) -> Verdict:
    """Say in silence whether *actor* may agree to the finding's request for *verb*."""
    request, team = finding.request(verb), context.team(finding)
    if request is None:
        return may_decide(actor, team, context.teams)
    ruling = may_agree(actor, request, team, context.teams)
    if ruling.allowed and is_wide(context, request):
        return may_decide_everywhere(actor, context.teams)
    return ruling


def may_agree_to(context: Context, finding_id: str, verb: Verb, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may agree to its request for *verb* now."""
    verdict = partial(agreement, context, verb)
    finding = context.admit(finding_id, actor, "agree", verdict, partial(_deciders, verb))
    if isinstance(finding, Refused):
        return finding
    if finding.request(verb) is None:
        return _not_asked(finding, verb)
    if actor.id in (deciders := _deciders(verb, finding)):
        others = who_can(context.team(finding), context.teams, deciders)
        return Refused(AGREED_ALREADY, *others, about=finding.id)
    return finding


def agree(context: Context, finding_id: str, verb: Verb, actor: Actor) -> Answer:
    """Record that *actor*, who is not the asker, agrees to the request for *verb*."""
    finding = may_agree_to(context, finding_id, verb, actor)
    if isinstance(finding, Refused):
        return finding
    try:
        after = context.ledger.move(
            finding.id,
            partial(life.agree, verb=verb, actor=actor.id, now=context.now()),
            actor=actor.id,
            action="agree",
            decision={"verb": verb.value},
            detail=seen(actor),
        )
    except IllegalMoveError as error:
        return _not_asked(error.finding, verb)
    if after.state is State.APPROVED and verb is Verb.REMEDIATE:
        return Done("Agreed. The remediation is about to start.")
    waiting = after.request(verb)
    if waiting and waiting.is_agreed and after.state in IN_PROGRESS - CAN_BEGIN:
        return Done(MEANWHILE.format(noun=verb.noun))
    if waiting is None or waiting.is_agreed:
        return Done(f"Agreed. The {verb.noun} is about to be carried out.")
    return Done(f"Agreed: {len(waiting.agreed)} of {waiting.needed}.")


def may_withdraw(context: Context, finding_id: str, verb: Verb, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may withdraw its request now: any approver of the team may."""
    finding = context.admit(finding_id, actor, "withdraw")
    if isinstance(finding, Refused):
        return finding
    is_about_to_start = verb is Verb.REMEDIATE and finding.state is State.APPROVED
    if finding.request(verb) is None and not is_about_to_start:
        return _not_asked(finding, verb)
    return finding


def withdraw(context: Context, finding_id: str, verb: Verb, actor: Actor) -> Answer:
    """Take back a request that has not been carried out."""
    finding = may_withdraw(context, finding_id, verb, actor)
    if isinstance(finding, Refused):
        return finding
    note = _WITHDRAWN.format(noun=verb.noun)
    try:
        context.ledger.move(
            finding.id,
            partial(life.withdraw, verb=verb, now=context.now(), note=note, by=actor.id),
            actor=actor.id,
            action="withdraw",
            decision={"verb": verb.value},
            detail=seen(actor),
        )
    except IllegalMoveError as error:
        return _not_asked(error.finding, verb)
    return Done("Withdrawn. Nothing was started.")


def _deciders(verb: Verb, finding: Finding) -> tuple[str, ...]:
    request = finding.request(verb)
    return request.deciders if request else ()


def _not_asked(finding: Finding, verb: Verb) -> Refused:
    """Say what has become of a request that waits no longer."""
    if finding.state in UNDECIDED or finding.requests:
        return Refused(NOT_ASKED.format(noun=verb.noun), about=finding.id)
    return too_late(IllegalMoveError(finding, verb.value))
