"""Questions whose answer may never come: asked one at a time, and waited for so long."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")


class Patient(Generic[_Answer]):
    """Calls *ask* in a thread of its own; raises TimeoutError where that takes longer.

    A caller that asks while a question is still open waits for that one: however long a
    database hangs, one thread hangs with it.
    """

    def __init__(self, ask: Callable[[], _Answer], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: Future[_Answer] | None = None

    def __call__(self) -> _Answer:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                thread = threading.Thread(target=self._run, args=[self._asked], daemon=True)
                thread.start()
            asked = self._asked
        return asked.result(self._seconds)

    def _run(self, asked: Future[_Answer]) -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 - the caller that waits for the answer raises it
            asked.set_exception(error)
