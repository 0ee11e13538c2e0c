"""The bot's own HTTP server: health, readiness, metrics, and the routes that others hand in."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

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

from compliance.mendable import MendableError

#: What the bot needs, by name, and what says why it is out of reach; empty when it is not.
Reach = Mapping[str, Callable[[], str]]

_STOP_SECONDS = 5
#: SNS's messages have 256 KiB at most, and an envelope and JSON's escapes; Slack's have less.
_BODY_MAX = 1024 * 1024


def application(
    routes: Sequence[BaseRoute], reach: Reach, registry: CollectorRegistry
) -> Starlette:
    """Return the ASGI application: *routes*, and what an orchestrator and Prometheus ask for."""

    def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        asked = {name: await run_in_threadpool(problem) for name, problem in reach.items()}
        missing = {name: problem for name, problem in asked.items() if problem}
        return JSONResponse({"out of reach": missing}, 503 if missing else 200)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    own = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    return Starlette(routes=[*own, *routes], middleware=[Middleware(_LimitedBody)])


class _LimitedBody:
    """Ends a request whose body is too long before anybody has looked who sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > _BODY_MAX:
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)


class PortInUseError(MendableError):
    """The bot's own port cannot be listened on."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {why}. Choose another port with HTTP_PORT."
        )


@contextmanager
def serving(application: Starlette, host: str, port: int) -> Iterator[None]:
    """Serve *application* in a thread; raises PortInUseError where the port is not to be had."""
    listener = _listen(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
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
    except OSError as error:
        listener.close()
        raise PortInUseError(host, port, error.strerror or str(error)) from error
    return listener
