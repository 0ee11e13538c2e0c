"""The control API of a local product: calls that change something, JSON in and JSON out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Json = dict[str, Any]
#: Changes something as a call's JSON says, and returns what is answered beside ``ok``.
Change = Callable[[Json], Awaitable[Json]]


class ControlError(Exception):
    """A control call asks for what there is not; the message says what was expected."""


def changing(
    changes: Mapping[str, Change],
    not_there: type[Exception],
    parse: Callable[[bytes], Any] = json.loads,
) -> list[Route]:
    """Return ``POST /control/NAME`` of each of *changes*; *not_there* is answered by 404."""
    return [
        Route(f"/control/{name}", _endpoint(change, not_there, parse), methods=["POST"])
        for name, change in changes.items()
    ]


def _endpoint(
    change: Change, not_there: type[Exception], parse: Callable[[bytes], Any]
) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            body = parse(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise ControlError("expected a JSON object")
            return JSONResponse({"ok": True, **await change(body)})
        except not_there as error:
            return JSONResponse({"ok": False, "error": str(error)}, 404)
        except (ControlError, ValueError) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)

    return endpoint
