"""Which resources AWS Config has to be asked about: their names, owners, or their end."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa

from compliance.finding import Finding
from ledger.database import reading, writing
from ledger.paging import each_finding
from ledger.rows import from_row, resource_of
from ledger.tables import UNSETTLED, findings, resources

#: How many findings are read at a time: as many resources as AWS Config takes in one batch.
_PAGE = 100


class Lookups:
    """The ledger's side of what is looked up, an account and Region at a time."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def places(self) -> tuple[tuple[str, str], ...]:
        """Return the accounts and Regions where something is due, from the index alone."""
        query = (
            sa.select(findings.c.account, findings.c.region)
            .where(findings.c.lookup_due <= self._now())
            .distinct()
        )
        with reading(self._engine) as db:
            return tuple((row.account, row.region) for row in db.execute(query))

    def due(self, account: str, region: str) -> tuple[Finding, ...]:
        """Return what has been due longest in one account and Region, a page of it."""
        query = (
            sa.select(findings)
            .where(*self._due_in(account, region))
            .order_by(findings.c.lookup_due)
            .limit(_PAGE)
        )
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def nameless(self, account: str, region: str) -> Iterator[Finding]:
        """Yield what is due there and of which not even a name is known; a page is held."""
        wanted = UNSETTLED, findings.c.resource_name == "", *self._due_in(account, region)
        yield from each_finding(self._engine, *wanted, page=_PAGE)

    def told(self, due: Iterable[Finding]) -> frozenset[str]:
        """Return the ids of those of whose resources a whole configuration item is known."""
        digests = {each.id: resource_of(each.key) for each in due}
        query = sa.select(resources.c.key).where(resources.c.key.in_(set(digests.values())))
        with reading(self._engine) as db:
            known = set(map(bytes, db.execute(query).scalars()))
        return frozenset(each for each, digest in digests.items() if digest in known)

    def answered(self, finding_ids: Iterable[str]) -> None:
        """Note that AWS has answered; what became due later meanwhile is still to be asked."""
        self._ask(finding_ids, None)

    def postpone(self, account: str, region: str, due: datetime) -> None:
        """Let all that is due in an account and Region be asked at *due*."""
        later = sa.update(findings).where(*self._due_in(account, region)).values(lookup_due=due)
        with writing(self._engine, is_bulk=True) as db:
            db.execute(later)

    def doubt(self, finding_ids: Iterable[str]) -> None:
        """Let AWS be asked now about the resources of findings that it does not report."""
        self._ask(finding_ids, self._now())

    def unresolved(self, account: str, region: str = "") -> Iterator[Finding]:
        """Yield what is not settled in an account, or in one Region of it; a page is held."""
        wanted = [findings.c.account == account, UNSETTLED]
        if region:
            wanted.append(findings.c.region == region)
        yield from each_finding(self._engine, *wanted, page=_PAGE)

    def _due_in(self, account: str, region: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            findings.c.account == account,
            findings.c.region == region,
            findings.c.lookup_due <= self._now(),
        )

    def _ask(self, finding_ids: Iterable[str], due: datetime | None) -> None:
        asked = [{"asked": each} for each in finding_ids]
        # What became due later meanwhile, after a deletion, is still to be asked.
        later = findings.c.lookup_due > self._now()
        of_each = (findings.c.id == sa.bindparam("asked")) & later.is_not(True)
        if asked:
            with writing(self._engine, is_bulk=True) as db:
                db.execute(sa.update(findings).where(of_each).values(lookup_due=due), asked)
