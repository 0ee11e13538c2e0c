"""Findings that an earlier version kept under the names which AWS gave copies of a rule."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from compliance.finding import IN_PROGRESS, SETTLED, Finding, State, absorb, close
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.effects import InForce, Moved, detail_of, follow, swap
from ledger.rows import from_row, key_digest
from ledger.tables import counts, findings

log = logging.getLogger(__name__)

_PAGE = 200
SHOWN_ELSEWHERE = "This is the same violation as {id}, under another rule's name: see there."


@dataclass(frozen=True, slots=True)
class Folding:
    """Makes one finding of those that differ only in the name that AWS gave the rule.

    It is done once: what is recorded since has the catalogue's name from the first moment. A
    remediation that is under way is let come to its end first.
    """

    engine: sa.Engine
    canonical: Callable[[str], str]
    in_force: InForce
    now: Callable[[], datetime]
    on_move: Callable[[], None] = lambda: None
    actor: str = "bot"

    def round(self) -> int:
        """Return how many findings were folded."""
        query = sa.select(counts.c.rule).distinct().where(counts.c.number > 0)
        with reading(self.engine) as db:
            names = db.execute(query).scalars().all()
        folded = sum(self._fold_rule(name) for name in names if self.canonical(name) != name)
        if folded:
            log.info("findings of one rule's copies were made one", extra={"folded": folded})
            self.on_move()
        return folded

    def _fold_rule(self, rule: str) -> int:
        last, folded = "", 0
        while page := self._page(rule, last):
            for finding_id in page:
                folded += self._fold(finding_id)
            last = page[-1]
        return folded

    def _page(self, rule: str, last: str) -> Sequence[str]:
        is_over = findings.c.state.not_in([state.value for state in IN_PROGRESS])
        # One that was closed here stays, under its old name, for those who look its id up.
        is_shown = sa.not_(
            (findings.c.state == State.RESOLVED.value)
            & findings.c.note.startswith(SHOWN_ELSEWHERE.partition("{")[0])
        )
        query = sa.select(findings.c.id).where(
            findings.c.id > last, findings.c.rule == rule, is_over, is_shown
        )
        with reading(self.engine) as db:
            return db.execute(query.order_by(findings.c.id).limit(_PAGE)).scalars().all()

    def _fold(self, finding_id: str) -> int:
        now = self.now()
        with writing(self.engine) as db:
            copy = _get(db, findings.c.id == finding_id)
            if copy is None or copy.state in IN_PROGRESS:
                return 0
            key = replace(copy.key, rule=self.canonical(copy.key.rule))
            original = _get(db, findings.c.key == key_digest(key))
            if original is None:
                moves = _rename(db, copy, replace(copy, key=key, version=copy.version + 1))
            else:
                moves = _merge(db, copy, original, now)
            rows = [self._row(before, after, now) for before, after in moves if before]
            follow(db, moves, rows, now)
        return 1

    def _row(self, before: Finding, after: Finding, now: datetime) -> AuditRow:
        detail = detail_of(after, self.in_force, {"was": before.key.rule})
        states = before.state.value, after.state.value
        return AuditRow(now, after.id, self.actor, "folded", *states, detail)


def _rename(db: sa.Connection, before: Finding, after: Finding) -> Sequence[Moved]:
    of_it = findings.c.id == before.id
    named = {"rule": after.key.rule, "key": key_digest(after.key)}
    db.execute(sa.update(findings).where(of_it).values(named))
    swap(db, [(before, after)])
    return [(before, after)]


def _merge(db: sa.Connection, copy: Finding, original: Finding, now: datetime) -> Sequence[Moved]:
    absorbed = absorb(original, copy.copies, now)
    closed = copy
    if copy.state not in SETTLED:
        closed = close(copy, SHOWN_ELSEWHERE.format(id=original.id), now)
    moves = [
        (before, replace(after, version=before.version + 1))
        for before, after in ((original, absorbed), (copy, closed))
        if after != before
    ]
    swap(db, moves)
    return moves


def _get(db: sa.Connection, wanted: sa.ColumnElement[bool]) -> Finding | None:
    row = db.execute(sa.select(findings).where(wanted).with_for_update()).mappings().first()
    return from_row(row) if row else None
