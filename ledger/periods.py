"""Who runs a scheduled job: one claim row with a lease for each period."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from ledger.database import reading, writing
from ledger.tables import periods


class Periods:
    """Claims on periods; a claim that was not finished before its lease ended can be taken over."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, job: str, period: str, now: datetime, lease: timedelta) -> bool:
        """Say whether this replica runs *job* for *period*: True for one caller only."""
        row = {"job": job, "period": period, "leased_until": now + lease}
        with writing(self._engine) as db:
            taken_over = db.execute(
                sa.update(periods)
                .where(
                    periods.c.job == job,
                    periods.c.period == period,
                    periods.c.done_at.is_(None),
                    periods.c.leased_until <= now,
                )
                .values(leased_until=now + lease)
            )
            if taken_over.rowcount:
                return True
        try:
            with writing(self._engine) as db:
                db.execute(sa.insert(periods).values(row))
        except sa.exc.IntegrityError:
            return False
        return True

    def finish(self, job: str, period: str, now: datetime) -> None:
        self._note(job, period, done_at=now)

    def postpone(self, job: str, period: str, until: datetime) -> None:
        """Leave *period* undone: from *until* on it can be claimed again."""
        self._note(job, period, leased_until=until)

    def _note(self, job: str, period: str, **moment: datetime) -> None:
        of_it = (periods.c.job == job) & (periods.c.period == period)
        with writing(self._engine) as db:
            db.execute(sa.update(periods).where(of_it).values(moment))

    def finished(self, job: str) -> tuple[str, ...]:
        """Return the periods of *job* that were finished, the latest finished last."""
        query = (
            sa.select(periods.c.period)
            .where(periods.c.job == job, periods.c.done_at.is_not(None))
            .order_by(periods.c.done_at)
        )
        with reading(self._engine) as db:
            return tuple(db.execute(query).scalars())

    def claim_first(self, job: str, period: str, now: datetime) -> bool:
        """Count *period* as done if *job* has never run; say whether that was so."""
        with writing(self._engine) as db:
            ever = sa.select(periods.c.period).where(periods.c.job == job).limit(1)
            if db.execute(ever).first():
                return False
            row = {"job": job, "period": period, "leased_until": now, "done_at": now}
            try:
                db.execute(sa.insert(periods).values(row))
            except sa.exc.IntegrityError:
                return False
        return True
