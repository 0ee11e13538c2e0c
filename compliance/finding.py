"""A finding and its life: every move is a function from finding to finding. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from compliance.care import NO_CARE, Care
from compliance.change import Change, Compliance, Copy, FindingKey, is_ahead
from compliance.request import Request, Verb
from compliance.text import without_numbers

#: Crockford's base 32: no letter that a person mistakes for a digit.
_ID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Two letters of ten bits, the lower five first.
_ID_PAIRS = [f"{low}{high}" for high in _ID_LETTERS for low in _ID_LETTERS]
_ID_SHORTEST = 5
_ID_LONGEST = 12


class State(StrEnum):
    """The words a card shows for the life of a finding.

    ``COMPLIANT`` is never shown: it is a resource that never broke the rule, kept so that a late
    notification cannot open a finding and so that the digest knows the compliant share.
    """

    COMPLIANT = "compliant"
    OPEN = "open"
    APPROVAL_PENDING = "approval pending"
    APPROVED = "approved"
    RUNNING = "running"
    APPLIED = "applied"
    WAITING = "waiting"
    RESOLVED = "resolved"
    FAILED = "failed"
    NOT_VERIFIED = "not verified"
    EXCEPTED = "excepted"
    REOPENED = "reopened"


#: A person can decide something about a finding in these states.
UNDECIDED = frozenset({State.OPEN, State.REOPENED, State.FAILED, State.NOT_VERIFIED})
#: A remediation is under way.
IN_PROGRESS = frozenset({State.APPROVED, State.RUNNING, State.APPLIED, State.WAITING})
#: Somebody still has to do something, or something is being done.
UNRESOLVED = UNDECIDED | IN_PROGRESS | {State.APPROVAL_PENDING}
#: Nobody has anything to do.
SETTLED = frozenset({State.COMPLIANT, State.RESOLVED})
#: Nobody has to look after it any longer.
_OVER = frozenset({State.RESOLVED, State.EXCEPTED})
#: Where an exception can begin. A remediation that runs is let run to its end.
CAN_BEGIN = UNDECIDED | {State.APPROVAL_PENDING, State.APPROVED}
#: Where each verb can be asked for.
CAN_ASK: Mapping[Verb, frozenset[State]] = {
    Verb.REMEDIATE: UNDECIDED | {State.APPROVAL_PENDING},
    Verb.EXCEPT: CAN_BEGIN,
    Verb.EXTEND: frozenset({State.EXCEPTED}),
    Verb.REVOKE: frozenset({State.EXCEPTED}),
    Verb.UNDO: frozenset({State.RESOLVED}),
    Verb.CLEAR: UNDECIDED | {State.APPROVAL_PENDING, State.EXCEPTED},
}


class IllegalMoveError(Exception):
    """The finding is in a state that does not allow the move."""

    def __init__(self, finding: "Finding", move: str) -> None:
        super().__init__(f"cannot {move} {finding.id}: it is {finding.state}")
        self.finding = finding
        self.move = move


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken by one resource, and what has been decided about it.

    *key* names the rule as the catalogue does; *copies* are the AWS Config rules that evaluate the
    resource for it, oldest first. *compliance* is what they say together, *recorded_at* when the
    newest of them said it. *opened_at* is when AWS Config recorded the violation that is open now,
    None before the first. *made_at* is when the resource was made, as far as AWS Config has said.
    *changed_at* is when the present state began. *until* is the end of an
    exception, or the end of the wait for AWS Config's own evaluation. *requests* wait to be agreed
    or carried out, one a verb at most; *decided* is the one that led to the present state, and
    *withdrawn_by* took back the one before. *runbook* names the steps of the remediation that runs.
    *note* says in plain words why the state is what it is. *copy_note* says why AWS Config has no
    copy of the exception, *aws_exception* what AWS Config says in one that it wrote by itself.
    *care* is who looks after it.
    """

    id: str
    key: FindingKey
    state: State
    version: int
    compliance: Compliance
    recorded_at: datetime
    changed_at: datetime
    team: str
    copies: tuple[Copy, ...]
    opened_at: datetime | None = None
    resource_name: str = ""
    made_at: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    until: datetime | None = None
    step: int = 0
    steps: int = 0
    runbook: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    decided: Request | None = None
    withdrawn_by: str = ""
    copy_note: str = ""
    aws_exception: str = ""
    care: Care = NO_CARE

    @property
    def actor(self) -> str:
        """Who asked for what was decided, or for what waits; empty where nobody did."""
        asked = self.decided or next(iter(self.requests), None)
        return asked.actor if asked else ""

    @property
    def annotation(self) -> str:
        """AWS Config's own words about the violation, of the newest evaluation that has any."""
        newest_first = sorted(self._decisive(), key=lambda copy: copy.recorded_at, reverse=True)
        return next((copy.annotation for copy in newest_first if copy.annotation), "")

    @property
    def service_linked(self) -> bool:
        """Whether AWS services own every broken rule: those take no remediation (FACTS §6)."""
        return all(copy.service_linked for copy in self._decisive())

    @property
    def aws_key(self) -> FindingKey:
        """The key under the name by which AWS Config knows the rule, as its calls want it.

        Of several rules it is the one that can have a remediation.
        """
        by_use = sorted(self._decisive(), key=lambda copy: copy.service_linked)
        return replace(self.key, rule=by_use[0].rule)

    def request(self, verb: Verb) -> Request | None:
        """Return the request for *verb* that waits, None if there is none."""
        return next((each for each in self.requests if each.verb is verb), None)

    def _decisive(self) -> tuple[Copy, ...]:
        """The copies that say what the finding says: at least one."""
        return tuple(copy for copy in self.copies if copy.compliance is self.compliance)


