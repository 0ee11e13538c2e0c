"""Microsoft Graph, as far as bots ask it: people, their groups, and a channel's messages."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.teams.faults import Faults, answer, refusal
from playground.teams.identity import GRAPH, Identity
from playground.teams.tenant import Json, Message, Person, Tenant

PATH = "/graph/v1.0"

Act = Callable[[Request, bytes], Awaitable[Response]]


class Graph:
    """Answers ``/graph/v1.0/…``."""

    def __init__(self, tenant: Tenant, identity: Identity, faults: Faults) -> None:
        self._tenant = tenant
        self._identity = identity
        self._faults = faults

    def routes(self) -> list[BaseRoute]:
        paths = {
            "/users/{user}": self.user,
            "/users/{user}/checkMemberGroups": self.check_groups,
            "/groups/{group}": self.group,
            "/groups/{group}/transitiveMembers/microsoft.graph.user": self.group_members,
            "/teams/{team}/channels/{channel}/messages": self.messages,
            "/teams/{team}/channels/{channel}/messages/{message}/replies": self.messages,
        }
        return [
            Route(f"{PATH}{path}", self._guarded(act), methods=["GET", "POST"])
            for path, act in paths.items()
        ]

    def _guarded(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            response = await self._answered(request, body, act)
            name = f"{request.method} {request.url.path}"
            said = json.loads(bytes(response.body))
            asked = json.loads(body) if body else dict(request.query_params)
            self._tenant.log("from the app", name, response.status_code, asked, said)
            return response

        return endpoint

    async def _answered(self, request: Request, body: bytes, act: Act) -> Response:
        if not self._identity.allows(request.headers.get("authorization", ""), GRAPH):
            return refusal(401, "InvalidAuthenticationToken", "Access token is empty or invalid.")
        if fault := self._faults.next(f"{request.method} {request.url.path}"):
            return answer(fault)
        return await act(request, body)

    async def user(self, request: Request, body: bytes) -> Response:
        person = self._person(request.path_params["user"])
        if person is None:
            return _unknown()
        return JSONResponse(
            {
                "id": person.id,
                "displayName": person.name,
                "mail": person.mail,
                "userPrincipalName": person.mail,
                "userType": "Guest" if person.is_guest else "Member",
                "accountEnabled": person.is_enabled,
            }
        )

    async def check_groups(self, request: Request, body: bytes) -> Response:
        person = self._person(request.path_params["user"])
        if person is None:
            return _unknown()
        asked = json.loads(body or b"{}").get("groupIds") or []
        if len(asked) > 20:
            return refusal(400, "Request_BadRequest", "At most 20 groups can be checked.")
        groups = self._tenant.groups
        found = [each for each in asked if each in groups and person.id in groups[each].members]
        return JSONResponse({"value": found})

    async def group(self, request: Request, body: bytes) -> Response:
        group = self._tenant.groups.get(request.path_params["group"])
        if group is None:
            return _unknown()
        return JSONResponse({"id": group.id, "displayName": group.name})

    async def group_members(self, request: Request, body: bytes) -> Response:
        group = self._tenant.groups.get(request.path_params["group"])
        if group is None:
            return _unknown()
        return JSONResponse({"value": [{"id": each} for each in group.members]})

    async def messages(self, request: Request, body: bytes) -> Response:
        """Return a channel's messages or a thread's replies, the newest first, in pages."""
        channel = self._tenant.channels.get(request.path_params["channel"])
        team = self._tenant.teams.get(channel.team) if channel else None
        if channel is None or team is None or team.group != request.path_params["team"]:
            return _unknown()
        thread = request.path_params.get("message", "")
        newest_first = self._tenant.in_channel(channel.id, thread, reader="")[::-1]
        size = min(int(request.query_params.get("$top") or 20), 50)
        begin = int(request.query_params.get("$skiptoken") or 0)
        page: Json = {"value": [_message(each) for each in newest_first[begin : begin + size]]}
        if begin + size < len(newest_first):
            base = str(request.url).partition("?")[0]
            page["@odata.nextLink"] = f"{base}?$top={size}&$skiptoken={begin + size}"
        return JSONResponse(page)

    def _person(self, identity: str) -> Person | None:
        people = self._tenant.people
        known = people.get(identity) or next(
            (each for each in people.values() if each.mail == identity), None
        )
        return None if known is None or known.tenant else known


def _message(message: Message) -> Json:
    attachments = message.activity.get("attachments") or []
    return {
        "id": message.id,
        "createdDateTime": message.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "attachments": [
            {"contentType": each["contentType"], "content": json.dumps(each["content"])}
            for each in attachments
        ],
    }


def _unknown() -> Response:
    return refusal(404, "Request_ResourceNotFound", "It does not exist or is not visible.")
