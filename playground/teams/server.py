"""Starts and stops the local Teams: one server on 127.0.0.1, in a thread of its own."""

import asyncio
import concurrent.futures
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground import seeds
from playground.clock import Clock
from playground.guard import Guard
from playground.listening import HOST, listen
from playground.teams import page
from playground.teams.connector import Connector
from playground.teams.control import Control
from playground.teams.faults import Faults
from playground.teams.files import OneDrive
from playground.teams.graph import Graph
from playground.teams.identity import Identity
from playground.teams.people import People
from playground.teams.tenant import SEED, Tenant

PORT = 8767
T = TypeVar("T")


class LocalTeams:
    """A running tenant with one app installed; made by ``start``, ended by ``stop``."""

    def __init__(self, tenant: Tenant, url: str, app_url: str, *, is_strict: bool) -> None:
        self.tenant = tenant
        self.url = url
        #: One line on what to try, and the address of another page like this one.
        self.hint, self.slack_url = "", ""
        self.faults = Faults()
        self.identity = Identity(tenant)
        self.people = People(tenant, self.identity, url, app_url, is_strict=is_strict)
        self._is_strict = is_strict
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._installing: asyncio.Task[None] | None = None

    def environment(self) -> dict[str, str]:
        """Return what the bot needs to be the app that is installed here."""
        return {
            "TEAMS_API_URL": self.url,
            "TEAMS_CLIENT_ID": self.tenant.app.id,
            "TEAMS_CLIENT_SECRET": self.tenant.app.secret,
            "TEAMS_TENANT_ID": self.tenant.id,
        }

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        """Run *act* in the server's loop and return its result: ``do(people.say(…))``."""
        assert self._loop is not None  # noqa: S101 - set before start returns
        return asyncio.run_coroutine_threadsafe(act, self._loop).result()

    def stop(self) -> None:
        """End the server and its thread; may be called again."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._thread = None

    def _end(self) -> None:
        self.tenant.close()
        if self._installing is not None:
            self._installing.cancel()
        assert self._server is not None  # noqa: S101 - set before the loop runs
        self._server.should_exit = True

    def serve(self, listener: socket.socket) -> None:
        """Serve in a new thread; return when requests are answered."""
        application = Starlette(
            routes=self._routes(), middleware=[Middleware(Guard)], lifespan=self._life
        )
        config = uvicorn.Config(
            application, log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="local-teams", daemon=True
        )
        self._thread.start()
        self._ready.result()

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._installing = self._loop.create_task(self.people.install())
        self._ready.set_result(None)
        yield

    def _routes(self) -> list[BaseRoute]:
        async def metadata(_: Request) -> JSONResponse:
            return JSONResponse(self.identity.metadata(self.url))

        async def keys(_: Request) -> JSONResponse:
            return JSONResponse(self.identity.keys())

        async def token(request: Request) -> JSONResponse:
            form = {name: str(value) for name, value in (await request.form()).items()}
            status, answer = self.identity.give(request.path_params["tenant"], form)
            return JSONResponse(answer, status)

        async def sign(request: Request) -> Response:
            """Hand on what a tool without tokens sends, signed as Teams signs it."""
            try:
                activity = json.loads(await request.body())
                service_url = str(activity["serviceUrl"])
            except (ValueError, KeyError, TypeError):
                return JSONResponse({"error": "expected an activity with a serviceUrl"}, 400)
            token = f"Bearer {self.identity.sign(service_url)}"
            status, said = await asyncio.to_thread(self.people.deliver, activity, token)
            self.tenant.log("to the app", "signed", status, activity, said)
            return JSONResponse(said, status or 502)

        connector = Connector(self.tenant, self.identity, self.faults, is_strict=self._is_strict)
        return [
            Route("/v1/.well-known/openidconfiguration", metadata),
            Route("/v1/.well-known/keys", keys),
            Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
            Route("/sign/api/messages", sign, methods=["POST"]),
            *connector.routes(),
            *Graph(self.tenant, self.identity, self.faults).routes(),
            *OneDrive(self.tenant, self.faults).routes(),
            *page.routes(self),
            *Control(self.tenant, self.faults, self.people).routes(),
        ]


def start(
    *,
    seed: Path = SEED,
    port: int = PORT,
    app_url: str = "",
    is_strict: bool = True,
    time: Callable[[], datetime] | None = None,
) -> LocalTeams:
    """Start a tenant in which the seed's app is installed; the app answers at *app_url*.

    *port* 0 is any that is free. Where it is not *is_strict* there are no rate limits, the app may
    call without a token, and cards that Teams would refuse are taken, and named as such. Raises
    SeedError and PortTakenError.
    """
    clock = Clock(time or (lambda: datetime.now(UTC)))
    tenant = seeds.read(seed, SEED, partial(Tenant, clock=clock))
    listener = listen(port)
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    local = LocalTeams(tenant, url, app_url.rstrip("/"), is_strict=is_strict)
    local.serve(listener)
    return local
