"""How often a bot may speak in one conversation of Teams.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

#: So many calls in so many seconds, in each conversation.
WINDOWS = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
_LONGEST = max(seconds for _, seconds in WINDOWS)
#: Conversations whose calls are remembered; those that were quiet for an hour are forgotten.
_KEPT = 2_000


class Limiter:
    """Counts the calls of each conversation."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, conversation: str) -> float:
        """Return in how many seconds a call can be made; where that is 0, count it as made."""
        with self._lock:
            now = self._clock()
            calls = self._calls.setdefault(conversation, deque())
            while calls and calls[0] <= now - _LONGEST:
                calls.popleft()
            pause = max((_pause(calls, now, most, within) for most, within in WINDOWS), default=0)
            if pause <= 0:
                calls.append(now)
                self._forget(now)
            return max(pause, 0.0)

    def _forget(self, now: float) -> None:
        if len(self._calls) <= _KEPT:
            return
        quiet = [name for name, calls in self._calls.items() if calls[-1] <= now - _LONGEST]
        for name in quiet or list(self._calls)[: len(self._calls) - _KEPT]:
            del self._calls[name]


def _pause(calls: "deque[float]", now: float, most: int, within: float) -> float:
    if len(calls) < most:
        return 0.0
    return calls[-most] + within - now
