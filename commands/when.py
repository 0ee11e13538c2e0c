"""Ages and days as people type them: ``>30d``, ``2026-10-01``. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

AGE_EXAMPLE = "age:>30d, age:<12h or age:>=2w"
AS_AT_EXAMPLE = "as-at:2026-10-01 or as-at:2026-10-01T17:30"
_AGE = re.compile(r"(>=|<=|>|<)?\s*(\d{1,5})\s*([a-z]*)", re.ASCII)
_DAYS = ("d", "day", "days", "")
_HOURS = {
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1),
    **dict.fromkeys(_DAYS, 24),
    **dict.fromkeys(("w", "week", "weeks"), 24 * 7),
    **dict.fromkeys(("m", "mo", "month", "months"), 24 * 30),
    **dict.fromkeys(("y", "year", "years"), 24 * 365),
}
#: No finding is older: what is longer ago than this is a slip.
_OLDEST = timedelta(days=365 * 50)


@dataclass(frozen=True, slots=True)
class Age:
    """How long a finding has been open: longer than *limit*, or else at most as long."""

    is_longer: bool
    limit: timedelta

    @classmethod
    def parse(cls, text: str) -> "Age | None":
        """Return what *text* means, None where it means none; ``30d`` is longer than 30 days."""
        found = _AGE.fullmatch(text.strip().lower())
        if found is None or found[3] not in _HOURS:
            return None
        limit = timedelta(hours=int(found[2]) * _HOURS[found[3]])
        return cls(not (found[1] or ">").startswith("<"), limit) if limit < _OLDEST else None

    def negated(self) -> "Age":
        return Age(not self.is_longer, self.limit)


def read_as_at(text: str) -> datetime | None:
    """Return the moment that *text* names, in UTC, None where it names none.

    A day alone is its last moment: what was decided on that day belongs to it.
    """
    try:
        if len(text.strip()) > len("2026-10-01"):
            moment = datetime.fromisoformat(text.strip().upper())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        day = date.fromisoformat(text.strip())
        return datetime.combine(day, time.max, UTC)
    except (ValueError, OverflowError):
        return None
