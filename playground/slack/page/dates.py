"""Moments as Slack shows them: date tokens, day dividers and times in a reader's zone. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

_TOKEN = re.compile(r"\{(\w+)\}")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def moment(ts: str) -> datetime:
    """Return the time in a message's *ts*, seconds since 1970 with a fraction."""
    return datetime.fromtimestamp(float(ts), UTC)


def formatted(seconds: str, template: str, zone: tzinfo, now: datetime) -> str | None:
    """Return *template* with its tokens filled in; None where *seconds* is no time of this world.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting; a token that is not
    known stays as it is.
    """
    try:
        local = datetime.fromtimestamp(int(seconds), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None
    today = now.astimezone(zone).date()

    def filled(match: re.Match[str]) -> str:
        token = match[1]
        if token == "ago":  # noqa: S105 - a date token, no secret
            return ago(local, now)
        write = _WRITERS.get(token.removesuffix("_pretty"))
        if write is None:
            return match[0]
        near = _NEAR.get((local.date() - today).days) if token.endswith("_pretty") else None
        if near is None:
            return write(local)
        return near.capitalize() if match.start() == 0 else near

    return _TOKEN.sub(filled, template)


def day_name(day: date, today: date) -> str:
    """Return what the divider above a day's first message says."""
    near = _NEAR.get((day - today).days)
    if near:
        return near.capitalize()
    return f"{day:%A}, {_ordinal(day)}" + (f" {day.year}" if day.year != today.year else "")


def clock(local: datetime) -> str:
    return f"{local:%H:%M}"


def ago(then: datetime, now: datetime) -> str:
    apart = abs(now - then)
    for unit, length in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        if count := apart // length:
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if then <= now else f"in {words}"
    return "just now"


def _ordinal(day: date) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day:%B} {day.day}{'th' if day.day in (11, 12, 13) else ending}"


_WRITERS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%d/%m/%Y}",
    "date": lambda at: f"{_ordinal(at)}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long": lambda at: f"{at:%A}, {_ordinal(at)}, {at.year}",
    "date_long_full": lambda at: f"{at:%B} {at.day}, {at.year}",
    "day_divider": lambda at: f"{at:%A}, {_ordinal(at)}, {at.year}",
    "time": clock,
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}
