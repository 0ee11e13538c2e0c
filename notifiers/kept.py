"""Answers of a chat product about people, kept for as long as they may be old."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any


class Kept:
    """Answers by what was asked; several threads may ask at once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._answers: dict[str, tuple[datetime, Any]] = {}
        self._lock = threading.Lock()

    def remember(self, what: str, oldest: timedelta, ask: Callable[[], Any]) -> Any:
        """Return the answer about *what* that is younger than *oldest*, or *ask* for it."""
        with self._lock:
            kept = self._answers.get(what)
        if kept and self._now() - kept[0] < oldest:
            return kept[1]
        answer = ask()
        self.note(what, answer)
        return answer

    def note(self, what: str, answer: Any) -> None:
        """Keep an *answer* that came with another one."""
        with self._lock:
            self._answers[what] = (self._now(), answer)
