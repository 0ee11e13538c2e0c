"""A finding and the states of its life. Pure.

Every move is a function from finding to finding: those of AWS Config are in ``evaluating``, those
of people and of remediations in ``life``.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from compliance.care import NO_CARE, Care
from compliance.change import Compliance, Copy, FindingKey
from compliance.request import Request, Verb

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


def require(finding: Finding, move: str, allowed: Iterable[State]) -> None:
    """Raise IllegalMoveError where the finding is in none of the states that are *allowed*."""
    if finding.state not in allowed:
        raise IllegalMoveError(finding, move)


def renew(
    state: State, finding: Finding, now: datetime, note: str, opened_at: datetime | None
) -> Finding:
    """A new round of decisions: nothing that was decided before counts."""
    return enter(
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


def enter(state: State, finding: Finding, now: datetime, **changes: object) -> Finding:
    """Return the finding in *state* from *now* on, with *changes* of its other fields."""
    changes = {"withdrawn_by": "", **changes}
    if state in _OVER:
        changes = {"care": finding.care.at_rest(), **changes}
    return replace(finding, state=state, changed_at=now, **changes)  # type: ignore[arg-type]
