"""How often something may be done: the bot may speak in a conversation, a stranger be noted."""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

#: So many times in so many seconds.
Windows = tuple[tuple[int, float], ...]
#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: in a conversation.
OF_TEAMS: Windows = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
#: Names whose calls are remembered; those that were quiet for the longest window are forgotten.
_KEPT = 2_000


class Limiter:
    """Counts the calls of each name: of a conversation, of a person."""

    def __init__(self, windows: Windows = OF_TEAMS, clock: Callable[[], float] = monotonic) -> None:
        self._windows = windows
        self._longest = max(seconds for _, seconds in windows)
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Return in how many seconds a call can be made; where that is 0, count it as made."""
        with self._lock:
            now = self._clock()
            calls = self._calls.setdefault(name, deque())
            while calls and calls[0] <= now - self._longest:
                calls.popleft()
            pause = max((_pause(calls, now, most, within) for most, within in self._windows))
            if pause <= 0:
                calls.append(now)
                self._forget(now)
            return max(pause, 0.0)

    def _forget(self, now: float) -> None:
        if len(self._calls) <= _KEPT:
            return
        quiet = [name for name, calls in self._calls.items() if calls[-1] <= now - self._longest]
        for name in quiet or list(self._calls)[: len(self._calls) - _KEPT]:
            del self._calls[name]


def _pause(calls: "deque[float]", now: float, most: int, within: float) -> float:
    if len(calls) < most:
        return 0.0
    return calls[-most] + within - now