Move = Callable[[Finding], Finding]


def short_ids(key: FindingKey) -> tuple[str, ...]:
    """Return ids for *key* that people can type, ``F-3K7Q2`` first, longer ones after it.

    The same key has the same ids for ever; the ledger takes the first that no other key has.
    """
    letters = _letters(key)
    return tuple(f"F-{letters[:length]}" for length in range(_ID_SHORTEST, _ID_LONGEST + 1))


def shortest_id(key: FindingKey) -> str:
    """Return the first of ``short_ids``, which nearly every finding has."""
    return f"F-{_letters(key)[:_ID_SHORTEST]}"


def _letters(key: FindingKey) -> str:
    number = int.from_bytes(hashlib.sha256(str(key).encode("utf-8", "replace")).digest()[:8])
    return "".join([_ID_PAIRS[number >> shift & 1023] for shift in range(0, 60, 10)])


def first_seen(
    change: Change, finding_id: str, team: str, now: datetime, rule: str = ""
) -> Finding:
    """Return what the ledger keeps of the first change of its key.

    *rule* is the catalogue's name for the change's rule, where that is another one.
    """
    broken = change.compliance is Compliance.NON_COMPLIANT
    copy = _copy(change, now)
    return Finding(
        id=finding_id,
        key=replace(change.key, rule=rule or change.key.rule),
        state=State.OPEN if broken else State.COMPLIANT,
        version=1,
        compliance=change.compliance,
        recorded_at=copy.recorded_at,
        changed_at=now,
        opened_at=copy.recorded_at if broken else None,
        team=team,
        copies=(copy,),
    )


def observe(finding: Finding, change: Change, now: datetime) -> Finding:
    """Return the finding after *change*, the same object when the change is not news.

    AWS delivers at least once and in no order (FACTS §2.4), so a change that is not newer than
    what the same AWS Config rule said before leaves the finding as it is. While one rule of
    several finds the resource NON_COMPLIANT, so is the finding.
    """
    known = next((copy for copy in finding.copies if copy.rule == change.key.rule), None)
    if known and not _is_newer(change, known, now):
        return finding
    others = tuple(copy for copy in finding.copies if copy is not known)
    copies = (*others, _copy(change, now, known))
    if change.compliance is Compliance.COMPLIANT and _is_before_the_fix(finding, change):
        return _with(finding, copies)
    return _heard(finding, copies, change.annotation, now)


def _is_newer(change: Change, known: Copy, now: datetime) -> bool:
    """Whether *change* comes after what is *known*.

    Times that lie ahead of every clock are ordered among themselves: it may be our clock that is
    wrong. The first of them is believed when it comes, and whatever has a possible time comes
    after all of them.
    """
    if is_ahead(change.recorded_at, now):
        return known.claimed_at is None or change.recorded_at > known.claimed_at
    return known.claimed_at is not None or change.recorded_at > known.recorded_at


def _is_before_the_fix(finding: Finding, change: Change) -> bool:
    """Whether *change* is of before the remediation that is under way: no verdict on that.

    When a runbook that has ended began is not kept. It was not before it was asked for.
    """
    if finding.state is State.RUNNING:
        return change.evaluated_at < finding.changed_at
    if finding.state in {State.APPLIED, State.WAITING} and finding.decided:
        return change.evaluated_at < finding.decided.asked_at
    return False


def absorb(finding: Finding, copies: Iterable[Copy], now: datetime) -> Finding:
    """Return *finding* with *copies* of its rule that it did not know, from another finding."""
    known = {copy.rule for copy in finding.copies}
    new = tuple(copy for copy in copies if copy.rule not in known)
    return _heard(finding, (*finding.copies, *new), "", now) if new else finding


