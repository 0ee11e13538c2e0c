"""Keeps other web pages out: this server answers to its own name and to its own page only."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_OWN = frozenset({"127.0.0.1", "localhost"})
_READS = frozenset({"GET", "HEAD"})
_MACHINES = ("/api/", "/control/", "/hooks/", "/upload/", "/link/", "/teams/", "/graph/", "/sign/")


class Guard:
    """Refuses a foreign Host (DNS rebinding), and what a foreign page makes a browser send."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not (problem := _problem(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(problem, 403)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": problem})


def _problem(scope: Scope) -> str:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host.partition(":")[0].lower() not in _OWN:
        return "Open this page at 127.0.0.1 or localhost.\n"
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "Another page may not use this server.\n"
    is_navigation = scope.get("method") in _READS and not scope["path"].startswith(_MACHINES)
    if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_navigation:
        return "Another page may not use this server.\n"
    return ""
