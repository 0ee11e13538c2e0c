"""What is agreed is carried out in the allowlist; everything is asked again first.

The request stands in the ledger before the allowlist is written, so that who decided is known
whatever ends the process in between. What is not in force yet is carried out by the next round.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache, partial

from commands.agree import agree
from commands.answers import Answer, Done, Refused
from commands.authorise import Person, authorise
from commands.context import Context, too_late
from commands.extend import Extension, extend, extended
from commands.ignore import Ignore, end_problem, entry_of, form_of_request, ignore, problems
from commands.revoke import revoke
from compliance import life
from compliance.allowlist import (
    Entry,
    UnreviewedAllowlistError,
    UnwritableAllowlistError,
    written_person,
)
from compliance.authority import Actor
from compliance.enforcement import enforce, excepted, exception_of
from compliance.finding import CAN_BEGIN, Finding, IllegalMoveError, State
from compliance.prose import day
from compliance.request import Request, Verb
from ledger.exceptions import Exceptions
from ledger.store import BOT

log = logging.getLogger(__name__)

NOT_RECORDED = {
    Verb.EXCEPT: "The exception was not recorded: {why}",
    Verb.EXTEND: "The exception was not extended: {why} It ends as before.",
    Verb.REVOKE: "The exception was not ended: {why}",
}
RECORDED = "Recorded in the allowlist until the end of {day}."
ENDED = "The exception has ended, and the finding is open again."
STILL_COVERED = "{ended} ended. Another exception covers the finding until the end of {day}: {id}."
STARTED = "{recorded} A remediation had already started; it continues."
GONE = "the allowlist does not have {id} any more."
UNKNOWN = (
    "The {noun} is asked for. Chat cannot say just now who may decide; as soon as it can, the "
    "{noun} is recorded."
)
UNWRITABLE = (
    "The {noun} is not yet in the allowlist: the allowlist could not be written. {why}. "
    "It is kept, and tried again until it is written. Ask a platform engineer to look at it."
)
#: The newest exceptions may stand in the text alone.
UNREAD = "It could not be read since the bot started"
UNREVIEWED = "The {noun} is proposed and not in force yet. {why}."
#: What is carried out here, what ends an exception first, and where each can be.
_STATES = {
    Verb.REVOKE: frozenset({State.EXCEPTED}),
    Verb.EXTEND: frozenset({State.EXCEPTED}),
    # A remediation that runs comes first; what it does not fix is excepted after it.
    Verb.EXCEPT: CAN_BEGIN,
}


def ignore_and_carry_out(
    context: Context, person: Person, finding_id: str, actor: Actor, form: Ignore
) -> Answer:
    """Record that *actor* asks for an exception; one that nobody else must agree to begins."""
    answer = ignore(context, finding_id, actor, form)
    return _carried_out(context, person, finding_id, Verb.EXCEPT, answer)


def extend_and_carry_out(
    context: Context, person: Person, finding_id: str, actor: Actor, form: Extension
) -> Answer:
    """Record that *actor* asks for a later end; it is in force if no other must agree."""
    answer = extend(context, finding_id, actor, form)
    return _carried_out(context, person, finding_id, Verb.EXTEND, answer)


def revoke_and_carry_out(context: Context, person: Person, finding_id: str, actor: Actor) -> Answer:
    """End the exception of a finding now."""
    answer = revoke(context, finding_id, actor)
    return _carried_out(context, person, finding_id, Verb.REVOKE, answer)


def agree_and_carry_out(
    context: Context, person: Person, finding_id: str, verb: Verb, actor: Actor
) -> Answer:
    """Record that *actor* agrees; what nobody else has to agree to begins."""
    answer = agree(context, finding_id, verb, actor)
    if verb not in _STATES:
        return answer
    return _carried_out(context, person, finding_id, verb, answer)


def carry_out_exceptions(context: Context, person: Person) -> int:
    """Carry out all that is agreed and not in the allowlist; return how many there were.

    An agreement is carried out at once: this is for what a crash, a silent chat or an allowlist
    that could not be written left over.
    """
    return len(carry_out(context, person, Exceptions(context.ledger.engine).asked()))


def carry_out(context: Context, person: Person, finding_ids: Iterable[str]) -> Mapping[str, Answer]:
    """Carry out what is agreed of these findings, new exceptions written at one time.

    Return what became of each. Repeated, and beside another replica, it does nothing twice: what
    is in the allowlist already is enough.
    """
    answers: dict[str, Answer] = {}
    ready: list[tuple[Finding, Entry]] = []
    asked = cache(person)
    for finding_id in finding_ids:
        finding = context.ledger.find(finding_id)
        request = _agreed(finding)
        if request is None:
            continue
        if answer := _refusal(context, asked, finding, request):
            answers[finding_id] = answer
        elif request.verb is Verb.EXCEPT:
            ready.append((finding, entry_of(context, finding, request, asked)))
        else:
            answers[finding_id] = _change(context, asked, finding, request)
    return {**answers, **_record(context, ready)} if ready else answers


def _agreed(finding: Finding) -> Request | None:
    """Return the request that is to be carried out now: the end of an exception goes first."""
    asked = (finding.request(verb) for verb, states in _STATES.items() if finding.state in states)
    return next((request for request in asked if request and request.is_agreed), None)


def _carried_out(
    context: Context, person: Person, finding_id: str, verb: Verb, answer: Answer
) -> Answer:
    if not isinstance(answer, Done):
        return answer
    if outcome := carry_out(context, person, [finding_id]).get(finding_id):
        return outcome
    finding = context.ledger.find(finding_id)
    # Another round, or another press, came in between.
    return answer if finding.request(verb) else _meanwhile(finding, verb)


def _meanwhile(finding: Finding, verb: Verb) -> Answer:
    if finding.state is State.EXCEPTED and finding.until:
        return Done(RECORDED.format(day=day(finding.until - timedelta(days=1))))
    if verb is Verb.REVOKE:
        return Done(ENDED)
    return too_late(IllegalMoveError(finding, verb.value))


def _refusal(context: Context, person: Person, finding: Finding, request: Request) -> Answer | None:
    """Say why it is not carried out; None where everybody may and everything is as it was."""
    verb = request.verb
    verdict = authorise(context, person, finding, verb)
    if verdict is None:
        log.warning("chat cannot say who asked for an exception", extra={"finding": finding.id})
        return Done(UNKNOWN.format(noun=verb.noun))
    why = verdict.reason if not verdict.allowed else _outdated(context, finding, request)
    return _drop(context, finding, verb, why) if why else None


def _outdated(context: Context, finding: Finding, request: Request) -> str:
    """Say why it cannot be in force any more: it may have waited until its end was over."""
    rule, today = context.rule(finding), context.now().date()
    if request.verb is Verb.EXCEPT:
        return " ".join(problems(form_of_request(request), rule, today).values())
    entry = context.allowlist.current.get(request.detail["id"])
    if request.verb is Verb.REVOKE or not context.allowlist.current.is_newest:
        # It ends all the same where somebody took it out by hand.
        return ""
    if entry is None:
        return GONE.format(id=request.detail["id"])
    return end_problem(form_of_request(request).expires, rule, today)


def _drop(context: Context, finding: Finding, verb: Verb, why: str) -> Answer:
    note = NOT_RECORDED[verb].format(why=why)
    try:
        context.ledger.move(
            finding.id,
            partial(life.withdraw, verb=verb, now=context.now(), note=note),
            actor=BOT,
            action=f"{_AUDITED[verb]} not recorded",
            detail={"why": why},
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Refused(note)


#: What the audit log calls each.
_AUDITED = {Verb.EXCEPT: "exception", Verb.EXTEND: "extension", Verb.REVOKE: "revocation"}
_DONE = {Verb.EXTEND: "extended", Verb.REVOKE: "revoked"}


def _change(context: Context, person: Person, finding: Finding, request: Request) -> Answer:
    """Extend or end the exception in the allowlist, and let the finding follow it."""
    allowlist = context.allowlist
    entry = allowlist.current.get(request.detail["id"])
    author = written_person(person(request.actor).name, request.actor)
    try:
        if entry is None and not allowlist.current.is_newest:
            raise UnwritableAllowlistError(UNREAD)
        if entry and request.verb is Verb.REVOKE:
            allowlist.remove(entry, author, f"Ended before its time: {entry.reason}")
        elif entry and (longer := extended(entry, request, person)) != entry:
            allowlist.replace(entry, longer, author, longer.reason)
    except UnwritableAllowlistError as error:
        return _put_off(context, finding, request.verb, error)
    return _follow(context, finding, request)


def _follow(context: Context, finding: Finding, request: Request) -> Answer:
    allowlist, now = context.allowlist.current, context.now()

    def move(finding: Finding) -> Finding:
        after = enforce(finding, allowlist, now)
        # Another exception may cover it as long; the request is over all the same.
        return life.finish(after, request.verb)

    after = context.ledger.move(
        finding.id,
        move,
        actor=BOT,
        action=_DONE[request.verb],
        detail={"by": list(request.deciders)},
    )
    if after.state is not State.EXCEPTED or after.until is None:
        return Done(ENDED)
    last = day(after.until - timedelta(days=1))
    if request.verb is Verb.EXTEND:
        return Done(RECORDED.format(day=last))
    other = exception_of(after, allowlist, now)
    gone, known_as = request.detail["id"], other.known_as if other else ""
    return Done(STILL_COVERED.format(ended=gone, day=last, id=known_as))


def _record(context: Context, ready: list[tuple[Finding, Entry]]) -> Mapping[str, Answer]:
    entries = tuple(entry for _, entry in ready)
    authors = ", ".join(dict.fromkeys(entry.asked_by for entry in entries))
    reasons = "\n".join(dict.fromkeys(entry.reason for entry in entries))
    try:
        context.allowlist.add(entries, authors, reasons)
    except UnwritableAllowlistError as error:
        known = context.allowlist.current
        return {
            finding.id: _begin(context, finding, entry)
            if known.get(entry.known_as)
            else _put_off(context, finding, Verb.EXCEPT, error)
            for finding, entry in ready
        }
    return {finding.id: _begin(context, finding, entry) for finding, entry in ready}


def _put_off(
    context: Context, finding: Finding, verb: Verb, error: UnwritableAllowlistError
) -> Answer:
    """Let the card say why it is not in force, once for each reason."""
    is_proposed = isinstance(error, UnreviewedAllowlistError)
    text = UNREVIEWED if is_proposed else UNWRITABLE
    note = text.format(noun=verb.noun, why=str(error).rstrip("."))
    context.ledger.move(
        finding.id,
        partial(life.hinder, verb=verb, why=note),
        actor=BOT,
        action=f"{_AUDITED[verb]} {'proposed' if is_proposed else 'not written'}",
        detail={"why": note},
    )
    return Done(note) if is_proposed else Refused(note)


def _begin(context: Context, finding: Finding, entry: Entry) -> Answer:
    recorded = RECORDED.format(day=day(entry.expires))
    request = finding.request(Verb.EXCEPT)
    allowlist, now = context.allowlist.current, context.now()

    def move(finding: Finding) -> Finding:
        """Move it under what covers it: the new entry, or an older one that lasts longer."""
        return excepted(finding, exception_of(finding, allowlist, now) or entry, now)

    try:
        context.ledger.move(
            finding.id,
            move,
            actor=BOT,
            action="excepted",
            detail={"by": list(request.deciders) if request else []},
        )
    except IllegalMoveError:
        return Done(STARTED.format(recorded=recorded))
    return Done(recorded)
