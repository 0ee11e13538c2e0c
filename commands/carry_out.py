"""What is agreed is carried out; everything is asked again first.

The request stands in the ledger before the allowlist is written, so that who decided is known
whatever ends the process in between. What is not in force yet is carried out by the next round.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, partial

import compliance.finding as life
from commands.agree import agree
from commands.answers import Answer, Done, Refused
from commands.authorise import Person, authorise
from commands.desk import Desk, too_late
from commands.ignore import Ignore, entry_of, form_of_request, ignore, problems
from compliance.allowlist import Entry, UnwritableAllowlistError
from compliance.authority import Actor
from compliance.enforcement import excepted, exception_of
from compliance.finding import Finding, IllegalMoveError, State
from compliance.request import Request, Verb
from ledger.exceptions import Exceptions
from ledger.store import BOT

log = logging.getLogger(__name__)

NOT_RECORDED = "The exception was not recorded: {why} Nobody has decided again yet."
RECORDED = "Recorded in the allowlist until the end of {day}."
STARTED = "{recorded} A remediation had already started; it continues."
UNKNOWN = (
    "The exception is asked for. Chat cannot say just now who may decide; as soon as it can, the "
    "exception is recorded."
)
UNWRITABLE = (
    "The exception is not in force: the allowlist could not be written. {why}. "
    "It stays asked for and is tried again; tell a platform engineer."
)


def ignore_and_carry_out(
    desk: Desk, person: Person, finding_id: str, actor: Actor, form: Ignore
) -> Answer:
    """Record that *actor* asks for an exception; one that nobody else must agree to begins."""
    answer = ignore(desk, finding_id, actor, form)
    return _carried_out(desk, person, finding_id, answer)


def agree_and_carry_out(
    desk: Desk, person: Person, finding_id: str, verb: Verb, actor: Actor
) -> Answer:
    """Record that *actor* agrees; an exception that nobody else has to agree to begins."""
    answer = agree(desk, finding_id, verb, actor)
    return _carried_out(desk, person, finding_id, answer) if verb is Verb.EXCEPT else answer


def carry_out_exceptions(desk: Desk, person: Person) -> int:
    """Record every exception that is agreed and not in force; return how many there were.

    An agreement is carried out at once: this is for what a crash, a silent chat or an allowlist
    that could not be written left over.
    """
    return len(carry_out(desk, person, Exceptions(desk.ledger.engine).asked()))


def carry_out(desk: Desk, person: Person, finding_ids: Iterable[str]) -> Mapping[str, Answer]:
    """Record the exceptions that are agreed of these findings, the allowlist written once for all.

    Return what became of each. Repeated, and beside another replica, it does nothing twice: an
    equal entry that is there already is enough.
    """
    answers: dict[str, Answer] = {}
    ready: list[tuple[Finding, Entry]] = []
    asked = cache(person)
    for finding_id in finding_ids:
        finding = desk.ledger.find(finding_id)
        request = finding.request(Verb.EXCEPT)
        if request is None or not request.is_agreed:
            continue
        if answer := _refusal(desk, asked, finding, request):
            answers[finding_id] = answer
        else:
            ready.append((finding, entry_of(finding, request.actor, form_of_request(request))))
    return {**answers, **_record(desk, ready)} if ready else answers


def _carried_out(desk: Desk, person: Person, finding_id: str, answer: Answer) -> Answer:
    if not isinstance(answer, Done):
        return answer
    if outcome := carry_out(desk, person, [finding_id]).get(finding_id):
        return outcome
    finding = desk.ledger.find(finding_id)
    # Another round, or another press, came in between.
    return answer if finding.request(Verb.EXCEPT) else _meanwhile(finding)


def _meanwhile(finding: Finding) -> Answer:
    if finding.state is State.EXCEPTED and finding.until:
        last = finding.until - timedelta(days=1)
        return Done(RECORDED.format(day=f"{last.day} {last:%B %Y}"))
    return too_late(IllegalMoveError(finding, Verb.EXCEPT.value))


def _refusal(desk: Desk, person: Person, finding: Finding, request: Request) -> Answer | None:
    """Say why the exception does not begin; None where everybody may and everything holds."""
    verdict = authorise(desk, person, finding, Verb.EXCEPT)
    if verdict is None:
        log.warning("chat cannot say who asked for an exception", extra={"finding": finding.id})
        return Done(UNKNOWN)
    if not verdict.allowed:
        return _drop(desk, finding, verdict.reason)
    # It may have waited until its end was over, or longer than the rule allows by now.
    wrong = problems(form_of_request(request), desk.rule(finding), desk.now().date())
    return _drop(desk, finding, " ".join(wrong.values())) if wrong else None


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


def _record(desk: Desk, ready: list[tuple[Finding, Entry]]) -> Mapping[str, Answer]:
    entries = tuple(entry for _, entry in ready)
    authors = ", ".join(dict.fromkeys(entry.asked_by for entry in entries))
    reasons = "\n".join(dict.fromkeys(entry.reason for entry in entries))
    try:
        desk.allowlist.add(entries, authors, reasons)
    except UnwritableAllowlistError as error:
        why = str(error).rstrip(".")
        return {finding.id: _postpone(desk, finding, why) for finding, _ in ready}
    return {finding.id: _begin(desk, finding, entry) for finding, entry in ready}


def _postpone(desk: Desk, finding: Finding, why: str) -> Answer:
    """Let the card say that the exception is not in force, once for each reason."""
    note = UNWRITABLE.format(why=why)
    desk.ledger.move(
        finding.id,
        partial(life.remark, verb=Verb.EXCEPT, note=note),
        actor=BOT,
        action="exception not written",
        detail={"why": why},
    )
    return Refused(note)


def _begin(desk: Desk, finding: Finding, entry: Entry) -> Answer:
    recorded = RECORDED.format(day=f"{entry.expires.day} {entry.expires:%B %Y}")
    request = finding.request(Verb.EXCEPT)
    try:
        desk.ledger.move(
            finding.id,
            partial(_excepted, desk, entry, desk.now()),
            actor=BOT,
            action="excepted",
            detail={"by": list(request.deciders) if request else []},
        )
    except IllegalMoveError:
        return Done(STARTED.format(recorded=recorded))
    return Done(recorded)


def _excepted(desk: Desk, entry: Entry, now: datetime, finding: Finding) -> Finding:
    """Return the finding under what covers it: the new entry, or an older one that lasts longer."""
    return excepted(finding, exception_of(finding, desk.allowlist.current, now) or entry, now)
