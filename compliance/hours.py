"""When people are at work, and when they are reminded of what waits for them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """*days* count from Monday, 0; work begins at *begin* and ends before *end*, in *zone*."""

    zone: ZoneInfo = _UTC
    days: frozenset[int] = frozenset(range(5))
    begin: time = time(9)
    end: time = time(17)

    def next(self, moment: datetime) -> datetime:
        """Return *moment* where people are at work then, else when work begins after it, in UTC."""
        local = moment.astimezone(self.zone)
        if local.weekday() in self.days and self.begin <= local.time() < self.end:
            return moment
        day = local.date() if local.time() < self.begin else local.date() + _DAY
        while day.weekday() not in self.days:
            day += _DAY
        return datetime.combine(day, self.begin, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Patience:
    """How people are reminded: after each of *pauses*, then the escalation channel is, once.

    A request that nobody has answered within its *lifetime* expires.
    """

    hours: WorkingHours = WorkingHours()
    pauses: Sequence[timedelta] = (timedelta(hours=4), timedelta(days=1), timedelta(days=3))
    lifetime: timedelta = timedelta(days=14)

    def next_reminder(self, last: datetime, made: int) -> datetime | None:
        """Return when the next one is due after *made* of them, the *last* at that time.

        None where there is none left: the one after the last of *pauses* is the escalation.
        """
        if made > len(self.pauses) or not self.pauses:
            return None
        return self.hours.next(last + self.pauses[min(made, len(self.pauses) - 1)])

    def is_escalation(self, made: int) -> bool:
        """Say whether the next reminder after *made* of them goes to the escalation channel."""
        return made >= len(self.pauses)
