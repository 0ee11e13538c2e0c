"""When the remediation worker claimed findings, and when AWS Config took them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ledger.tables import remediations


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last remediation of a finding, as the worker needs it after a restart.

    *before* is when the one before it was claimed, None for the first.
    """

    claimed_at: datetime
    started_at: datetime | None
    before: datetime | None


def claim(db: sa.Connection, finding_id: str, now: datetime) -> None:
    db.execute(sa.insert(remediations).values(finding=finding_id, claimed_at=now))


def start(db: sa.Connection, finding_ids: Collection[str], now: datetime) -> None:
    """Note that AWS Config took the remediations that were claimed for these findings."""
    of_those = remediations.c.finding.in_(finding_ids) & remediations.c.ended_at.is_(None)
    db.execute(sa.update(remediations).where(of_those).values(started_at=now))


def end(db: sa.Connection, finding_id: str, now: datetime) -> None:
    """Close the attempt of the finding, if one is open."""
    is_open = (remediations.c.finding == finding_id) & remediations.c.ended_at.is_(None)
    db.execute(sa.update(remediations).where(is_open).values(ended_at=now))


def last(db: sa.Connection, finding_id: str) -> Attempt | None:
    query = (
        sa.select(remediations.c.claimed_at, remediations.c.started_at)
        .where(remediations.c.finding == finding_id)
        .order_by(remediations.c.id.desc())
        .limit(2)
    )
    newest, before = [*db.execute(query), None, None][:2]
    if newest is None:
        return None
    return Attempt(newest.claimed_at, newest.started_at, before.claimed_at if before else None)
