"""The weekly digest: sent once for each week, by one replica, also when the bot was down then."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from commands.answers import Digest
from ledger.periods import Periods
from notifiers.courier import ChatBusyError, ChatRefusedError

log = logging.getLogger(__name__)

JOB = "digest"
_LEASE = timedelta(minutes=5)


class DigestNotifier(Protocol):
    def post_digest(self, channel: str, digest: Digest) -> None: ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """A weekday (Monday is 0) and a time in a zone by name, so that summer time moves with it."""

    weekday: int
    at: time
    zone: ZoneInfo

    def last(self, now: datetime) -> datetime:
        """Return the newest scheduled moment that is not after *now*."""
        local = now.astimezone(self.zone)
        days = (local.weekday() - self.weekday) % 7
        day = local.date() - timedelta(days=days)
        moment = datetime.combine(day, self.at, self.zone)
        return (
            moment
            if moment <= local
            else datetime.combine(day - timedelta(days=7), self.at, self.zone)
        )


@dataclass(frozen=True, slots=True)
class Weekly:
    """Looks every minute whether a digest is owed: a week that was missed is made up for."""

    periods: Periods
    schedule: Schedule
    report: Callable[[datetime], Digest]
    notifier: DigestNotifier
    channel: str
    now: Callable[[], datetime]

    def round(self) -> None:
        """Send the digest that is owed, if one is and no other replica has it in hand.

        For the time before the first start none is: nobody waits for that digest.
        """
        now = self.now()
        period = self._period(now)
        if self.periods.claim_first(JOB, period, now):
            log.info("the first digest comes with the next scheduled day")
            return
        if not self.channel or not self.periods.claim(JOB, period, now, _LEASE):
            return
        try:
            self.notifier.post_digest(self.channel, self.report(now))
        except (ChatBusyError, ChatRefusedError) as error:
            # The lease ends and the next round, here or elsewhere, tries again.
            log.error("the digest could not be sent", extra={"period": period, "why": str(error)})
            return
        self.periods.finish(JOB, period, self.now())

    def _period(self, now: datetime) -> str:
        return self.schedule.last(now).date().isoformat()
