"""Work in many accounts and Regions at once: one task a place, so that none waits for another."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.errors import LedgerUnavailableError

log = logging.getLogger(__name__)

#: A task that takes longer waits for an AWS that does not answer; it makes room for another one.
_SLOW_SECONDS = 5.0
#: Of those there are at most so many times as many as tasks at once.
_SLOW_MAX = 8


class Place(NamedTuple):
    """An account and a Region of it."""

    account: str
    region: str


#: What is done in one place. What it returns is done there after all that waits by then.
Work = Callable[[], "Work | None"]


@dataclass(slots=True)
class _State:
    """What waits, and since when each task runs."""

    waiting: deque[tuple[Place, Work]] = field(default_factory=deque)
    running: dict[Place, float] = field(default_factory=dict)
    threads: int = 0


class Tasks:
    """At most *workers* tasks at once, never two in the same place.

    A task that does not end holds up its own place alone: slow ones do not count. ``run`` waits
    *patience_seconds* for what it began, None for as long as that takes. The threads are daemons: a
    process that ends waits for no answer of AWS, and what was left undone is still due.
    """

    def __init__(
        self,
        workers: int,
        patience_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._state = _State()
        self._changed = threading.Condition()

    def run(self, works: Mapping[Place, Work]) -> None:
        """Begin *works* and wait for them, as long as patience lasts; they go on after that."""
        self.start(works)
        self.wait(self._patience_seconds)

    def start(self, works: Mapping[Place, Work]) -> None:
        """Begin *works*, except in places where the one before has not ended."""
        with self._changed:
            taken = {*self._state.running, *(place for place, _ in self._state.waiting)}
            for place, work in works.items():
                if place not in taken:
                    self._state.waiting.append((place, work))
            self._hire()

    def busy(self) -> frozenset[Place]:
        """Return the places where a task runs or waits to run."""
        with self._changed:
            return frozenset((*self._state.running, *(place for place, _ in self._state.waiting)))

    def wait(self, seconds: float | None = None, places: Iterable[Place] | None = None) -> bool:
        """Wait until all tasks have ended, or those in *places*; False when *seconds* were over."""
        ends_at = None if seconds is None else self._clock() + seconds
        wanted = None if places is None else set(places)
        with self._changed:
            while self._unfinished(wanted):
                left = _SLOW_SECONDS / 5 if ends_at is None else ends_at - self._clock()
                if left <= 0:
                    return False
                self._changed.wait(min(left, _SLOW_SECONDS / 5))
                # Time alone makes a task slow, which makes room for another one.
                self._hire()
        return True

    def _unfinished(self, wanted: set[Place] | None) -> bool:
        state = self._state
        if wanted is None:
            return bool(state.running or state.waiting)
        return any(place in wanted for place in state.running) or any(
            place in wanted for place, _ in state.waiting
        )

    def _hire(self) -> None:
        """Let as many threads work as there is work and room for."""
        state = self._state
        room = self._threads_max() - state.threads
        for _ in range(min(room, len(state.waiting))):
            state.threads += 1
            threading.Thread(target=self._work, name="aws-task", daemon=True).start()

    def _threads_max(self) -> int:
        now = self._clock()
        slow = sum(now - since > _SLOW_SECONDS for since in self._state.running.values())
        return self._workers + min(slow, self._workers * _SLOW_MAX)

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            place, work = taken
            following = None
            try:
                following = work()
            except LedgerUnavailableError as error:
                where = {"account": place[0], "region": place[1]}
                log.warning("a task waits for the ledger", extra={**where, "why": str(error)})
            except Exception:
                # One odd account must not end what is done in all the others.
                log.exception("a task failed", extra={"account": place[0], "region": place[1]})
            finally:
                self._end(place, following)

    def _take(self) -> tuple[Place, Work] | None:
        with self._changed:
            if not self._state.waiting or self._state.threads > self._threads_max():
                self._state.threads -= 1
                return None
            place, work = self._state.waiting.popleft()
            self._state.running[place] = self._clock()
            return place, work

    def _end(self, place: Place, following: Work | None) -> None:
        with self._changed:
            del self._state.running[place]
            if following:
                self._state.waiting.append((place, following))
            self._changed.notify_all()
