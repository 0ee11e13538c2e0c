"""Starts and stops the local Slack: one server on 127.0.0.1, in a thread of its own."""

import asyncio
import concurrent.futures
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from playground.clock import Clock
from playground.guard import Guard
from playground.listening import HOST, listen
from playground.slack import manifest as manifests
from playground.slack import page
from playground.slack import seed as seeds
from playground.slack.control import Control
from playground.slack.delivery import Delivery, Pace
from playground.slack.faults import Faults
from playground.slack.hooks import Hooks
from playground.slack.installation import Installation
from playground.slack.manifest import Credentials, Manifest
from playground.slack.people import People
from playground.slack.sockets import Sockets
from playground.slack.tour import Tour
from playground.slack.webapi import WebApi
from playground.slack.workspace import Workspace

PORT = 8765
T = TypeVar("T")


class LocalSlack:
    """A running workspace with one app installed; made by ``start``, ended by ``stop``."""

    def __init__(self, slack: Installation, app_url: str, pace: Pace) -> None:
        self.slack = slack
        #: What to try, for the page.
        self.tour = Tour()
        #: The page of a local Teams, where there is one.
        self.teams_url = ""
        self.faults = Faults()
        self.sockets = Sockets(slack.app.app_id)
        self._delivery = Delivery(slack, self.sockets, pace, app_url)
        self.acting = People(slack, self._delivery)
        slack.tell = self._delivery.tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The page's address, without a slash at its end."""
        return self.slack.url

    @property
    def workspace(self) -> Workspace:
        """What is there. Change it in the server's own thread only: ``do``."""
        return self.slack.workspace

    @property
    def app(self) -> Manifest:
        return self.slack.manifest

    @property
    def credentials(self) -> Credentials:
        return self.slack.app

    @property
    def connection(self) -> str:
        """How the app is connected, empty while it is not; over HTTP nobody can know."""
        if not self.slack.uses_sockets:
            return "HTTP"
        return "Socket Mode" if len(self.sockets) else ""

    def environment(self) -> dict[str, str]:
        """Return what an app needs to be the one that is installed here."""
        mode = (
            {"SLACK_APP_TOKEN": self.credentials.app_token}
            if self.slack.uses_sockets
            else {"SLACK_SIGNING_SECRET": self.credentials.signing_secret}
        )
        return {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": self.credentials.bot_token,
            **mode,
        }

    def start_over(self) -> None:
        """Be as at the start, without faults; in the server's own thread only."""
        self.faults.set([])
        self.tour.start()
        self.slack.reset()

    def reset(self) -> None:
        """Be as at the start, without faults."""

        async def reset() -> None:
            self.start_over()

        self.do(reset())

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        """Run *act* in the server's loop and return its result: ``do(acting.say(…))``."""
        assert self._loop is not None  # noqa: S101 - set before start returns
        return asyncio.run_coroutine_threadsafe(act, self._loop).result()

    def wait_for(self, found: Callable[[], T], seconds: float = 10) -> T:
        """Return what *found* returns as soon as it is true; it is asked at every change.

        Raises TimeoutError.
        """
        return self.do(self._wait_for(found, seconds))

    async def _wait_for(self, found: Callable[[], T], seconds: float) -> T:
        async with asyncio.timeout(seconds), aclosing(self.workspace.subscribe()) as topics:
            if result := found():
                return result
            async for _ in topics:
                if result := found():
                    return result
        raise TimeoutError

    def stop(self) -> None:
        """End the server and its thread; may be called again."""
        if self._thread is None or self._server is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._thread = None

    def _end(self) -> None:
        self.workspace.close()
        self._delivery.cancel()
        assert self._server is not None  # noqa: S101 - set before the loop runs
        self._server.should_exit = True

    def serve(self, listener: socket.socket) -> None:
        """Serve in a new thread; return when requests are answered."""
        config = uvicorn.Config(
            Starlette(routes=self._routes(), middleware=[Middleware(Guard)], lifespan=self._life),
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._ready = ready
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="local-slack", daemon=True
        )
        self._thread.start()
        ready.result()

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        yield

    def _routes(self) -> list[BaseRoute]:
        async def link(websocket: WebSocket) -> None:
            if self.slack.tickets.connect(websocket.query_params.get("ticket", "")):
                await self.sockets.serve(websocket)
            else:
                await websocket.close(1008)

        async def archive(request: Any) -> RedirectResponse:
            """Follow a permalink to the page's channel."""
            channel, ts = request.path_params["channel"], request.path_params["ts"]
            return RedirectResponse(f"/?channel={channel}#{ts}")

        control = Control(self.slack, self.faults, self.sockets, self.acting)
        return [
            WebApi(self.slack, self.faults).route(),
            WebSocketRoute("/link/", link),
            *Hooks(self.slack).routes(),
            *control.routes(),
            Route("/archives/{channel}/{ts}", archive),
            *page.routes(self),
        ]


def start(
    manifest: Path,
    *,
    seed: Path = seeds.SEED,
    port: int = PORT,
    app_url: str = "",
    strict: bool = True,
    time: Callable[[], datetime] | None = None,
    pace: Pace | None = None,
) -> LocalSlack:
    """Start a workspace that has the app of *manifest* installed.

    With *app_url* payloads go there by HTTP, whatever the manifest says; so they go to the
    manifest's own request URLs where it turns Socket Mode off. *port* 0 is any that is free.
    Without *strict* there are no rate limits. Raises ManifestError, SeedError,
    PortTakenError.
    """
    app = manifests.read(manifest)
    clock = Clock(time or (lambda: datetime.now(UTC)))
    slack = seeds.installation(seed, app, clock)
    listener = listen(port)
    slack.url = f"http://{HOST}:{listener.getsockname()[1]}"
    slack.is_strict = strict
    slack.uses_sockets = app.socket_mode and not app_url
    local = LocalSlack(slack, app_url, pace or Pace())
    local.serve(listener)
    return local
