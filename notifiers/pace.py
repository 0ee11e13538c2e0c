"""How often each channel is served: as often as its chat product takes messages, and fairly."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ledger.stale import Turn
from notifiers.chat import Pace

_MINUTE = 60.0
#: Of the changes in a minute, how many are kept for what people wait for.
_RESERVED = 15
#: Somebody who waits sees what they did at once, and not at the pace of what nobody waits for.
_AWAITED_APART = 0.5


class Updates:
    """How many messages of one product can still be changed in this minute, in all channels."""

    def __init__(self, pace: Pace, monotonic: Callable[[], float]) -> None:
        self._most = pace.updates
        self._monotonic = monotonic
        self._made: deque[float] = deque()
        self._held_until = 0.0
        self._lock = threading.Lock()

    def allow(self, turn: Turn) -> bool:
        """Say whether a message may be changed now; some room is kept for what is awaited."""
        kept = 0 if turn is Turn.AWAITED else min(_RESERVED, self._most // 3)
        with self._lock:
            now = self._monotonic()
            while self._made and self._made[0] <= now - _MINUTE:
                self._made.popleft()
            return self._held_until <= now and len(self._made) < self._most - kept

    def count(self) -> None:
        with self._lock:
            self._made.append(self._monotonic())

    def hold(self, pause: timedelta) -> None:
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + pause.total_seconds())


@dataclass(slots=True)
class Lane:
    """When a channel takes its next message, in seconds of the monotonic clock.

    What people wait for has a lane of its own. In the other one updates and new messages alternate,
    so that neither starves the other.
    """

    next_at: float = 0.0
    next_awaited_at: float = 0.0
    held_until: float = 0.0
    served_at: float = 0.0
    is_new_first: bool = field(default=False)

    def due(self, now: float) -> bool:
        return self.held_until <= now

    def turns(self, now: float) -> tuple[Turn, ...]:
        """Return what may be asked for now, in order."""
        awaited = (Turn.AWAITED,) if self.next_awaited_at <= now else ()
        if self.next_at > now:
            return awaited
        return (*awaited, *((Turn.NEW, Turn.SHOWN) if self.is_new_first else _SHOWN_FIRST))

    def serve(self, turn: Turn, now: float, apart: timedelta) -> None:
        """Note that a message went out."""
        self.served_at = now
        if turn is Turn.AWAITED:
            self.next_awaited_at = now + _AWAITED_APART
            return
        self.next_at = now + apart.total_seconds()
        self.is_new_first = turn is Turn.SHOWN

    def rest(self, now: float, apart: timedelta) -> None:
        """Note that there was nothing to do."""
        self.next_at = now + apart.total_seconds()

    def hold(self, now: float, pause: timedelta) -> None:
        self.held_until = max(self.held_until, now + pause.total_seconds())

    def next_look(self) -> float:
        return max(self.held_until, self.next_at)


_SHOWN_FIRST = (Turn.SHOWN, Turn.NEW)
