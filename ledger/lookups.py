"""Which resources AWS Config has to be asked about: their names, owners, or their end."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from compliance.change import FindingKey
from compliance.finding import SETTLED, Finding
from ledger.database import reading, writing
from ledger.rows import from_row
from ledger.tables import findings

_BATCH = 50


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
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def ask_again(self, finding_id: str, due: datetime | None) -> None:
        """Let AWS be asked at *due*; None where it has answered."""
        self._ask([finding_id], due)

    def _ask(self, finding_ids: Iterable[str], due: datetime | None) -> None:
        asked = [{"asked": each} for each in finding_ids]
        # What became due later meanwhile, after a deletion, is still to be asked.
        later = findings.c.lookup_due > self._now()
        of_each = (findings.c.id == sa.bindparam("asked")) & later.is_not(True)
        if asked:
            with writing(self._engine) as db:
                db.execute(sa.update(findings).where(of_each).values(lookup_due=due), asked)

    def unseen(self, account: str, region: str, rule: str, seen: Collection[FindingKey]) -> None:
        """Let AWS be asked about a rule's findings that it does not report with those *seen*."""
        query = sa.select(findings).where(
            findings.c.account == account,
            findings.c.region == region,
            findings.c.rule == rule,
            findings.c.state.not_in([state.value for state in SETTLED]),
        )
        with reading(self._engine) as db:
            known = tuple(map(from_row, db.execute(query).mappings()))
        self._ask((each.id for each in known if each.key not in seen), self._now())