def close(finding: Finding, note: str, now: datetime) -> Finding:
    """The finding is shown elsewhere: nothing is left to decide about it here, or to count."""
    _require(finding, "close", UNDECIDED | {State.APPROVAL_PENDING, State.EXCEPTED} | SETTLED)
    none = Compliance.NOT_APPLICABLE
    copies = tuple(replace(copy, compliance=none) for copy in finding.copies)
    closed = replace(finding, compliance=none, copies=copies, note=note)
    if finding.state in SETTLED:
        return closed
    return _to(State.RESOLVED, closed, now, until=None, requests=())


def _heard(finding: Finding, copies: tuple[Copy, ...], why: str, now: datetime) -> Finding:
    """Return what *copies* say together of the finding; *why* is AWS's word on the newest."""
    seen = _with(finding, copies)
    if seen.compliance is Compliance.NON_COMPLIANT:
        return _broken(seen, now)
    if finding.state in SETTLED:
        return seen
    note = (
        "AWS Config evaluated it COMPLIANT."
        if seen.compliance is Compliance.COMPLIANT
        else why or "The rule no longer applies: the resource was deleted or left the rule's scope."
    )
    return _to(State.RESOLVED, seen, now, note=note, until=None, requests=())


def _with(finding: Finding, copies: tuple[Copy, ...]) -> Finding:
    return replace(
        finding,
        compliance=_overall(copies),
        recorded_at=max(copy.recorded_at for copy in copies),
        copies=copies,
    )


def is_said_again(before: Finding, after: Finding) -> bool:
    """Whether AWS Config only said the same again, later: nothing that anybody reads differs."""

    def timeless(finding: Finding) -> list[Copy]:
        undated = (
            replace(copy, recorded_at=after.recorded_at, claimed_at=None) for copy in finding.copies
        )
        return sorted(undated, key=lambda copy: copy.rule)

    same_times = replace(after, recorded_at=before.recorded_at, copies=before.copies)
    return same_times == before and timeless(before) == timeless(after)


def _copy(change: Change, now: datetime, known: Copy | None = None) -> Copy:
    ahead = change.recorded_at if is_ahead(change.recorded_at, now) else None
    return Copy(
        rule=change.key.rule,
        compliance=change.compliance,
        recorded_at=now if ahead else change.recorded_at,
        # Only a notification has the rule's ARN, and who owns a rule never changes.
        service_linked=change.service_linked or (known is not None and known.service_linked),
        annotation=change.annotation,
        claimed_at=ahead,
    )


def _overall(copies: Iterable[Copy]) -> Compliance:
    results = {copy.compliance for copy in copies}
    gravest_first = (Compliance.NON_COMPLIANT, Compliance.COMPLIANT, Compliance.NOT_APPLICABLE)
    return next(each for each in gravest_first if each in results)


def _broken(finding: Finding, now: datetime) -> Finding:
    if finding.state is State.COMPLIANT:
        return _to(State.OPEN, finding, now, opened_at=finding.recorded_at)
    if finding.state is State.RESOLVED:
        note = (
            "It was resolved and is non-compliant again: something changed it back. "
            "If code manages this resource, its next deploy may do this every time."
        )
        return _fresh(State.REOPENED, finding, now, note, finding.recorded_at)
    return finding


def ask(finding: Finding, request: Request, now: datetime) -> Finding:
    """Somebody asks for something; one request a verb waits at a time.

    A remediation that nobody else has to agree to is approved at once. What changes the allowlist
    waits until that is written, however many agreed.
    """
    _require(finding, request.verb.value, CAN_ASK[request.verb])
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
        pending = _to(State.APPROVAL_PENDING, finding, now, requests=left, decided=None, note="")
        return replace(pending, withdrawn_by=by)
    if left or not (is_approved or finding.state is State.APPROVAL_PENDING):
        return replace(finding, requests=left, withdrawn_by=by)
    opened = _fresh(State.OPEN, finding, now, note, finding.opened_at)
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
    _require(finding, "start the remediation of", {State.APPROVED})
    return _to(State.RUNNING, finding, now, step=0, steps=0, runbook=(), note="")


def release(finding: Finding, now: datetime) -> Finding:
    """Give back a claim that AWS Config never took, to be checked and started anew."""
    _require(finding, "release", {State.RUNNING})
    return _to(State.APPROVED, finding, now)


