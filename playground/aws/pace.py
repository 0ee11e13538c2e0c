"""How fast the local AWS moves, and what goes wrong in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from playground.aws.records import Place, ResourceKey


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take; *maintenance* is the wait for a database's maintenance window."""

    queue: timedelta = timedelta(seconds=1)
    step: timedelta = timedelta(seconds=2)
    evaluation: timedelta = timedelta(seconds=4)
    maintenance: timedelta = timedelta(minutes=3)


#: Every tick moves everything one step: for tests.
AT_ONCE = Pace(timedelta(), timedelta(), timedelta(), timedelta(days=1))


class Stamps:
    """Times that are never the same twice, so that results can be ordered by them.

    ``clock`` is the time itself, for what is due: stamps run ahead of a clock that stands still.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._last: datetime | None = None

    def __call__(self) -> datetime:
        now = self.clock()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._last is not None and now <= self._last:
            now = self._last + timedelta(milliseconds=1)
        self._last = now
        return now


@dataclass(slots=True)
class Refusal:
    code: str
    message: str
    left: int


@dataclass(frozen=True, slots=True)
class StepFailure:
    """Makes step *step* (from 1) of one execution fail; None matches any resource."""

    step: int
    message: str
    resource_id: str | None


@dataclass(slots=True)
class Odd:
    """The next *left* answers of an operation come another way, though it is done as always."""

    way: str
    seconds: float
    left: int


class Faults:
    """What goes wrong next, set by a test or by a person who runs the demo."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more, and what the recorder missed is seen at the next tick."""
        with self._lock:
            self._refusals: dict[str, Refusal] = {}
            self._odd: dict[str, Odd] = {}
            self._compliant: list[str | None] = []
            self._left_out: frozenset[str] = frozenset()
            self._failures: list[StepFailure] = []
            self._misses = 0
            self._missed: set[tuple[Place, ResourceKey]] = set()

    def refuse(self, operation: str, code: str, message: str = "", times: int = 1) -> None:
        """The next *times* calls of a Config *operation* (``StartRemediationExecution``) fail."""
        with self._lock:
            self._refusals[operation] = Refusal(code, message or f"{operation} refused", times)

    def throttle(self, operation: str, times: int = 1) -> None:
        self.refuse(operation, "ThrottlingException", "Rate exceeded", times)

    def deny(self, operation: str, message: str = "", times: int = 1) -> None:
        self.refuse(operation, "InsufficientPermissionsException", message, times)

    def lose_answer(self, operation: str, times: int = 1) -> None:
        """The next *times* calls are taken and done, and the connection ends without an answer."""
        self._answer_oddly(operation, "lost", 0, times)

    def delay_answer(self, operation: str, by: timedelta, times: int = 1) -> None:
        """The next *times* calls are done at once and answered later."""
        self._answer_oddly(operation, "late", by.total_seconds(), times)

    def answer_html(self, operation: str, times: int = 1) -> None:
        """The next *times* calls never reach AWS: a proxy answers 200 with a page of its own."""
        self._answer_oddly(operation, "html", 0, times)

    def _answer_oddly(self, operation: str, way: str, seconds: float, times: int) -> None:
        with self._lock:
            self._odd[operation] = Odd(way, seconds, times)

    def already_compliant(self, resource_id: str | None = None, times: int = 1) -> None:
        """The next *times* starts (of *resource_id*) fail as if it were compliant already."""
        with self._lock:
            self._compliant += [resource_id] * times

    def leave_out(self, *members: str) -> None:
        """Statuses of executions come without these, as AWS may leave them: ``StepDetails``."""
        with self._lock:
            self._left_out = frozenset(members)

    def fail_execution(self, step: int, message: str, resource_id: str | None = None) -> None:
        """The next execution (of *resource_id*) fails at *step*, counted from 1."""
        with self._lock:
            self._failures.append(StepFailure(step, message, resource_id))

    def miss_evaluation(self, times: int = 1) -> None:
        """The recorder does not see what the next *times* executions to start will change."""
        with self._lock:
            self._misses += times

    def refusal_of(self, operation: str) -> Refusal | None:
        with self._lock:
            refusal = self._refusals.get(operation)
            if refusal is None or refusal.left <= 0:
                return None
            refusal.left -= 1
            return refusal

    def oddity_of(self, operation: str) -> Odd | None:
        with self._lock:
            odd = self._odd.get(operation)
            if odd is None or odd.left <= 0:
                return None
            odd.left -= 1
            return odd

    def is_said_compliant(self, resource_id: str) -> bool:
        with self._lock:
            for wanted in (resource_id, None):
                if wanted in self._compliant:
                    self._compliant.remove(wanted)
                    return True
        return False

    def without_left_out(self, status: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return {name: value for name, value in status.items() if name not in self._left_out}

    def failure_of(self, resource_id: str) -> StepFailure | None:
        with self._lock:
            for failure in self._failures:
                if failure.resource_id in (None, resource_id):
                    self._failures.remove(failure)
                    return failure
        return None

    def execution_started(self, place: Place, key: ResourceKey) -> None:
        with self._lock:
            if self._misses:
                self._misses -= 1
                self._missed.add((place, key))

    def is_missed(self, place: Place, key: ResourceKey) -> bool:
        with self._lock:
            return (place, key) in self._missed
