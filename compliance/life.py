"""A finding's life: what people decide about it, and what becomes of that.

Every move is a function from finding to finding. Pure.
"""

from dataclasses import replace
from datetime import datetime

from compliance.change import Compliance
from compliance.finding import (
    CAN_ASK,
    CAN_BEGIN,
    UNDECIDED,
    Finding,
    IllegalMoveError,
    State,
    enter,
    renew,
    require,
)
from compliance.request import Request, Verb
from compliance.text import without_numbers


def ask(finding: Finding, request: Request, now: datetime) -> Finding:
    """Somebody asks for something; one request a verb waits at a time.

    A remediation that nobody else has to agree to is approved at once. What changes the allowlist
    waits until that is written, however many agreed.
    """
    require(finding, request.verb.value, CAN_ASK[request.verb])
    if finding.request(request.verb):
        raise IllegalMoveError(finding, request.verb.value)
    if request.verb is Verb.CLEAR:
        # It decides nothing about the finding itself.
        return replace(finding, requests=(*finding.requests, request))
    if request.verb is Verb.REMEDIATE and request.is_agreed:
        return _approved(finding, request, now)
    return _asked(finding, (*finding.requests, request), now)


def agree(finding: Finding, verb: Verb, actor: str, now: datetime) -> Finding:
    """*actor* agrees to the request; the asker and those who agreed already do not count."""
    request = _waiting(finding, verb, "agree to")
    agreed = request.agreed_by(actor)
    if agreed is request:
        return finding
    if verb is Verb.REMEDIATE and agreed.is_agreed:
        return _approved(finding, agreed, now)
    requests = tuple(agreed if each is request else each for each in finding.requests)
    return replace(finding, requests=requests)


def withdraw(finding: Finding, verb: Verb, now: datetime, note: str, by: str = "") -> Finding:
    """What was asked is asked no longer, and nothing has been started.

    An undecided finding did not break the rule anew, so it is open, whatever it was before
    somebody asked; unless another request still waits.
    """
    is_approved = finding.state is State.APPROVED and verb is Verb.REMEDIATE
    if not is_approved:
        _waiting(finding, verb, "withdraw")
    # What AWS Config wrote is cleared without a decision about the finding.
    left = tuple(each for each in _others(finding, verb) if each.verb is not Verb.CLEAR)
    if left and is_approved:
        pending = enter(State.APPROVAL_PENDING, finding, now, requests=left, decided=None, note="")
        return replace(pending, withdrawn_by=by)
    if left or not (is_approved or finding.state is State.APPROVAL_PENDING):
        return replace(finding, requests=left, withdrawn_by=by)
    opened = renew(State.OPEN, finding, now, note, finding.opened_at)
    return replace(opened, withdrawn_by=by)


def note_copy(finding: Finding, note: str) -> Finding:
    """Say why AWS Config has no copy of the exception, empty where it has one."""
    return finding if finding.copy_note == note else replace(finding, copy_note=note)


def note_aws_exception(finding: Finding, says: str) -> Finding:
    """Say what AWS Config's own exception says, empty where it has none; a removal is over then."""
    after = finding if says else finish(finding, Verb.CLEAR)
    return after if after.aws_exception == says else replace(after, aws_exception=says)


def finish(finding: Finding, verb: Verb) -> Finding:
    """What was asked for has been carried out, whatever it changed here."""
    return replace(finding, requests=_others(finding, verb)) if finding.request(verb) else finding


def hinder(finding: Finding, verb: Verb, why: str) -> Finding:
    """Say why what is agreed is not carried out yet; nothing where the request is gone.

    It is tried again every few seconds: another time or number in *why* is no news.
    """
    request = finding.request(verb)
    if request is None or without_numbers(request.hindrance) == without_numbers(why):
        return finding
    hindered = replace(request, hindrance=why)
    requests = tuple(hindered if each is request else each for each in finding.requests)
    return replace(finding, requests=requests)


def start(finding: Finding, now: datetime) -> Finding:
    """Claim an approved finding: from here on one worker calls AWS Config for it."""
    require(finding, "start the remediation of", {State.APPROVED})
    return enter(State.RUNNING, finding, now, step=0, steps=0, runbook=(), note="")


