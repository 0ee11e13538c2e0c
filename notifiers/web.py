"""The bot's own HTTP server: health, readiness, metrics, and the routes that others hand in."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import monotonic

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from compliance.mendable import MendableError

#: What the bot needs, by name, and what says why it is out of reach; empty when it is not.
Reach = Mapping[str, Callable[[], str]]

_STOP_SECONDS = 5
_TICK_SECONDS = 1.0
#: How long a client may take for its request's headers, and again for the body. Slack and SNS
#: send both at once.
_SLOWEST_SECONDS = 10
#: More connections than this are answered 503, so that files are left for the rest of the bot.
_CONNECTIONS_MAX = 500
_HEADERS_MAX = 32 * 1024
#: What is asked every few seconds, by several orchestrators, is asked of Slack and AWS once.
_READY_SECONDS = 5.0
#: SNS's messages have 256 KiB at most, and an envelope and JSON's escapes; Slack's have less.
_BODY_MAX = 1024 * 1024


def application(
    routes: Sequence[BaseRoute], reach: Reach, registry: CollectorRegistry
) -> Starlette:
    """Return the ASGI application: *routes*, and what an orchestrator and Prometheus ask for."""

    def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    readiness = _Readiness(reach)

    async def readyz(_request: Request) -> Response:
        missing = await readiness.missing()
        return JSONResponse({"out of reach": missing}, 503 if missing else 200)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    own = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    return Starlette(routes=[*own, *routes], middleware=[Middleware(_LimitedBody)])


class _Readiness:
    """What is out of reach, asked anew when the last answer is some seconds old."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._asked_at = float("-inf")
        self._missing: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def missing(self) -> Mapping[str, str]:
        async with self._lock:
            if monotonic() - self._asked_at > _READY_SECONDS:
                self._missing = await run_in_threadpool(self._ask)
                self._asked_at = monotonic()
            return self._missing

    def _ask(self) -> dict[str, str]:
        answers = {name: problem() for name, problem in self._reach.items()}
        return {name: answer for name, answer in answers.items() if answer}


class _LimitedBody:
    """Ends a request whose body is too long or too slow before anybody has looked who sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size, is_whole = 0, False

        async def limited() -> Message:
            nonlocal size, is_whole
            # Behind its body a request has only its end to wait for, which may take long.
            patience = None if is_whole else _SLOWEST_SECONDS
            try:
                message = await asyncio.wait_for(receive(), patience)
            except TimeoutError as error:
                raise HTTPException(408) from error
            size += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if size > _BODY_MAX:
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)


class _PatientProtocol(H11Protocol):
    """HTTP/1.1 that ends a connection whose request does not come: uvicorn waits for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._too_slow = self.loop.call_later(_SLOWEST_SECONDS, transport.close)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None:
            # From here on uvicorn's own limit for idle connections holds.
            self._too_slow.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self._too_slow.cancel()
        super().connection_lost(exc)


class PortInUseError(MendableError):
    """The bot's own port cannot be listened on."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {why}. Choose another address with HTTP_HOST, or "
            "another port with HTTP_PORT."
        )


class _Server(uvicorn.Server):
    """Looks around once a second. uvicorn does so ten times: half of an idle bot's cost."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        # Tick 0 is one in which uvicorn renews the date that it sends with each answer.
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _TICK_SECONDS)

    def end(self) -> None:
        """End soon; may be called from any thread."""
        self.should_exit = True
        # Without a loop it has not begun, and ends with its first look.
        with suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._ended.set)


@contextmanager
def serving(application: Starlette, host: str, port: int) -> Iterator[None]:
    """Serve *application* in a thread; raises PortInUseError where the port is not to be had."""
    listener = _listen(host, port)
    server = _Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            http=_PatientProtocol,
            h11_max_incomplete_event_size=_HEADERS_MAX,
            limit_concurrency=_CONNECTIONS_MAX,
            lifespan="off",
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.end()
        thread.join(_STOP_SECONDS + 1)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Whoever connects from here on is answered as soon as the thread is up.
        listener.listen()
    except (OSError, UnicodeError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        raise PortInUseError(host, port, why) from error
    return listener
