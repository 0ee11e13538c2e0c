"""The page's answers: each forbids the browser to load or send anything elsewhere."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

#: No inline script or style, no other host, in no other page's frame.
_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(content: str, status: int = 200) -> Response:
    return HTMLResponse(content, status, HEADERS)


def data(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, HEADERS)


def wants_data(request: Request) -> bool:
    """Say whether the page's script asks, which shows problems in place."""
    return "application/json" in request.headers.get("accept", "")
