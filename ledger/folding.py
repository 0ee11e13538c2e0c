"""Findings that were kept under AWS's name for a rule before it was known to be the catalogue's."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from compliance.change import Compliance, FindingKey
from compliance.evaluating import absorb, close
from compliance.finding import IN_PROGRESS, SETTLED, Finding, Move, State
from compliance.known_rules import RuleKey
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.effects import InForce, Moved, detail_of, follow, swap
from ledger.rows import from_row, has_key, rule_digest
from ledger.tables import counts, findings

log = logging.getLogger(__name__)

_PAGE = 200
SHOWN_ELSEWHERE = "This is the same violation as {id}, under another rule's name: see there."


@dataclass(frozen=True, slots=True)
class Folding:
    """Makes one finding of those that differ only in the name that AWS gave the rule.

    *canonical* gives the catalogue's name for the rule of a key. What is recorded after that is
    known has the catalogue's name from the first moment. A remediation that is under way is let
    come to its end first. *enforce* is applied to what it was folded into: an exception can be
    written for the name that was folded.
    """

    engine: sa.Engine
    canonical: Callable[[FindingKey], str]
    in_force: InForce
    now: Callable[[], datetime]
    on_move: Callable[[], None] = lambda: None
    enforce: Move = lambda finding: finding
    actor: str = "bot"

    def round(self) -> int:
        """Return how many findings were folded; at rest only the counts are read."""
        # What was folded stays, under its old name, for those who look its id up.
        is_folded = counts.c.state.in_([each.value for each in SETTLED]) & ~counts.c.applicable
        place = counts.c.account, counts.c.region, counts.c.rule
        query = sa.select(*place).distinct().where(counts.c.number > 0, ~is_folded)
        with reading(self.engine) as db:
            keys = [RuleKey(*row) for row in db.execute(query)]
        folded = sum(map(self._fold_rule, filter(self._has_another_name, keys)))
        if folded:
            log.info("findings of one rule's copies were made one", extra={"folded": folded})
            self.on_move()
        return folded

    def _has_another_name(self, key: RuleKey) -> bool:
        return self.canonical(FindingKey(*key, "", "")) != key.rule

    def _fold_rule(self, key: RuleKey) -> int:
        last, folded = "", 0
        while page := self._page(key, last):
            folded += sum(map(self._fold, page))
            last = page[-1]
        return folded

    def _page(self, key: RuleKey, last: str) -> Sequence[str]:
        is_over = findings.c.state.not_in([state.value for state in IN_PROGRESS])
        is_folded = findings.c.state.in_([each.value for each in SETTLED]) & (
            findings.c.compliance == Compliance.NOT_APPLICABLE.value
        )
        query = sa.select(findings.c.id).where(
            findings.c.id > last,
            findings.c.account == key.account,
            findings.c.region == key.region,
            findings.c.rule == key.rule,
            is_over,
            ~is_folded,
        )
        with reading(self.engine) as db:
            return db.execute(query.order_by(findings.c.id).limit(_PAGE)).scalars().all()

    def _fold(self, finding_id: str) -> int:
        now = self.now()
        with writing(self.engine) as db:
            copy = _get(db, findings.c.id == finding_id)
            if copy is None or copy.state in IN_PROGRESS:
                return 0
            key = replace(copy.key, rule=self.canonical(copy.key))
            original = _get(db, has_key(key))
            if original is None:
                moves = _rename(db, copy, replace(copy, key=key, version=copy.version + 1))
            else:
                moves = self._merge(db, copy, original, now)
            rows = [
                self._row(before, after, now)
                for before, after in moves
                # That a resource never broke the rule does not belong into the audit log.
                if before and after.state is not State.COMPLIANT
            ]
            follow(db, moves, rows, now)
        return 1

    def _merge(
        self, db: sa.Connection, copy: Finding, original: Finding, now: datetime
    ) -> Sequence[Moved]:
        absorbed = absorb(original, copy.copies, now)
        pairs = (
            (original, absorbed if absorbed is original else self.enforce(absorbed)),
            (copy, close(copy, SHOWN_ELSEWHERE.format(id=original.id), now)),
        )
        moves = [
            (before, replace(after, version=before.version + 1))
            for before, after in pairs
            if after != before
        ]
        swap(db, moves)
        return moves

    def _row(self, before: Finding, after: Finding, now: datetime) -> AuditRow:
        detail = detail_of(after, self.in_force, {"was": before.key.rule})
        return AuditRow.of_move(now, (before, after), self.actor, "folded", detail)


def _rename(db: sa.Connection, before: Finding, after: Finding) -> Sequence[Moved]:
    of_it = findings.c.id == before.id
    named = {"rule": after.key.rule, "rule_digest": rule_digest(after.key.rule)}
    db.execute(sa.update(findings).where(of_it).values(named))
    swap(db, [(before, after)])
    return [(before, after)]


def _get(db: sa.Connection, wanted: sa.ColumnElement[bool]) -> Finding | None:
    row = db.execute(sa.select(findings).where(wanted).with_for_update()).mappings().first()
    return from_row(row) if row else None
