"""Faults that a test asks for: refused, broken and slow calls of the Web API."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase


@dataclass(slots=True)
class Fault:
    """What befalls calls of *method*, a name or a pattern (``chat.*``).

    *status* answers with that HTTP status, *error* with ``ok: false``; *latency* goes before.
    *share* of the calls are hit, spread evenly: half means every second. *after* lets the call be
    done first, so that only its answer is lost. *retry_after* is in seconds, for 429. *times* ends
    the fault after so many hits; 0 is for ever. *late* goes after the call is done and before its
    answer; *lost* ends the connection instead of answering.
    """

    method: str = "*"
    status: int = 200
    error: str = ""
    latency: timedelta = timedelta()
    share: float = 1.0
    after: bool = False
    late: timedelta = timedelta()
    lost: bool = False
    retry_after: int = 1
    times: int = 0
    _calls: int = field(default=0, init=False)
    _hits: int = field(default=0, init=False)

    def strikes(self, method: str) -> bool:
        """Say whether this call is hit, and count it."""
        if not fnmatchcase(method, self.method) or (self.times and self._hits >= self.times):
            return False
        self._calls += 1
        if int(self._calls * self.share) <= self._hits:
            return False
        self._hits += 1
        return True


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def set(self, faults: Iterable[Fault]) -> None:
        self._faults = list(faults)

    def strike(self, method: str) -> Fault | None:
        """Return the first fault that hits this call."""
        return next((fault for fault in self._faults if fault.strikes(method)), None)
