"""What came twice is answered once: Teams sends an activity again whose answer was lost."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

_T = TypeVar("_T")
_KEPT = 1_000


class Once(Generic[_T]):
    """Remembers the last answers, by what they answer."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Future[_T]] = OrderedDict()
        self._lock = threading.Lock()

    def do(self, key: str, work: Callable[[], _T]) -> _T:
        """Return what *work* returns; for the same *key* it is called once, also at one moment."""
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                answer = self._answers[key] = Future()
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
        if known is not None:
            return known.result()
        try:
            answer.set_result(work())
        except BaseException as error:
            # It was not answered: when it comes again, it is tried again.
            answer.set_exception(error)
            with self._lock:
                self._answers.pop(key, None)
            raise
        return answer.result()
