"""How fast the local AWS moves, and what goes wrong in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

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


class Faults:
    """What goes wrong next, set by a test or by whoever runs the demo."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more, and what the recorder missed is seen at the next tick."""
        with self._lock:
            self._refusals: dict[str, Refusal] = {}
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
