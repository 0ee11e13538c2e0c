"""How often each channel is served: as often as its chat product takes messages, and fairly."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ledger.stale import Turn
from notifiers.chat import Pace

_MINUTE = 60.0
#: Of the changes in a minute, how many are kept for what people wait for.
_RESERVED = 30
#: Somebody who waits sees what they did at once, and not at the pace of what nobody waits for.
_AWAITED_APART = 0.5
#: How long a channel waits for room in the minute's changes.
_PUT_OFF = 5.0
#: How long it is left alone where nothing could be shown, the first time, the second …
_RESTS = (0.1, 0.2, 0.4, 1.0)


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
        kept = 0 if turn is Turn.AWAITED else min(_RESERVED, self._most * 3 // 5)
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
    is_new_first: bool = False
    rests: int = 0

    def due(self, now: float, *, is_awaited: bool) -> bool:
        """Say whether there may be something to show; *is_awaited* where somebody waits for it."""
        next_at = min(self.next_at, self.next_awaited_at) if is_awaited else self.next_at
        return max(self.held_until, next_at) <= now

    def turns(self, now: float) -> tuple[Turn, ...]:
        """Return what may be asked for now, in order."""
        awaited = (Turn.AWAITED,) if self.next_awaited_at <= now else ()
        if self.next_at > now:
            return awaited
        return (*awaited, *((Turn.NEW, Turn.SHOWN) if self.is_new_first else _SHOWN_FIRST))

    def serve(self, turn: Turn, now: float, apart: timedelta) -> None:
        """Note that a message went out."""
        self.served_at, self.rests = now, 0
        if turn is Turn.AWAITED:
            self.next_awaited_at = now + _AWAITED_APART
            return
        self.next_at = now + apart.total_seconds()
        self.is_new_first = turn is Turn.SHOWN

    def rest(self, now: float) -> None:
        """Note that nothing could be shown: it is looked at again soon, and then less often.

        A new finding waits for its name, which AWS usually gives within a moment. A lane that waits
        for its next message keeps its time, however often it is looked at meanwhile.
        """
        if self.next_at <= now:
            self.next_at = now + self._rest()
            self.rests += 1

    def put_off(self, now: float) -> None:
        """Note that its next message has to wait for room; what people wait for does not."""
        self.next_at = now + _PUT_OFF

    def hold(self, now: float, pause: timedelta) -> None:
        self.held_until = max(self.held_until, now + pause.total_seconds())

    def next_look(self, now: float, *, is_awaited: bool) -> float:
        """Return when to look again, also where it turns out that nothing can be shown now."""
        next_at = self.next_at if self.next_at > now else now + self._rest()
        if is_awaited and self.next_awaited_at > now:
            next_at = min(next_at, self.next_awaited_at)
        return max(self.held_until, next_at)

    def _rest(self) -> float:
        return _RESTS[min(self.rests, len(_RESTS) - 1)]


_SHOWN_FIRST = (Turn.SHOWN, Turn.NEW)
