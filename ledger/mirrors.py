"""Which exceptions AWS has to be told of, and until when its copy of each lasts."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from compliance.change import FindingKey
from compliance.finding import Finding, State
from ledger.database import reading, writing
from ledger.rows import from_row, has_key
from ledger.tables import UNSETTLED, findings

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A finding whose copy at AWS may be out of date; *until* is the end of that copy."""

    finding: Finding
    until: datetime | None


class Mirrors:
    """The mirror's side of the ledger, an account and Region at a time."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def places(self, now: datetime) -> tuple[tuple[str, str], ...]:
        """Return the accounts and Regions where something is due."""
        query = (
            sa.select(findings.c.account, findings.c.region)
            .where(findings.c.mirror_due <= now)
            .distinct()
        )
        with reading(self._engine) as db:
            return tuple((row.account, row.region) for row in db.execute(query))

    def due(self, account: str, region: str, now: datetime) -> tuple[Mirrored, ...]:
        """Return what has been due longest in one account and Region, a page of it."""
        query = (
            sa.select(findings)
            .where(*_due_in(account, region, now))
            .order_by(findings.c.mirror_due)
            .limit(_PAGE)
        )
        with reading(self._engine) as db:
            return tuple(
                Mirrored(from_row(row), row["mirrored_until"])
                for row in db.execute(query).mappings()
            )

    def done(self, finding_id: str, version: int, until: datetime | None) -> None:
        """Note what AWS has now; a finding that moved meanwhile stays due."""
        with writing(self._engine) as db:
            of_finding = findings.c.id == finding_id
            db.execute(sa.update(findings).where(of_finding).values(mirrored_until=until))
            db.execute(
                sa.update(findings)
                .where(of_finding, findings.c.version == version)
                .values(mirror_due=None)
            )

    def mirrored(self, account: str, region: str) -> tuple[Mirrored, ...]:
        """Return the excepted findings there of which AWS has a copy, as far as is known."""
        query = sa.select(findings).where(
            UNSETTLED,
            findings.c.account == account,
            findings.c.region == region,
            findings.c.state == State.EXCEPTED.value,
            findings.c.mirrored_until.is_not(None),
            findings.c.mirror_due.is_(None),
        )
        with reading(self._engine) as db:
            rows = db.execute(query).mappings()
            return tuple(Mirrored(from_row(row), row["mirrored_until"]) for row in rows)

    def with_own(self, account: str, region: str) -> tuple[Finding, ...]:
        """Return the findings there whose card says that AWS Config wrote an exception itself."""
        query = sa.select(findings).where(
            UNSETTLED,
            findings.c.account == account,
            findings.c.region == region,
            findings.c.aws_exception != "",
        )
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def finding(self, key: FindingKey) -> Finding | None:
        """Return the finding of *key*, None where there is none."""
        query = sa.select(findings).where(has_key(key))
        with reading(self._engine) as db:
            row = db.execute(query).mappings().first()
        return from_row(row) if row else None

    def forget(self, finding_id: str, due: datetime) -> None:
        """Note that AWS has no copy, and let one be made."""
        of_finding = findings.c.id == finding_id
        with writing(self._engine) as db:
            values = {"mirrored_until": None, "mirror_due": due}
            db.execute(sa.update(findings).where(of_finding).values(values))

    def postpone(self, account: str, region: str, now: datetime, due: datetime) -> None:
        """Let all that is due in an account and Region be put at *due*."""
        later = sa.update(findings).where(*_due_in(account, region, now)).values(mirror_due=due)
        with writing(self._engine) as db:
            db.execute(later)


def _due_in(account: str, region: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        findings.c.account == account,
        findings.c.region == region,
        findings.c.mirror_due <= now,
    )
