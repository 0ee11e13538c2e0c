"""Teams' own limits, in each conversation.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

from collections import deque
from collections.abc import Callable

_WINDOWS = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))


class Throttle:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def wait(self, conversation: str) -> float:
        """Return in how many seconds a call is taken, 0 where this one is."""
        now = self._clock()
        calls = self._calls.setdefault(conversation, deque(maxlen=_WINDOWS[-1][0]))
        for most, within in _WINDOWS:
            if len(calls) >= most and calls[-most] > now - within:
                return calls[-most] + within - now
        calls.append(now)
        return 0.0
