"""What others had to agree to is carried out once they have; everything is asked again first."""

import logging
from functools import partial

import compliance.finding as life
from commands.agree import agree
from commands.answers import Answer, Refused
from commands.authorise import Person, authorise
from commands.desk import Desk, too_late
from commands.ignore import entry_of_request, record
from compliance.authority import Actor
from compliance.finding import Finding, IllegalMoveError, State
from compliance.request import Request, Verb
from ledger.store import BOT

log = logging.getLogger(__name__)

NOT_RECORDED = "The exception was not recorded: {why} Nobody has decided again yet."


def agree_and_carry_out(
    desk: Desk, person: Person, finding_id: str, verb: Verb, actor: Actor
) -> Answer:
    """Record that *actor* agrees; an exception that nobody else has to agree to is recorded."""
    answer = agree(desk, finding_id, verb, actor)
    if isinstance(answer, Refused) or verb is not Verb.EXCEPT:
        return answer
    finding = desk.ledger.find(finding_id)
    return _record_agreed(desk, person, finding) or answer


def carry_out_exceptions(desk: Desk, person: Person) -> int:
    """Record every exception that is agreed and not recorded yet; return how many there were.

    An agreement is carried out at once: this is for what a crash or a silent chat left over.
    """
    waiting = [each for each in desk.ledger.each([State.APPROVAL_PENDING]) if _agreed(each)]
    for finding in waiting:
        _record_agreed(desk, person, finding)
    return len(waiting)


def _record_agreed(desk: Desk, person: Person, finding: Finding) -> Answer | None:
    """Record the exception that is agreed; None where one is not, or chat cannot say who agreed."""
    request = _agreed(finding)
    if request is None:
        return None
    verdict = authorise(desk, person, finding, Verb.EXCEPT)
    if verdict is None:
        log.warning("chat cannot say who agreed to an exception", extra={"finding": finding.id})
        return None
    if not verdict.allowed:
        return _drop(desk, finding, verdict.reason)
    return record(desk, finding, Actor(request.actor), entry_of_request(finding, request))


def _agreed(finding: Finding) -> Request | None:
    request = finding.request(Verb.EXCEPT)
    return request if request and request.is_agreed else None


def _drop(desk: Desk, finding: Finding, why: str) -> Answer:
    note = NOT_RECORDED.format(why=why)
    try:
        desk.ledger.move(
            finding.id,
            partial(life.withdraw, verb=Verb.EXCEPT, now=desk.now(), note=note),
            actor=BOT,
            action="exception not recorded",
            detail={"why": why},
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Refused(note)
