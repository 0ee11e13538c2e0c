"""The only thing that changes a finding: by compare-and-set, its audit row beside it."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.change import Change, ResourceFacts
from compliance.finding import SETTLED, Finding, Move, State
from ledger import attempts, audit, health
from ledger.attempts import Attempt
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.effects import InForce, detail_of, follow, swap
from ledger.errors import LedgerUnavailableError, UnknownFindingError, is_deadlock
from ledger.learning import Learner, enforced_rows
from ledger.observing import AWS_CONFIG, EveryRule, Observer, Owner, Rules
from ledger.paging import each_finding
from ledger.routes import routed_rows
from ledger.rows import from_row
from ledger.tables import UNSETTLED, findings

log = logging.getLogger(__name__)

#: The bot itself, in the audit log: deadlines, the allowlist, the remediation worker.
BOT = "bot"
#: How often a move is tried again when another one came in between.
_TRIES = 20
#: How many rows are read at a time.
_PAGE = 1000


class Ledger:
    """Findings and everything that happens to them.

    What is handed in is pure: *owner* names the team of a finding; *enforce* is applied to a
    finding after each change that AWS reports (the allowlist is enforced there); *rules* knows AWS
    Config's rules; *in_force* gives the hashes of the entries in force; *types* are the resource
    types that configuration items are kept of. *on_move* is called after whatever moved a finding.
    """

    def __init__(
        self,
        engine: sa.Engine,
        now: Callable[[], datetime],
        owner: Owner,
        enforce: Move = lambda finding: finding,
        *,
        rules: Rules | None = None,
        in_force: InForce = lambda finding: {},
        types: Collection[str] | None = None,
        on_move: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine = engine
        self.now = now
        self._observer = Observer(owner, enforce, rules or EveryRule(), in_force)
        self._learner = Learner(owner, types, enforce)
        self._in_force = in_force
        self._on_move = on_move
        self._recording = threading.Lock()

    def problem(self) -> str:
        """Say why the database cannot be written, empty when it can."""
        return health.problem(self.engine)

    def record(self, changes: Sequence[Change], facts: Sequence[ResourceFacts] = ()) -> None:
        """Store what AWS reported, in one transaction; repeats and late ones change nothing.

        Raises LedgerUnavailableError or UnfitError, and then nothing of it was stored.
        """
        for _ in range(_TRIES):
            try:
                has_moved = self._record(changes, facts)
            except sa.exc.IntegrityError:
                # Another replica inserted the same finding between our look and our insert.
                log.info("a batch met another replica's insert; reading again")
            except LedgerUnavailableError as error:
                # Two batches locked the same rows in different orders, and PostgreSQL ended one.
                if not is_deadlock(error.__cause__):
                    raise
                log.info("a batch met another one; reading again")
            else:
                if has_moved:
                    self._on_move()
                return
        raise LedgerUnavailableError(f"others came in between {_TRIES} times")

    def _record(self, changes: Sequence[Change], facts: Sequence[ResourceFacts]) -> bool:
        """Return whether a finding was moved."""
        now = self.now()
        # Threads that record at the same time meet at the same rows, and all but one of them read
        # again. Replicas still meet, and rarely: that costs more than it is worth to prevent.
        with self._recording, writing(self.engine, is_bulk=True) as db:
            learnt = self._learner.learn(db, facts, now) if facts else []
            observed, rows = self._observer.observe(db, changes, now) if changes else ([], [])
            routed = routed_rows(learnt, AWS_CONFIG, self._in_force, now)
            routed += enforced_rows(learnt, BOT, self._in_force, now)
            # One at a time: a finding that was named and then observed moved twice.
            follow(db, [*learnt, *observed], [*routed, *rows], now)
        return bool(learnt or observed)

    def move(
        self,
        finding_id: str,
        move: Move,
        *,
        actor: str,
        action: str,
        decision: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Finding:
        """Apply *move* to a finding and return what came of it.

        *move* is pure and may run several times: where somebody else moved the finding in between,
        it is tried on what they left. *decision* is what a person gave with theirs (reason, ticket,
        end): that is audited even where it changes nothing. Raises UnknownFindingError, and
        IllegalMoveError (from *move*) when the finding's state does not allow it.
        """
        given = {**(detail or {}), **(decision or {})}
        for _ in range(_TRIES):
            now = self.now()
            with writing(self.engine) as db:
                # Locked on PostgreSQL: what AWS says meanwhile must not be written over.
                before = _get(db, finding_id, lock=True)
                after = move(before)
                if after == before and decision is None:
                    return before
                after = replace(after, version=before.version + 1)
                if not swap(db, [(before, after)]):
                    continue
                whole = detail_of(after, self._in_force, given, before)
                row = AuditRow.of_move(now, (before, after), actor, action, whole)
                follow(db, [(before, after)], [row], now)
            self._on_move()
            return after
        raise LedgerUnavailableError(
            f"{finding_id} changed {_TRIES} times while it was being moved"
        )

    def refuse(
        self,
        finding_id: str,
        actor: str,
        action: str,
        reason: str,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Leave an audit row for a press or a command that was denied."""
        given = {"why": reason, **(detail or {})}
        with writing(self.engine) as db:
            row = db.execute(_of_id(finding_id)).mappings().first()
            if row is not None:
                given = detail_of(from_row(row), self._in_force, given)
            refusal = AuditRow(self.now(), finding_id, actor, f"{action} refused", detail=given)
            audit.lock_tail(db)
            audit.append(db, [refusal])

    def note(self, actor: str, action: str, detail: Mapping[str, Any]) -> None:
        """Leave an audit row for a decision that is about no finding."""
        with writing(self.engine) as db:
            audit.lock_tail(db)
            audit.append(db, [AuditRow(self.now(), "", actor, action, detail=detail)])

    def find(self, finding_id: str) -> Finding:
        with reading(self.engine) as db:
            return _get(db, finding_id)

    def each(
        self,
        states: Iterable[State],
        rules: Collection[str] | None = None,
    ) -> Iterator[Finding]:
        """Yield the findings in *states*, of *rules* only where given: by state, then by id."""
        of_them = [] if rules is None else [findings.c.rule.in_(rules)]
        for state in states:
            of_state = findings.c.state == state.value
            of_state = of_state if state in SETTLED else UNSETTLED & of_state
            yield from each_finding(self.engine, of_state, *of_them, page=_PAGE)

    def last_attempt(self, finding_id: str) -> Attempt | None:
        with reading(self.engine) as db:
            return attempts.last(db, finding_id)

    def started(self, finding_ids: Iterable[str]) -> None:
        """Note that AWS Config took the remediations that were claimed for these findings."""
        with writing(self.engine) as db:
            attempts.start(db, list(finding_ids), self.now())


def _of_id(finding_id: str) -> sa.Select[Any]:
    return sa.select(findings).where(findings.c.id == finding_id)


def _get(db: sa.Connection, finding_id: str, *, lock: bool = False) -> Finding:
    query = _of_id(finding_id)
    row = db.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise UnknownFindingError(finding_id)
    return from_row(row)