def progress(
    finding: Finding, step: int, steps: int, note: str, runbook: tuple[str, ...] = ()
) -> Finding:
    """The runbook is at *step* of *steps*; *runbook* names them all, where AWS does."""
    _require(finding, "follow the remediation of", {State.RUNNING})
    return replace(finding, step=step, steps=steps, note=note, runbook=runbook)


def apply(finding: Finding, now: datetime) -> Finding:
    """The runbook succeeded, which is not yet fixed: only AWS Config's evaluation says that."""
    _require(finding, "apply the remediation of", {State.RUNNING})
    note = "The runbook ended without an error. AWS Config's next evaluation says if it is fixed."
    return _to(State.APPLIED, finding, now, note=note)


def wait(finding: Finding, until: datetime, note: str, now: datetime) -> Finding:
    """AWS Config has until *until* to see the change."""
    _require(finding, "wait for", {State.APPLIED})
    return _to(State.WAITING, finding, now, until=until, note=note)


def fail(finding: Finding, note: str, now: datetime) -> Finding:
    """The remediation could not start or a step of it failed; *note* says what to do next."""
    _require(finding, "fail", {State.APPROVED, State.RUNNING})
    return _to(State.FAILED, finding, now, note=note)


def give_up_waiting(finding: Finding, note: str, now: datetime) -> Finding:
    """The window has passed and AWS Config still says NON_COMPLIANT."""
    _require(finding, "stop waiting for", {State.WAITING})
    return _to(State.NOT_VERIFIED, finding, now, note=note, until=None)


def accept(finding: Finding, now: datetime) -> Finding:
    """The window has passed, and AWS Config says COMPLIANT, if only from before the runbook."""
    _require(finding, "resolve", {State.WAITING})
    if finding.compliance is Compliance.NON_COMPLIANT:
        raise IllegalMoveError(finding, "resolve")
    note = "AWS Config says COMPLIANT. It has not evaluated the resource again since the runbook."
    return _to(State.RESOLVED, finding, now, note=note, until=None, requests=())


def except_until(
    finding: Finding, until: datetime, note: str, request: Request, now: datetime
) -> Finding:
    """An allowlist entry covers the finding until *until*; again with a new end when it changed.

    *request* is what led to the entry; for one that somebody wrote by hand, who asked by it.
    What else was asked for ends where it begins: nothing is remediated that an exception covers.
    """
    _require(finding, "ignore", CAN_BEGIN | {State.EXCEPTED})
    left = _others(finding, request.verb) if finding.state is State.EXCEPTED else ()
    return _to(State.EXCEPTED, finding, now, until=until, note=note, decided=request, requests=left)


def end_exception(
    finding: Finding, note: str, now: datetime, request: Request | None = None
) -> Finding:
    """No allowlist entry covers the finding any longer; *request* is what ended the exception."""
    _require(finding, "reopen", {State.EXCEPTED})
    reopened = _fresh(State.REOPENED, finding, now, note, finding.opened_at)
    return replace(reopened, decided=request)


def _waiting(finding: Finding, verb: Verb, move: str) -> Request:
    request = finding.request(verb)
    if request is None:
        raise IllegalMoveError(finding, move)
    return request


def _asked(finding: Finding, requests: tuple[Request, ...], now: datetime) -> Finding:
    if finding.state not in UNDECIDED:
        return replace(finding, requests=requests)
    return _to(
        State.APPROVAL_PENDING, finding, now, requests=requests, decided=None, note="", until=None
    )


def _approved(finding: Finding, request: Request, now: datetime) -> Finding:
    """The remediation is decided; what else was asked for waits on."""
    others = _others(finding, request.verb)
    return _to(State.APPROVED, finding, now, decided=request, requests=others, note="", until=None)


def _others(finding: Finding, verb: Verb) -> tuple[Request, ...]:
    return tuple(each for each in finding.requests if each.verb is not verb)


def _require(finding: Finding, move: str, allowed: Iterable[State]) -> None:
    if finding.state not in allowed:
        raise IllegalMoveError(finding, move)


def _fresh(
    state: State, finding: Finding, now: datetime, note: str, opened_at: datetime | None
) -> Finding:
    """A new round of decisions: nothing that was decided before counts."""
    return _to(
        state,
        finding,
        now,
        note=note,
        opened_at=opened_at,
        until=None,
        step=0,
        steps=0,
        runbook=(),
        requests=(),
        decided=None,
    )


def _to(state: State, finding: Finding, now: datetime, **changes: object) -> Finding:
    changes = {"withdrawn_by": "", **changes}
    if state in _OVER:
        changes = {"care": finding.care.at_rest(), **changes}
    return replace(finding, state=state, changed_at=now, **changes)  # type: ignore[arg-type]
