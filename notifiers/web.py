"""The bot's own HTTP server: health, readiness, metrics, and the routes that others hand in."""

import threading
from collections.abc import Callable, Mapping, Sequence

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

#: Names what is out of reach; empty when the bot can do its work.
Readiness = Callable[[], Mapping[str, str]]

_STOP_SECONDS = 5


def application(
    routes: Sequence[BaseRoute], readiness: Readiness, registry: CollectorRegistry
) -> Starlette:
    """Return the ASGI application: *routes*, and what an orchestrator and Prometheus ask for."""

    def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        missing = await run_in_threadpool(readiness)
        return JSONResponse({"out of reach": dict(missing)}, 503 if missing else 200)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    own = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    return Starlette(routes=[*own, *routes])


class WebServer:
    """uvicorn in a thread of its own; started when it answers, stopped when it has ended."""

    def __init__(self, application: Starlette, host: str, port: int) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS + 1)
