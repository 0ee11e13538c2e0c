"""Clients that take their time: each may for some seconds, and so many of them at once.

Slack and SNS send a whole request at once. Who opens connections and stays silent, or sends a body
in drops, must not keep their requests from being answered.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

#: How long a client may take for its request's headers, and again for the whole body.
_SLOWEST_SECONDS = 10.0
#: How many may take that long at once, with either; and how many may be idle after an answer.
_WAITING_MAX = 150
#: SNS's messages have 256 KiB at most, and an envelope and JSON's escapes; Slack's have less.
_BODY_MAX = 1024 * 1024


class Crowd:
    """Those that are waited for. One too many ends the wait for the oldest.

    What comes at once is gone from here at once, and is never the oldest.
    """

    def __init__(self, most: int = _WAITING_MAX) -> None:
        self._most = most
        self._waiting: OrderedDict[object, Callable[[], object]] = OrderedDict()

    def add(self, one: object, end: Callable[[], object]) -> None:
        """Wait for *one*; *end* is called where others need its room."""
        self._waiting[one] = end
        if len(self._waiting) > self._most:
            _, end_oldest = self._waiting.popitem(last=False)
            end_oldest()

    def discard(self, one: object) -> None:
        self._waiting.pop(one, None)


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that ends a connection whose request does not come: uvicorn waits for ever."""

    def __init__(self, *args: Any, silent: Crowd, idle: Crowd, **named: Any) -> None:
        super().__init__(*args, **named)
        self._silent, self._idle = silent, idle
        self._too_slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self._silent)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        # For the connection's next request: it has had its answer, so it takes no room of others.
        self._wait(self._idle)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self, crowd: Crowd) -> None:
        self._stop_waiting()
        self._too_slow = self.loop.call_later(_SLOWEST_SECONDS, self.transport.close)
        crowd.add(self, self.transport.close)

    def _stop_waiting(self) -> None:
        for crowd in (self._silent, self._idle):
            crowd.discard(self)
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None


class LimitedBody:
    """Ends a request whose body is too long or too slow before anybody has looked who sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._crowd = Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limited = _Body(receive, self._crowd)
        try:
            await self._app(scope, limited.receive, send)
        except ClientDisconnect:
            # Nobody is left to answer, and anybody can go in the middle of a body.
            return
        finally:
            self._crowd.discard(limited)


class _Body:
    """The body of one request: all of it within one span of time."""

    def __init__(self, receive: Receive, crowd: Crowd) -> None:
        self._receive = receive
        self._crowd = crowd
        self._size = 0
        self._is_whole = False
        self._ends_at = asyncio.get_running_loop().time() + _SLOWEST_SECONDS

    async def receive(self) -> Message:
        if self._is_whole:
            # Behind its body a request has only its end to wait for, which may take long.
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._ends_at) as patience:
                self._crowd.add(self, lambda: patience.reschedule(0))
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408) from error
        finally:
            self._crowd.discard(self)
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._size > _BODY_MAX:
            raise HTTPException(413)
        return message
