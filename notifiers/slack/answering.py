"""The threads in which people's requests are answered, one each."""

import atexit
import threading
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

#: How long the process waits at its end for what people were told is being done.
_LAST_SECONDS = 10.0

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Answering(Executor):
    """Works on each request at once, however many others wait for Slack or for AWS.

    Bolt acknowledges a request in the thread that answers it. With a number of threads, as many
    slow answers keep the next press from being acknowledged within its three seconds. Slack signs
    what comes here, so that nobody else can make it many. The end of the process waits for those
    that are being worked on, but not for all the pauses that Slack may ask for.
    """

    def __init__(self) -> None:
        self._running: set[Future[Any]] = set()
        atexit.register(self._wait, _LAST_SECONDS)

    def submit(
        self,
        fn: Callable[Parameters, Result],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Future[Result]:
        future: Future[Result] = Future()
        self._running.add(future)
        future.add_done_callback(self._running.discard)

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)
                raise

        threading.Thread(target=work, name="slack", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is being worked on, where *wait* says so; nothing is cancelled."""
        if wait:
            self._wait(None)

    def _wait(self, seconds: float | None) -> None:
        futures.wait(tuple(self._running), seconds)
