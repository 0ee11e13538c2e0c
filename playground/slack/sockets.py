"""Socket Mode: the app's WebSocket connections, envelopes and their acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.slack.answers import Answer, Failure
from playground.slack.arguments import parse

CONNECTIONS_MAX = 10
_HOST = "applink-local"
#: Slack closes a connection after some hours; with debug_reconnects=true after six minutes.
_LIFE_SECONDS = 18_060
_DEBUG_LIFE_SECONDS = 360
#: "Approximately 10 seconds" between the warning and the end.
_WARNING_SECONDS = 10


@dataclass(slots=True, eq=False)
class _Connection:
    websocket: WebSocket
    waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)

    async def send(self, message: Mapping[str, Any]) -> None:
        await self.websocket.send_text(json.dumps(message))

    def acknowledge(self, text: str) -> None:
        try:
            message = parse(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        future = self.waiting.get(str(message.get("envelope_id")))
        if future is not None and not future.done():
            future.set_result(Answer(message.get("payload")))

    def end(self) -> None:
        for future in self.waiting.values():
            if not future.done():
                future.set_result(Answer(failure=Failure.CONNECTION_FAILED))


class Sockets:
    """The connections of one app, of which any one gets a payload."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._connections: list[_Connection] = []
        self._turns = count()
        self._has_any = asyncio.Event()
        self._endings: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._connections)

    async def serve(self, websocket: WebSocket) -> None:
        """Keep one connection until either side ends it."""
        await websocket.accept()
        connection = _Connection(websocket)
        if len(self._connections) >= CONNECTIONS_MAX:
            await self._disconnect(connection, "too_many_websockets")
            return
        is_debug = websocket.query_params.get("debug_reconnects") == "true"
        life = _DEBUG_LIFE_SECONDS if is_debug else _LIFE_SECONDS
        self._connections.append(connection)
        try:
            await connection.send(self._hello(life))
            self._has_any.set()
            async with asyncio.timeout(life):
                while (message := await websocket.receive())["type"] == "websocket.receive":
                    connection.acknowledge(message.get("text") or "")
        except TimeoutError:
            await self._disconnect(connection, "refresh_requested")
        finally:
            self._forget(connection)

    async def send(
        self, kind: str, payload: Any, wait: timedelta, *, accepts_answer: bool, **retry: Any
    ) -> Answer:
        """Send an envelope over one connection; return the app's acknowledgement of it."""
        if not self._connections:
            return Answer(failure=Failure.NOT_CONNECTED)
        connection = self._connections[next(self._turns) % len(self._connections)]
        envelope_id = str(uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": accepts_answer,
            **retry,
        }
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await connection.send(envelope)
                return await future
        except TimeoutError:
            return Answer(failure=Failure.TIMEOUT)
        except (WebSocketDisconnect, RuntimeError):
            # Starlette raises RuntimeError for a socket that is closing under our hands.
            return Answer(failure=Failure.CONNECTION_FAILED)
        finally:
            del connection.waiting[envelope_id]

    async def connected(self, wait: timedelta) -> None:
        """Return when the app is connected, or after *wait*."""
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await self._has_any.wait()
        except TimeoutError:
            return

    async def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask every connection to be renewed, or break it off where *reason* is ``abrupt``.

        Return how many there were. After a ``warning`` they go on for ten seconds.
        """
        connections = list(self._connections)
        for connection in connections:
            if reason == "warning":
                await connection.send(self._goodbye(reason))
                ending = asyncio.create_task(self._expire(connection))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)
                continue
            self._forget(connection)
            await self._disconnect(connection, "" if reason == "abrupt" else reason)
        return len(connections)

    async def _expire(self, connection: _Connection) -> None:
        """End a connection that was warned and has not been renewed."""
        await asyncio.sleep(_WARNING_SECONDS)
        if connection in self._connections:
            self._forget(connection)
            await self._disconnect(connection, "refresh_requested")

    async def _disconnect(self, connection: _Connection, reason: str) -> None:
        try:
            if reason:
                await connection.send(self._goodbye(reason))
            await connection.websocket.close(1000 if reason else 1011)
        except (WebSocketDisconnect, RuntimeError):
            return  # The app went first.

    def _forget(self, connection: _Connection) -> None:
        connection.end()
        if connection in self._connections:
            self._connections.remove(connection)
        if not self._connections:
            self._has_any.clear()

    def _hello(self, life: int) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": _HOST, "approximate_connection_time": life},
            "connection_info": {"app_id": self._app_id},
        }

    def _goodbye(self, reason: str) -> dict[str, Any]:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
