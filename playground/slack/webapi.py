"""The Web API: who calls, what for, how often; then the method.

https://docs.slack.dev/apis/web-api
"""

import asyncio
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from playground.slack.arguments import Arguments, read
from playground.slack.entities import Call, Direction
from playground.slack.errors import RateLimitedError, SlackError
from playground.slack.faults import Fault, Faults
from playground.slack.installation import Installation
from playground.slack.methods import METHODS
from playground.slack.methods.method import Method


class LostResponse(Response):
    """An answer that never arrives: the connection ends in its middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        # uvicorn closes a connection whose answer ends before its length.
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class WebApi:
    """Answers ``/api/METHOD``."""

    def __init__(self, slack: Installation, faults: Faults) -> None:
        self._slack = slack
        self._faults = faults

    def route(self) -> Route:
        return Route("/api/{method:path}", self.answer, methods=["GET", "POST"])

    async def answer(self, request: Request) -> Response:
        name, started = request.path_params["method"], time.perf_counter()
        arguments = Arguments({})
        fault = self._faults.strike(name)
        try:
            if fault is not None:
                await asyncio.sleep(fault.latency.total_seconds())
            arguments = await read(request)
            response = self._faulty(fault) if fault and not fault.after else None
            response = response or self._called(name, arguments)
            response = (self._faulty(fault) if fault and fault.after else None) or response
        except RateLimitedError as error:
            response = _limited(error.seconds)
        except SlackError as error:
            response = _refused(error)
        response.headers.update(self._scopes(name))
        self._log(name, arguments, response, time.perf_counter() - started)
        if fault is not None:
            await asyncio.sleep(fault.late.total_seconds())
        return LostResponse() if fault is not None and fault.lost else response

    def _called(self, name: str, arguments: Arguments) -> JSONResponse:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._authenticate(method, arguments.token)
        self._slack.limit(f"calls of {name}", method.rate)
        if not method.for_app:
            self._slack.need(method.scopes)
        answer = {"ok": True, **method.answer(self._slack, arguments)}
        return JSONResponse(_with_warnings(answer, arguments.warnings))

    def _authenticate(self, method: Method, token: str) -> None:
        app = self._slack.app
        if not token:
            raise SlackError("not_authed")
        is_bot = hmac.compare_digest(token.encode(), app.bot_token.encode())
        is_app = hmac.compare_digest(token.encode(), app.app_token.encode())
        if not (is_bot or is_app):
            raise SlackError("invalid_auth")
        if is_app != method.for_app:
            raise SlackError("not_allowed_token_type")

    @staticmethod
    def _faulty(fault: Fault) -> JSONResponse | None:
        """Return a fault's answer, None of one that only takes time."""
        if fault.status == 429:
            return _limited(fault.retry_after)
        if fault.status != 200:
            return JSONResponse({"ok": False, "error": "internal_error"}, fault.status)
        return _refused(SlackError(fault.error)) if fault.error else None

    def _scopes(self, name: str) -> dict[str, str]:
        method = METHODS.get(name)
        return {
            "x-oauth-scopes": ",".join(sorted(self._slack.manifest.scopes)),
            "x-accepted-oauth-scopes": ",".join(method.scopes if method else ()),
        }

    def _log(self, name: str, arguments: Arguments, response: Any, seconds: float) -> None:
        workspace = self._slack.workspace
        workspace.log(
            Call(
                number=workspace.next_number(),
                at=workspace.clock(),
                direction=Direction.FROM_APP,
                name=name,
                request=arguments.values,
                response=json.loads(response.body),
                status=response.status_code,
                milliseconds=seconds * 1000,
            )
        )


def _with_warnings(answer: Mapping[str, Any], warnings: tuple[str, ...]) -> dict[str, Any]:
    if not warnings:
        return dict(answer)
    metadata = {**answer.get("response_metadata", {}), "warnings": list(warnings)}
    return {**answer, "warning": ",".join(warnings), "response_metadata": metadata}


def _limited(seconds: int) -> JSONResponse:
    body = {"ok": False, "error": "ratelimited"}
    return JSONResponse(body, 429, headers={"Retry-After": str(seconds)})


def _refused(error: SlackError) -> JSONResponse:
    return JSONResponse({"ok": False, "error": error.code, **error.facts})
