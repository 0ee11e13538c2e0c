"""Files between the app and one person: offered, accepted, and put into their OneDrive.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.teams.faults import Faults, answer, refusal
from playground.teams.tenant import File, Json, Tenant

#: How the content types of an offer, and of a file that is there, end.
OFFER, SAVED = "teams.card.file.consent", "teams.card.file.info"
_PATH = "/onedrive"
_RANGE = re.compile(r"bytes 0-(\d+)/(\d+)")


def upload_info(file: File, service_url: str) -> Json:
    """Return what Teams says to the app of the place where *file* is to be put."""
    base = service_url.removesuffix("/teams/")
    return {
        "contentUrl": f"{base}{_PATH}/{file.id}/{quote(file.name)}",
        "name": file.name,
        "uploadUrl": f"{base}{_PATH}/{file.id}/session",
        "uniqueId": file.id,
        "fileType": file.name.rpartition(".")[2],
    }


def wrong(attachment: Json, *, is_personal: bool) -> str:
    """Return what Teams refuses about an offer or a file, empty where it takes it."""
    content = attachment.get("content")
    if not is_personal:
        return "files can be sent in personal chats alone"
    if not attachment.get("name") or not isinstance(content, dict):
        return "a file has a name and a content"
    if str(attachment["contentType"]).endswith(SAVED):
        complete = attachment.get("contentUrl") and content.get("uniqueId")
        return "" if complete else "a file has a contentUrl and a uniqueId"
    size = content.get("sizeInBytes")
    return "" if isinstance(size, int) and size > 0 else "sizeInBytes: expected a number"


class OneDrive:
    """Takes what was accepted, and gives it to its owner's browser."""

    def __init__(self, tenant: Tenant, faults: Faults) -> None:
        self._tenant = tenant
        self._faults = faults

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{_PATH}/{{file}}/session", self.put, methods=["PUT"]),
            Route(f"{_PATH}/{{file}}/{{name}}", self.get),
        ]

    async def put(self, request: Request) -> Response:
        content = await request.body()
        response = self._put(request, content)
        name = f"PUT {request.url.path}"
        asked = content.decode(errors="replace")[:2_000]
        self._tenant.log("from the app", name, response.status_code, asked, None)
        return response

    def _put(self, request: Request, content: bytes) -> Response:
        if fault := self._faults.next(f"PUT {request.url.path}"):
            return answer(fault)
        file = self._tenant.files.get(request.path_params["file"])
        if file is None or file.content is not None:
            return refusal(404, "itemNotFound", "The upload session was not found.")
        sent = _RANGE.fullmatch(request.headers.get("content-range", ""))
        whole = (len(content) - 1, len(content))
        if sent is None or (int(sent[1]), int(sent[2])) != whole:
            return refusal(416, "invalidRange", "Content-Range is not that of the whole file.")
        file.content = content
        return JSONResponse({"id": file.id, "name": file.name, "size": len(content)}, 201)

    async def get(self, request: Request) -> Response:
        file = self._tenant.files.get(request.path_params["file"])
        if file is None or file.content is None:
            return refusal(404, "itemNotFound", "The file was not found.")
        disposition = f"attachment; filename*=utf-8''{quote(file.name)}"
        headers = {"Content-Disposition": disposition}
        return Response(file.content, media_type="application/octet-stream", headers=headers)
