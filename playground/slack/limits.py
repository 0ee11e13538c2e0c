"""How often an app may call: by method and workspace, and one message a second to a channel."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.slack.errors import RateLimitedError

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most *count* calls in any *period*."""

    count: int
    period: timedelta = _MINUTE


#: https://docs.slack.dev/apis/web-api/rate-limits: "1+", "20+", "50+", "100+" a minute.
TIER_2 = Rate(20)
TIER_3 = Rate(50)
TIER_4 = Rate(100)
#: "Several hundred messages a minute" for a workspace; auth.test allows "hundreds".
HUNDREDS = Rate(600)
#: One message a second, and "short bursts" beyond it are allowed. How short Slack does not say:
#: here three at once, so that an app which answers with two messages is let through.
CHANNEL = Rate(3, timedelta(seconds=3))


class RateLimits:
    """Counts calls; the time is the workspace's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._calls: defaultdict[tuple[str, Rate], deque[datetime]] = defaultdict(deque)

    def take(self, wanted: Iterable[tuple[str, Rate]]) -> None:
        """Count a call against each of *wanted*; raises RateLimitedError and counts none."""
        now = self._clock()
        queues = []
        for key, rate in wanted:
            calls = self._calls[key, rate]
            while calls and calls[0] <= now - rate.period:
                calls.popleft()
            if len(calls) >= rate.count:
                wait = calls[0] + rate.period - now
                raise RateLimitedError(max(1, math.ceil(wait.total_seconds())))
            queues.append(calls)
        for calls in queues:
            calls.append(now)

    def clear(self) -> None:
        self._calls.clear()
