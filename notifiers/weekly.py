"""The weekly digest: each covers exactly the time since the one before, also after an outage."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from commands.answers import Digest
from compliance.channel import Channel
from ledger.periods import Periods
from notifiers.chat import Chat, ChatBusyError, ChatRefusedError, InDoubtError, Post
from notifiers.clock import Job

log = logging.getLogger(__name__)

JOB = "digest"
_LEASE = timedelta(minutes=5)


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

    def trigger(self) -> CronTrigger:
        return CronTrigger(
            day_of_week=self.weekday, hour=self.at.hour, minute=self.at.minute, timezone=self.zone
        )


@dataclass(frozen=True, slots=True)
class Weekly:
    """Looks every minute whether a digest is owed: a week that was missed is made up for.

    A digest's period ends at a scheduled moment, whenever it is sent, and begins where that of the
    last one that was sent ended. So each day is in one digest. *report* takes both ends.
    """

    periods: Periods
    schedule: Schedule
    report: Callable[[datetime, datetime], Digest]
    chats: Mapping[str, Chat]
    channel: Channel | None
    now: Callable[[], datetime]

    def job(self) -> Job:
        return Job(self.round, timedelta(minutes=1), at=self.schedule.trigger())

    def round(self) -> None:
        """Send the digest that is owed, if one is and no other replica has it in hand.

        For the time before the first start none is: nobody waits for that digest.
        """
        now = self.now()
        end = self.schedule.last(now).astimezone(UTC)
        period = end.isoformat()
        sent = self.periods.finished(JOB)
        if not sent:
            if self.periods.claim_first(JOB, period, now):
                log.info("the first digest comes with the next scheduled day")
            return
        since = max(map(self._end_of, sent))
        if end <= since or self.channel is None:
            return
        if self.periods.claim(JOB, period, now, _LEASE):
            self._send(self.channel, since, end)

    def _send(self, channel: Channel, since: datetime, end: datetime) -> None:
        period = end.isoformat()
        try:
            if not self._was_sent(channel, period):
                self.chats[channel.product].digest(
                    channel, self.report(since, end), Post(f"{JOB} {period}")
                )
        except (ChatBusyError, ChatRefusedError, InDoubtError) as error:
            # The lease ends and the next round, here or elsewhere, looks for it and tries again.
            log.error("the digest could not be sent", extra={"period": period, "why": str(error)})
            return
        self.periods.finish(JOB, period, self.now())

    def _was_sent(self, channel: Channel, period: str) -> bool:
        """Say whether the digest came although its answer was lost, as far as chat knows."""
        tried = self.now() - _LEASE
        try:
            return bool(self.chats[channel.product].find(channel, f"{JOB} {period}", tried))
        except (ChatBusyError, ChatRefusedError) as error:
            log.warning("a digest may come twice", extra={"period": period, "why": str(error)})
            return False

    def _end_of(self, period: str) -> datetime:
        """Return the end of a period that was sent; the first version kept its day alone."""
        moment = datetime.fromisoformat(period)
        if moment.tzinfo is not None:
            return moment
        return datetime.combine(moment.date(), self.schedule.at, self.schedule.zone)


def send_now(
    chats: Mapping[str, Chat], channels: Iterable[Channel], report: Digest, now: datetime
) -> None:
    """Send *report* to each of *channels*, whatever was sent before; raises the errors of Chat."""
    for channel in channels:
        chats[channel.product].digest(channel, report, Post(f"{JOB} {now.isoformat()}"))
