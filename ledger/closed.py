"""Which channels operators have been told take no messages: told once, by whichever replica."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.channel import Channel
from ledger.database import reading, writing
from ledger.periods import Periods
from ledger.tables import periods

_JOB = "channel closed"
#: Another replica reports it where the one that began to has not said by then that it did.
_LEASE = timedelta(minutes=1)


class ClosedChannels:
    """A claim for each channel, from when it is reported as closed until it is open again."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._periods = Periods(engine)
        self._now = now

    def claim(self, channel: Channel) -> bool:
        """Say whether the caller is to report *channel* as closed: True for one of them."""
        return self._periods.claim(_JOB, _name(channel), self._now(), _LEASE)

    def reported(self, channel: Channel) -> None:
        self._periods.finish(_JOB, _name(channel), self._now())

    def open(self, channel: Channel) -> bool:
        """Say whether the caller is to report *channel* as open: it was reported as closed."""
        of_it = (periods.c.job == _JOB) & (periods.c.period == _name(channel))
        with reading(self._engine) as db:
            known = db.execute(sa.select(periods.c.done_at).where(of_it)).first()
        if known is None:
            return False
        with writing(self._engine) as db:
            taken = db.execute(sa.delete(periods).where(of_it)).rowcount
        return bool(taken and known.done_at)


def _name(channel: Channel) -> str:
    """Return what fits the column: a channel of Teams has more letters."""
    return hashlib.sha256(str(channel).encode()).hexdigest()[:32]
