"""Which resources AWS Config has to be asked about: their names, owners, or their end."""

from collections.abc import Callable, Collection
from datetime import datetime

import sqlalchemy as sa

from compliance.change import FindingKey
from compliance.finding import Finding, State
from ledger.rows import from_row
from ledger.tables import findings

_BATCH = 50
_SETTLED = (State.COMPLIANT.value, State.RESOLVED.value)


class Lookups:
    """The ledger's side of what is looked up."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def due(self) -> tuple[Finding, ...]:
        query = (
            sa.select(findings)
            .where(findings.c.lookup_due <= self._now())
            .order_by(findings.c.lookup_due)
            .limit(_BATCH)
        )
        with self._engine.connect().execution_options(read_only=True) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def ask_again(self, finding_id: str, due: datetime | None) -> None:
        """Let AWS be asked at *due*; None where it has answered."""
        with self._engine.begin() as db:
            # What became due later meanwhile, after a deletion, is still to be asked.
            later = findings.c.lookup_due > self._now()
            of_finding = (findings.c.id == finding_id) & later.is_not(True)
            db.execute(sa.update(findings).where(of_finding).values(lookup_due=due))

    def unseen(self, account: str, region: str, rule: str, seen: Collection[FindingKey]) -> None:
        """Let AWS be asked about a rule's findings that it does not report with those *seen*."""
        query = sa.select(findings).where(
            findings.c.account == account,
            findings.c.region == region,
            findings.c.rule == rule,
            findings.c.state.not_in(_SETTLED),
        )
        with self._engine.connect().execution_options(read_only=True) as db:
            known = tuple(map(from_row, db.execute(query).mappings()))
        for finding in known:
            if finding.key not in seen:
                self.ask_again(finding.id, self._now())
