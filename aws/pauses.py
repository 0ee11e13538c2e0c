"""Leaving an account alone for longer and longer while AWS cannot be asked there."""

from datetime import datetime, timedelta

_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)


class Pauses:
    """How long each account and Region is left alone after AWS could not be asked there.

    *retries* counts the pauses.
    """

    def __init__(self) -> None:
        self.retries = 0
        self._until: dict[tuple[str, str], tuple[datetime, timedelta]] = {}

    def is_over(self, place: tuple[str, str], now: datetime) -> bool:
        return place not in self._until or self._until[place][0] <= now

    def lengthen(self, place: tuple[str, str], now: datetime) -> timedelta:
        """Return the pause that begins *now*: twice the one before."""
        self.retries += 1
        _, before = self._until.get(place, (now, _SHORTEST_PAUSE / 2))
        pause = min(before * 2, _LONGEST_PAUSE)
        self._until[place] = now + pause, pause
        return pause

    def end(self, place: tuple[str, str]) -> None:
        self._until.pop(place, None)
