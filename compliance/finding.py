"""A finding and its life: every move is a function from finding to finding. Pure."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from compliance.change import Change, Compliance, FindingKey

#: Crockford's base 32: no letter that a person mistakes for a digit.
_ID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_SHORTEST = 5
_ID_LONGEST = 12


class State(StrEnum):
    """The words a card shows for the life of a finding.

    ``COMPLIANT`` is never shown: it is a resource that never broke the rule, kept so that a late
    notification cannot open a finding and so that the digest can tell the compliant share.
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
#: Where an exception can begin. A remediation that runs is let run to its end.
CAN_BEGIN = UNDECIDED | {State.APPROVAL_PENDING, State.APPROVED}


class IllegalMoveError(Exception):
    """The finding is in a state that does not allow the move."""

    def __init__(self, finding: "Finding", move: str) -> None:
        super().__init__(f"cannot {move} {finding.id}: it is {finding.state}")
        self.finding = finding
        self.move = move


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken by one resource, and what has been decided about it.

    *opened_at* is when AWS Config recorded the violation that is open now, None before the first.
    *changed_at* is when the present state began. *until* is the end of an exception, or the end of
    the wait for AWS Config's own evaluation. *actor* decided last; *agreed* are those who agreed
    with the actor, *needed* how many must. *note* says in plain words why the state is what it is.
    """

    id: str
    key: FindingKey
    state: State
    version: int
    compliance: Compliance
    recorded_at: datetime
    changed_at: datetime
    team: str
    opened_at: datetime | None = None
    annotation: str = ""
    rule_arn: str = ""
    resource_name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    actor: str = ""
    note: str = ""
    until: datetime | None = None
    step: int = 0
    steps: int = 0
    needed: int = 0
    agreed: tuple[str, ...] = ()

    @property
    def service_linked(self) -> bool:
        """Whether an AWS service owns the rule, so that it takes no remediation (FACTS §6)."""
        return "/aws-service-rule/" in self.rule_arn


Move = Callable[[Finding], Finding]


def short_ids(key: FindingKey) -> tuple[str, ...]:
    """Return ids for *key* that people can type, ``F-3K7Q2`` first, longer ones after it.

    The same key has the same ids for ever; the ledger takes the first that no other key has.
    """
    number = int.from_bytes(hashlib.sha256(str(key).encode("utf-8", "replace")).digest()[:8])
    letters = "".join(_ID_LETTERS[number >> shift & 31] for shift in range(0, 60, 5))
    return tuple(f"F-{letters[:length]}" for length in range(_ID_SHORTEST, _ID_LONGEST + 1))


def first_seen(change: Change, finding_id: str, team: str, now: datetime) -> Finding:
    """Return what the ledger keeps of the first change of its key."""
    broken = change.compliance is Compliance.NON_COMPLIANT
    return Finding(
        id=finding_id,
        key=change.key,
        state=State.OPEN if broken else State.COMPLIANT,
        version=1,
        compliance=change.compliance,
        recorded_at=change.recorded_at,
        changed_at=now,
        opened_at=change.recorded_at if broken else None,
        team=team,
        annotation=change.annotation,
        rule_arn=change.rule_arn,
    )


def observe(finding: Finding, change: Change, now: datetime) -> Finding:
    """Return the finding after *change*, the same object when the change is not news.

    AWS delivers at least once and in no order (FACTS §2.4), so a change that is not newer than
    what is stored leaves the finding as it is.
    """
    if change.recorded_at <= finding.recorded_at:
        return finding
    seen = replace(
        finding,
        compliance=change.compliance,
        recorded_at=change.recorded_at,
        annotation=change.annotation,
        rule_arn=change.rule_arn or finding.rule_arn,
    )
    if change.compliance is Compliance.NON_COMPLIANT:
        return _broken(seen, now)
    if finding.state in {State.COMPLIANT, State.RESOLVED}:
        return seen
    note = (
        "AWS Config evaluated it COMPLIANT."
        if change.compliance is Compliance.COMPLIANT
        else "The rule no longer applies: the resource was deleted or left the rule's scope."
    )
    return _to(State.RESOLVED, seen, now, note=note, until=None)


def is_said_again(before: Finding, after: Finding) -> bool:
    """Whether AWS Config only said the same again, later: nothing that anybody reads differs."""
    return replace(after, recorded_at=before.recorded_at) == before


def _broken(finding: Finding, now: datetime) -> Finding:
    if finding.state is State.COMPLIANT:
        return _to(State.OPEN, finding, now, opened_at=finding.recorded_at)
    if finding.state is State.RESOLVED:
        note = (
            "It was resolved and is non-compliant again: something changed it back. "
            "If code manages this resource, its next deploy does this every time."
        )
        return _fresh(State.REOPENED, finding, now, note, finding.recorded_at)
    return finding


def ask(finding: Finding, actor: str, needed: int, now: datetime) -> Finding:
    """*actor* asks for the remediation; *needed* others must agree before it starts."""
    _require(finding, "remediate", UNDECIDED)
    state = State.APPROVAL_PENDING if needed else State.APPROVED
    return _to(state, finding, now, actor=actor, needed=needed, agreed=(), note="", until=None)


def agree(finding: Finding, actor: str, now: datetime) -> Finding:
    """*actor* agrees with the asker; the asker and those who agreed already do not count."""
    _require(finding, "agree to", {State.APPROVAL_PENDING})
    if actor == finding.actor or actor in finding.agreed:
        return finding
    agreed = (*finding.agreed, actor)
    if len(agreed) < finding.needed:
        return replace(finding, agreed=agreed)
    return _to(State.APPROVED, finding, now, agreed=agreed)


def withdraw(finding: Finding, now: datetime, note: str) -> Finding:
    """What was asked is asked no longer, and nothing has been started.

    It did not break the rule anew, so it is open, whatever it was before somebody asked.
    """
    _require(finding, "withdraw", {State.APPROVAL_PENDING, State.APPROVED})
    return _fresh(State.OPEN, finding, now, note, finding.opened_at)


def start(finding: Finding, now: datetime) -> Finding:
    """Claim an approved finding: from here on one worker calls AWS Config for it."""
    _require(finding, "start the remediation of", {State.APPROVED})
    return _to(State.RUNNING, finding, now, step=0, steps=0, note="")


def release(finding: Finding, now: datetime) -> Finding:
    """Give back a claim that AWS Config never took, to be checked and started anew."""
    _require(finding, "release", {State.RUNNING})
    return _to(State.APPROVED, finding, now)


def progress(finding: Finding, step: int, steps: int, note: str) -> Finding:
    """The runbook is at *step* of *steps*."""
    _require(finding, "follow the remediation of", {State.RUNNING})
    return replace(finding, step=step, steps=steps, note=note)


def apply(finding: Finding, now: datetime) -> Finding:
    """The runbook succeeded, which is not yet fixed: only AWS Config's evaluation says that."""
    _require(finding, "apply the remediation of", {State.RUNNING})
    note = "The runbook ended without an error. Only AWS Config's own evaluation will say fixed."
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


def except_until(
    finding: Finding, until: datetime, note: str, actor: str, now: datetime
) -> Finding:
    """An allowlist entry covers the finding until *until*; again with a new end when it changed."""
    _require(finding, "ignore", CAN_BEGIN | {State.EXCEPTED})
    return _to(State.EXCEPTED, finding, now, until=until, note=note, actor=actor, agreed=())


def end_exception(finding: Finding, note: str, now: datetime) -> Finding:
    """No allowlist entry covers the finding any longer."""
    _require(finding, "reopen", {State.EXCEPTED})
    return _fresh(State.REOPENED, finding, now, note, finding.opened_at)


def _require(finding: Finding, move: str, allowed: frozenset[State] | set[State]) -> None:
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
        actor="",
        until=None,
        step=0,
        steps=0,
        needed=0,
        agreed=(),
    )


def _to(state: State, finding: Finding, now: datetime, **changes: object) -> Finding:
    return replace(finding, state=state, changed_at=now, **changes)  # type: ignore[arg-type]
