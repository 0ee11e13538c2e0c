"""The time of a local product, which a test can move on."""

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """The time, which a test can move on."""

    def __init__(self, time: Callable[[], datetime]) -> None:
        self._time = time
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._time() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by