def release(finding: Finding, now: datetime) -> Finding:
    """Give back a claim that AWS Config never took, to be checked and started anew."""
    require(finding, "release", {State.RUNNING})
    return enter(State.APPROVED, finding, now)


def progress(
    finding: Finding, step: int, steps: int, note: str, runbook: tuple[str, ...] = ()
) -> Finding:
    """The runbook is at *step* of *steps*; *runbook* names them all, where AWS does."""
    require(finding, "follow the remediation of", {State.RUNNING})
    return replace(finding, step=step, steps=steps, note=note, runbook=runbook)


def apply(finding: Finding, now: datetime) -> Finding:
    """The runbook succeeded, which is not yet fixed: only AWS Config's evaluation says that."""
    require(finding, "apply the remediation of", {State.RUNNING})
    note = "The runbook ended without an error. AWS Config's next evaluation says if it is fixed."
    return enter(State.APPLIED, finding, now, note=note)


def wait(finding: Finding, until: datetime, note: str, now: datetime) -> Finding:
    """AWS Config has until *until* to see the change."""
    require(finding, "wait for", {State.APPLIED})
    return enter(State.WAITING, finding, now, until=until, note=note)


def fail(finding: Finding, note: str, now: datetime) -> Finding:
    """The remediation could not start or a step of it failed; *note* says what to do next."""
    require(finding, "fail", {State.APPROVED, State.RUNNING})
    return enter(State.FAILED, finding, now, note=note)


def give_up_waiting(finding: Finding, note: str, now: datetime) -> Finding:
    """The window has passed and AWS Config still says NON_COMPLIANT."""
    require(finding, "stop waiting for", {State.WAITING})
    return enter(State.NOT_VERIFIED, finding, now, note=note, until=None)


def accept(finding: Finding, now: datetime) -> Finding:
    """The window has passed, and AWS Config says COMPLIANT, if only from before the runbook."""
    require(finding, "resolve", {State.WAITING})
    if finding.compliance is Compliance.NON_COMPLIANT:
        raise IllegalMoveError(finding, "resolve")
    note = "AWS Config says COMPLIANT. It has not evaluated the resource again since the runbook."
    return enter(State.RESOLVED, finding, now, note=note, until=None, requests=())


def except_until(
    finding: Finding, until: datetime, note: str, request: Request, now: datetime
) -> Finding:
    """An allowlist entry covers the finding until *until*; again with a new end when it changed.

    *request* is what led to the entry; for one that somebody wrote by hand, who asked by it.
    What else was asked for ends where it begins: nothing is remediated that an exception covers.
    """
    require(finding, "ignore", CAN_BEGIN | {State.EXCEPTED})
    left = _others(finding, request.verb) if finding.state is State.EXCEPTED else ()
    return enter(
        State.EXCEPTED, finding, now, until=until, note=note, decided=request, requests=left
    )


def end_exception(
    finding: Finding, note: str, now: datetime, request: Request | None = None
) -> Finding:
    """No allowlist entry covers the finding any longer; *request* is what ended the exception."""
    require(finding, "reopen", {State.EXCEPTED})
    reopened = renew(State.REOPENED, finding, now, note, finding.opened_at)
    return replace(reopened, decided=request)


def _waiting(finding: Finding, verb: Verb, move: str) -> Request:
    request = finding.request(verb)
    if request is None:
        raise IllegalMoveError(finding, move)
    return request


def _asked(finding: Finding, requests: tuple[Request, ...], now: datetime) -> Finding:
    if finding.state not in UNDECIDED:
        return replace(finding, requests=requests)
    return enter(
        State.APPROVAL_PENDING, finding, now, requests=requests, decided=None, note="", until=None
    )


def _approved(finding: Finding, request: Request, now: datetime) -> Finding:
    """The remediation is decided; what else was asked for waits on."""
    others = _others(finding, request.verb)
    return enter(
        State.APPROVED, finding, now, decided=request, requests=others, note="", until=None
    )


def _others(finding: Finding, verb: Verb) -> tuple[Request, ...]:
    return tuple(each for each in finding.requests if each.verb is not verb)
