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
from commands.context import Context, too_late
from commands.ignore import Ignore, entry_of, form_of_request, ignore, problems
from compliance.allowlist import Entry, UnreviewedAllowlistError, UnwritableAllowlistError
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
UNREVIEWED = "The exception is proposed and not in force yet. {why}."


def ignore_and_carry_out(
    context: Context, person: Person, finding_id: str, actor: Actor, form: Ignore
) -> Answer:
    """Record that *actor* asks for an exception; one that nobody else must agree to begins."""
    answer = ignore(context, finding_id, actor, form)
    return _carried_out(context, person, finding_id, answer)


def agree_and_carry_out(
    context: Context, person: Person, finding_id: str, verb: Verb, actor: Actor
) -> Answer:
    """Record that *actor* agrees; an exception that nobody else has to agree to begins."""
    answer = agree(context, finding_id, verb, actor)
    return _carried_out(context, person, finding_id, answer) if verb is Verb.EXCEPT else answer


def carry_out_exceptions(context: Context, person: Person) -> int:
    """Record every exception that is agreed and not in force; return how many there were.

    An agreement is carried out at once: this is for what a crash, a silent chat or an allowlist
    that could not be written left over.
    """
    return len(carry_out(context, person, Exceptions(context.ledger.engine).asked()))


def carry_out(context: Context, person: Person, finding_ids: Iterable[str]) -> Mapping[str, Answer]:
    """Record the exceptions that are agreed of these findings, the allowlist written once for all.

    Return what became of each. Repeated, and beside another replica, it does nothing twice: an
    equal entry that is there already is enough.
    """
    answers: dict[str, Answer] = {}
    ready: list[tuple[Finding, Entry]] = []
    asked = cache(person)
    for finding_id in finding_ids:
        finding = context.ledger.find(finding_id)
        request = finding.request(Verb.EXCEPT)
        # A remediation that runs comes first; what it does not fix is excepted after it.
        if request is None or not request.is_agreed or finding.state not in life.CAN_BEGIN:
            continue
        if answer := _refusal(context, asked, finding, request):
            answers[finding_id] = answer
        else:
            ready.append((finding, entry_of(finding, request.actor, form_of_request(request))))
    return {**answers, **_record(context, ready)} if ready else answers


def _carried_out(context: Context, person: Person, finding_id: str, answer: Answer) -> Answer:
    if not isinstance(answer, Done):
        return answer
    if outcome := carry_out(context, person, [finding_id]).get(finding_id):
        return outcome
    finding = context.ledger.find(finding_id)
    # Another round, or another press, came in between.
    return answer if finding.request(Verb.EXCEPT) else _meanwhile(finding)


def _meanwhile(finding: Finding) -> Answer:
    if finding.state is State.EXCEPTED and finding.until:
        last = finding.until - timedelta(days=1)
        return Done(RECORDED.format(day=f"{last.day} {last:%B %Y}"))
    return too_late(IllegalMoveError(finding, Verb.EXCEPT.value))


def _refusal(context: Context, person: Person, finding: Finding, request: Request) -> Answer | None:
    """Say why the exception does not begin; None where everybody may and everything holds."""
    verdict = authorise(context, person, finding, Verb.EXCEPT)
    if verdict is None:
        log.warning("chat cannot say who asked for an exception", extra={"finding": finding.id})
        return Done(UNKNOWN)
    if not verdict.allowed:
        return _drop(context, finding, verdict.reason)
    # It may have waited until its end was over, or longer than the rule allows by now.
    wrong = problems(form_of_request(request), context.rule(finding), context.now().date())
    return _drop(context, finding, " ".join(wrong.values())) if wrong else None


def _drop(context: Context, finding: Finding, why: str) -> Answer:
    note = NOT_RECORDED.format(why=why)
    try:
        context.ledger.move(
            finding.id,
            partial(life.withdraw, verb=Verb.EXCEPT, now=context.now(), note=note),
            actor=BOT,
            action="exception not recorded",
            detail={"why": why},
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Refused(note)


def _record(context: Context, ready: list[tuple[Finding, Entry]]) -> Mapping[str, Answer]:
    entries = tuple(entry for _, entry in ready)
    authors = ", ".join(dict.fromkeys(entry.asked_by for entry in entries))
    reasons = "\n".join(dict.fromkeys(entry.reason for entry in entries))
    try:
        context.allowlist.add(entries, authors, reasons)
    except UnreviewedAllowlistError as error:
        note = UNREVIEWED.format(why=error)
        in_force = context.allowlist.current
        return {
            finding.id: _begin(context, finding, entry)
            if entry in in_force
            else Done(_postpone(context, finding, note, "exception proposed"))
            for finding, entry in ready
        }
    except UnwritableAllowlistError as error:
        note = UNWRITABLE.format(why=str(error).rstrip("."))
        return {
            finding.id: Refused(_postpone(context, finding, note, "exception not written"))
            for finding, _ in ready
        }
    return {finding.id: _begin(context, finding, entry) for finding, entry in ready}


def _postpone(context: Context, finding: Finding, note: str, action: str) -> str:
    """Let the card say why the exception is not in force, once for each reason."""
    context.ledger.move(
        finding.id,
        partial(life.remark, verb=Verb.EXCEPT, note=note),
        actor=BOT,
        action=action,
        detail={"why": note},
    )
    return note


def _begin(context: Context, finding: Finding, entry: Entry) -> Answer:
    recorded = RECORDED.format(day=f"{entry.expires.day} {entry.expires:%B %Y}")
    request = finding.request(Verb.EXCEPT)
    try:
        context.ledger.move(
            finding.id,
            partial(_excepted, context, entry, context.now()),
            actor=BOT,
            action="excepted",
            detail={"by": list(request.deciders) if request else []},
        )
    except IllegalMoveError:
        return Done(STARTED.format(recorded=recorded))
    return Done(recorded)


def _excepted(context: Context, entry: Entry, now: datetime, finding: Finding) -> Finding:
    """Return the finding under what covers it: the new entry, or an older one that lasts longer."""
    return excepted(finding, exception_of(finding, context.allowlist.current, now) or entry, now)
