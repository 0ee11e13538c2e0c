"""The bot's own HTTP server: health, readiness, metrics, and the routes that others hand in."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic
from types import MappingProxyType

import uvicorn
from anyio import CapacityLimiter, to_thread
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from compliance.mendable import MendableError
from notifiers.crowd import Crowd, LimitedBody, PatientProtocol
from notifiers.patience import Patient

log = logging.getLogger(__name__)

#: What the bot needs, by name, and what says why it is out of reach; empty when it is not.
Reach = Mapping[str, Callable[[], str]]

_STOP_SECONDS = 5
_TICK_SECONDS = 1.0
#: More connections than this are answered 503, so that files are left for the rest of the bot.
_CONNECTIONS_MAX = 800
_HEADERS_MAX = 32 * 1024
#: What is asked every few seconds, by several orchestrators, is asked of Slack and AWS once.
_READY_SECONDS = 5.0
#: What has not answered by then is out of reach.
_PATIENCE_SECONDS = 3.0
#: Threads for what orchestrators and Prometheus ask.
_OWN_THREADS = 4


def application(
    routes: Sequence[BaseRoute],
    reach: Reach,
    registry: CollectorRegistry,
    spared: Reach = MappingProxyType({}),
) -> Starlette:
    """Return the ASGI application: *routes*, and what an orchestrator and Prometheus ask for.

    Without what is in *reach* the bot is not ready. What it can be *spared* for a while is named
    as well: an orchestrator that took the bot away for it would keep people from deciding.
    """

    readiness = _Readiness({**reach, **spared})
    # However many presses wait for a database, these are answered.
    own_threads = CapacityLimiter(_OWN_THREADS)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        missing = await to_thread.run_sync(readiness.missing, limiter=own_threads)
        is_ready = not missing.keys() & reach.keys()
        return JSONResponse({"out of reach": missing}, 200 if is_ready else 503)

    async def metrics(_request: Request) -> Response:
        told = await to_thread.run_sync(generate_latest, registry, limiter=own_threads)
        return Response(told, media_type=CONTENT_TYPE_LATEST)

    own = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    return Starlette(routes=[*own, *routes], middleware=[Middleware(LimitedBody)])


class _Readiness:
    """What is out of reach, asked anew when the last answer is some seconds old."""

    def __init__(self, reach: Reach) -> None:
        self._reach = {name: Patient(ask, _PATIENCE_SECONDS) for name, ask in reach.items()}
        self._asked_at = float("-inf")
        self._missing: Mapping[str, str] = {}
        self._lock = threading.Lock()

    def missing(self) -> Mapping[str, str]:
        with self._lock:
            if monotonic() - self._asked_at > _READY_SECONDS:
                missing = {name: why for name in self._reach if (why := self._problem(name))}
                self._tell(missing)
                self._missing, self._asked_at = missing, monotonic()
            return self._missing

    def _problem(self, name: str) -> str:
        try:
            return self._reach[name]()
        except TimeoutError:
            return f"no answer within {_PATIENCE_SECONDS:.0f} seconds"

    def _tell(self, missing: Mapping[str, str]) -> None:
        for name, why in missing.items():
            if name not in self._missing:
                log.warning("out of reach", extra={"part": name, "why": why})
        for name in self._missing.keys() - missing.keys():
            log.info("in reach again", extra={"part": name})


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
            http=partial(PatientProtocol, silent=Crowd(), idle=Crowd()),  # type: ignore[arg-type]
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
        # A connection from here on is answered as soon as the thread is up.
        listener.listen()
    except (OSError, UnicodeError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        raise PortInUseError(host, port, why) from error
    return listener
