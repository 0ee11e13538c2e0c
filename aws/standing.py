"""How it stands with one queue, as its workers find it."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.errors import LedgerUnavailableError


class Standing:
    """What each worker of a queue met last: what one can do says nothing of another.

    *retries* counts the batches that stayed in the queue.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.retries = 0
        self._lock = threading.Lock()
        self._problems: dict[int, str] = {}
        self._oldest: dict[int, float] = {}

    @property
    def problem(self) -> str:
        """Say why the queue cannot be read, empty when every worker can."""
        with self._lock:
            return next(iter(self._problems.values()), "")

    def waiting_seconds(self, now: float) -> float:
        """Return the age of the oldest message that was received and is not done with.

        *now* counts from 1970. Nothing is asked of SQS.
        """
        with self._lock:
            return max((now - sent for sent in self._oldest.values()), default=0.0)

    def hold(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Note what this worker received."""
        sent = [_sent(message) for message in messages]
        oldest = min((each for each in sent if each is not None), default=None)
        with self._lock:
            self._problems.pop(threading.get_ident(), None)
            if oldest is None:
                self._oldest.pop(threading.get_ident(), None)
            else:
                self._oldest[threading.get_ident()] = oldest

    def reached(self) -> None:
        """Note that this worker is done with what it received."""
        with self._lock:
            self._oldest.pop(threading.get_ident(), None)

    def failed(self, error: Exception) -> None:
        """Note that what this worker received stays in the queue, and whether it is its fault."""
        with self._lock:
            self.retries += 1
            if not isinstance(error, LedgerUnavailableError):
                self._problems[threading.get_ident()] = f"{self.url}: {type(error).__name__}"


def _sent(message: Mapping[str, Any]) -> float | None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html"""
    told = str((message.get("Attributes") or {}).get("SentTimestamp") or "")
    return int(told) / 1000 if told.isascii() and told.isdecimal() else None
