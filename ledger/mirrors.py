"""Which exceptions AWS has to be told of, and until when its copy of each lasts."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from compliance.finding import Finding
from ledger.database import reading, writing
from ledger.rows import from_row
from ledger.tables import findings

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A finding whose copy at AWS may be out of date; *until* is the end of that copy."""

    finding: Finding
    until: datetime | None


class Mirrors:
    """The mirror's side of the ledger."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def due(self, now: datetime) -> tuple[Mirrored, ...]:
        query = (
            sa.select(findings)
            .where(findings.c.mirror_due <= now)
            .order_by(findings.c.mirror_due)
            .limit(_BATCH)
        )
        with reading(self._engine) as db:
            return tuple(
                Mirrored(from_row(row), row["mirrored_until"])
                for row in db.execute(query).mappings()
            )

    def settle(self, finding_id: str, version: int, until: datetime | None) -> None:
        """Note what AWS has now; a finding that moved meanwhile stays due."""
        with writing(self._engine) as db:
            of_finding = findings.c.id == finding_id
            db.execute(sa.update(findings).where(of_finding).values(mirrored_until=until))
            db.execute(
                sa.update(findings)
                .where(of_finding, findings.c.version == version)
                .values(mirror_due=None)
            )

    def postpone(self, finding_id: str, due: datetime) -> None:
        with writing(self._engine) as db:
            db.execute(
                sa.update(findings).where(findings.c.id == finding_id).values(mirror_due=due)
            )
