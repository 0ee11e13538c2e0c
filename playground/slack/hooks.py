"""Addresses that Slack hands out: response URLs and upload URLs."""

import hmac
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.slack.arguments import parse
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.responding import respond

_UPLOAD_MAX_BYTES = 50_000_000


class Hooks:
    """Answers ``/hooks/…``, ``/upload/…`` and ``/files/…``."""

    def __init__(self, slack: Installation) -> None:
        self._slack = slack

    def routes(self) -> list[Route]:
        return [
            Route("/hooks/{kind}/{team}/{number}/{secret}", self.respond, methods=["POST"]),
            Route("/upload/v1/{file}", self.upload, methods=["POST"]),
            Route("/files/{file}/{name:path}", self.download),
        ]

    async def respond(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("invalid_payload", 400)
        name = f"{request.path_params['number']}/{request.path_params['secret']}"
        try:
            respond(self._slack, self._slack.tickets.respond(name), body)
        except SlackError as error:
            status = 404 if error.code.endswith("_url") else 200
            return JSONResponse({"ok": False, "error": error.code, **error.facts}, status)
        return PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        file = self._slack.workspace.files.get(request.path_params["file"])
        if file is None or file.complete:
            return PlainTextResponse("file_not_found", 404)
        content = await _content(request)
        if len(content) > _UPLOAD_MAX_BYTES:
            return PlainTextResponse("file_too_large", 413)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    async def download(self, request: Request) -> Response:
        """Return a file to the app, which shows its token; the page has its own way.

        https://docs.slack.dev/messaging/working-with-files: ``url_private``.
        """
        bearer = f"Bearer {self._slack.app.bot_token}"
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), bearer.encode()):
            return PlainTextResponse("not_authed", 403)
        file = self._slack.workspace.files.get(request.path_params["file"])
        if file is None or not file.complete:
            return PlainTextResponse("file_not_found", 404)
        return Response(file.content, media_type=file.mimetype)


async def _body(request: Request) -> dict[str, Any] | None:
    """Return a hook's JSON, also from a form's *payload*; None for anything else."""
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raw = str((await request.form()).get("payload", "")).encode()
    try:
        body = parse(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


async def _content(request: Request) -> bytes:
    """Return a file's bytes, which are the body or a part of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    for part in (await request.form()).values():
        if isinstance(part, UploadFile):
            return await part.read()
    return b""
