"""The Bot Framework connector: what a bot calls, as strict as Teams is.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import json
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from playground.teams import cards, files
from playground.teams.faults import Faults, answer, refusal
from playground.teams.identity import CONNECTOR, Identity
from playground.teams.tenant import Channel, Json, Message, Person, Tenant
from playground.teams.throttle import Throttle

PATH = "/teams"
_PAGE_MAX = 500
_CARD = "application/vnd.microsoft.card.adaptive"


class Connector:
    """Answers ``/teams/v3/…`` for the one app that is installed."""

    def __init__(
        self, tenant: Tenant, identity: Identity, faults: Faults, *, is_strict: bool = True
    ) -> None:
        self._tenant = tenant
        self._identity = identity
        self._faults = faults
        self._throttle = Throttle(time.monotonic)
        self._is_strict = is_strict

    def routes(self) -> list[BaseRoute]:
        one = "/v3/conversations/{conversation:path}"
        return [
            Mount(
                PATH,
                routes=[
                    self._route("/v3/conversations", self.create, "POST"),
                    self._route(f"{one}/activities/{{activity}}", self.update, "PUT"),
                    self._route(f"{one}/activities/{{activity}}", self.reply, "POST"),
                    self._route(f"{one}/activities/{{activity}}", self.delete, "DELETE"),
                    self._route(f"{one}/activities", self.send, "POST"),
                    self._route(f"{one}/pagedmembers", self.members, "GET"),
                    self._route(f"{one}/members/{{member}}", self.member, "GET"),
                    self._route(f"{one}/members", self.all_members, "GET"),
                    self._route("/v3/teams/{team}/conversations", self.channels, "GET"),
                    self._route("/v3/teams/{team}", self.team, "GET"),
                ],
            )
        ]

    def _route(
        self, path: str, act: Callable[[Request, Json], Awaitable[Response]], method: str
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            response = await self._answered(request, body, act)
            said = json.loads(bytes(response.body)) if response.body else None
            asked = _json(body) if body else dict(request.query_params)
            name = f"{request.method} {request.url.path.removeprefix(PATH)}"
            self._tenant.log("from the app", name, response.status_code, asked, said)
            return response

        return Route(path, endpoint, methods=[method])

    async def _answered(
        self, request: Request, body: bytes, act: Callable[[Request, Json], Awaitable[Response]]
    ) -> Response:
        authorization = request.headers.get("authorization", "")
        is_let_in = not authorization and not self._is_strict
        if not is_let_in and not self._identity.allows(authorization, CONNECTOR):
            return refusal(401, "Unauthorized", "Authorization has been denied for this request.")
        fault = self._faults.next(f"{request.method} {request.url.path}")
        if fault and not fault.is_done:
            return answer(fault)
        if len(body) > cards.MESSAGE_MAX:
            return refusal(413, "MessageSizeTooBig", f"Message size too large: {len(body)} bytes.")
        document = _json(body) if body else {}
        if not isinstance(document, dict):
            return refusal(400, "BadSyntax", "Expected a JSON object.")
        response = await act(request, document)
        return answer(fault) if fault else response

    async def create(self, request: Request, body: Json) -> Response:
        """Open the chat with one person; the same one each time."""
        members = body.get("members") or []
        if body.get("isGroup") or len(members) != 1:
            return refusal(400, "BadArgument", "Expected one member, and isGroup false.")
        if str(body.get("tenantId") or "") != self._tenant.id:
            return refusal(400, "BadArgument", "tenantId is not the app's tenant.")
        person = self._person(str((members[0] or {}).get("id") or ""))
        if person is None or person.tenant:
            return refusal(403, "BotNotInConversationRoster", "The bot is not installed for them.")
        return JSONResponse({"id": self._tenant.chat_with(person.id).id}, 201)

    async def send(self, request: Request, body: Json) -> Response:
        conversation, _, thread = request.path_params["conversation"].partition(";messageid=")
        targeted = request.query_params.get("isTargetedActivity") == "true"
        return await self._post(conversation, thread, body, targeted=targeted)

    async def reply(self, request: Request, body: Json) -> Response:
        conversation = request.path_params["conversation"].partition(";")[0]
        return await self._post(conversation, request.path_params["activity"], body)

    async def _post(
        self, conversation: str, thread: str, body: Json, *, targeted: bool = False
    ) -> Response:
        channel = self._tenant.channels.get(conversation)
        if problem := self._refused(channel, conversation):
            return problem
        assert channel is not None  # noqa: S101 - else it was refused
        if thread and thread not in self._tenant.messages:
            return refusal(404, "ActivityNotFoundInConversation", "There is no such message.")
        doubt = _doubt(body)
        if wrong := _wrong(body, is_personal=bool(channel.person)) or self._refusal(doubt):
            return wrong
        only_for = self._target(channel, body) if targeted else ""
        if isinstance(only_for, Response):
            return only_for
        identity = self._tenant.next_id()
        if body["type"] == "message":
            bot, now = self._tenant.app.bot, self._tenant.clock()
            posted = Message(
                identity, channel.id, bot, body, now, thread, only_for=only_for, doubt=doubt
            )
            self._tenant.put(posted)
        return JSONResponse({"id": identity}, 201)

    def _refusal(self, doubt: str) -> Response | None:
        """Return the refusal of a card, unless everything is taken and named beside it."""
        return refusal(400, "BadArgument", doubt) if doubt and self._is_strict else None

    def _target(self, channel: Channel, body: Json) -> str | Response:
        """Return who alone is to see a targeted message, or why Teams refuses it."""
        if not self._tenant.has_targeted:
            return refusal(400, "BadArgument", "Targeted messages are not enabled in this tenant.")
        who = self._person(str((body.get("recipient") or {}).get("id") or ""))
        if channel.person or who is None or who not in self._tenant.roster(channel):
            message = "The recipient of a targeted message is a member of a channel."
            return refusal(400, "BadArgument", message)
        return who.id

    async def update(self, request: Request, body: Json) -> Response:
        conversation = request.path_params["conversation"].partition(";")[0]
        channel = self._tenant.channels.get(conversation)
        if problem := self._refused(channel, conversation):
            return problem
        message = self._tenant.messages.get(request.path_params["activity"])
        if message is None or message.channel != conversation:
            return refusal(404, "ActivityNotFoundInConversation", "There is no such message.")
        if message.sender != self._tenant.app.bot:
            return refusal(403, "ForbiddenOperationException", "Only its sender can change it.")
        doubt, is_personal = _doubt(body), channel is not None and bool(channel.person)
        if wrong := _wrong(body, is_personal=is_personal) or self._refusal(doubt):
            return wrong
        message.activity, message.is_edited, message.doubt = body, True, doubt
        # Everybody sees the new card; those of refresh.userIds ask for their own view of it.
        message.views.clear()
        self._tenant.changed(f"channel {message.channel}")
        return JSONResponse({"id": message.id})

    async def delete(self, request: Request, body: Json) -> Response:
        message = self._tenant.messages.pop(request.path_params["activity"], None)
        if message is None:
            return refusal(404, "ActivityNotFoundInConversation", "There is no such message.")
        self._tenant.changed(f"channel {message.channel}")
        return Response(status_code=200)

    async def members(self, request: Request, body: Json) -> Response:
        roster = self._roster(request)
        if isinstance(roster, Response):
            return roster
        size = min(int(request.query_params.get("pageSize") or _PAGE_MAX), _PAGE_MAX)
        begin = int(request.query_params.get("continuationToken") or 0)
        page: Json = {"members": [self._account(each) for each in roster[begin : begin + size]]}
        more = {"continuationToken": str(begin + size)} if begin + size < len(roster) else {}
        return JSONResponse(page | more)

    async def all_members(self, request: Request, body: Json) -> Response:
        roster = self._roster(request)
        if isinstance(roster, Response):
            return roster
        return JSONResponse([self._account(each) for each in roster])

    async def member(self, request: Request, body: Json) -> Response:
        roster = self._roster(request)
        if isinstance(roster, Response):
            return roster
        person = self._person(request.path_params["member"])
        if person not in roster:
            return refusal(404, "MemberNotFoundInConversation", "They are not in it.")
        assert person is not None  # noqa: S101 - it is in the roster
        return JSONResponse(self._account(person))

    async def channels(self, request: Request, body: Json) -> Response:
        team = self._tenant.teams.get(request.path_params["team"])
        if team is None or not team.has_app:
            return refusal(403, "BotNotInConversationRoster", "The bot is not in this team.")
        named = [
            {"id": each.id} if each.id == team.id else {"id": each.id, "name": each.name}
            for each in team.channels
        ]
        return JSONResponse({"conversations": named})

    async def team(self, request: Request, body: Json) -> Response:
        team = self._tenant.teams.get(request.path_params["team"])
        if team is None or not team.has_app:
            return refusal(403, "BotNotInConversationRoster", "The bot is not in this team.")
        return JSONResponse({"id": team.id, "name": team.name, "aadGroupId": team.group})

    def _roster(self, request: Request) -> list[Person] | Response:
        conversation = request.path_params["conversation"].partition(";")[0]
        channel = self._tenant.channels.get(conversation)
        if channel is None or not self._has_app(channel):
            return refusal(403, "BotNotInConversationRoster", "The bot is not part of it.")
        return self._tenant.roster(channel)

    def _refused(self, channel: Channel | None, conversation: str) -> Response | None:
        if channel is None:
            return refusal(404, "ConversationNotFound", "Conversation not found.")
        if not self._has_app(channel):
            message = "The bot is not part of the conversation roster."
            return refusal(403, "BotNotInConversationRoster", message)
        if channel.person in self._tenant.blocked:
            return refusal(403, "ConversationBlockedByUser", "User blocked the conversation.")
        pause = self._throttle.wait(conversation) if self._is_strict else 0
        if pause:
            headers = {"Retry-After": str(math.ceil(pause))}
            return refusal(429, "TooManyRequests", "API calls quota exceeded.", headers)
        return None

    def _has_app(self, channel: Channel) -> bool:
        return not channel.team or self._tenant.teams[channel.team].has_app

    def _person(self, identity: str) -> Person | None:
        """Return who has this id: Entra's, or the one that Teams gives towards the bot."""
        people = self._tenant.people
        return people.get(identity) or next(
            (each for each in people.values() if each.mri == identity), None
        )

    def _account(self, person: Person) -> Json:
        return {
            "id": person.mri,
            "name": person.name,
            "aadObjectId": person.id,
            "objectId": person.id,
            "email": person.mail,
            "userPrincipalName": person.mail,
            "tenantId": person.tenant or self._tenant.id,
            "userRole": "guest" if person.is_guest else "user",
        }


def _wrong(activity: Json, *, is_personal: bool) -> Response | None:
    """Return why Teams does not take a message, None where it does."""
    if activity.get("type") == "typing":
        return None
    if activity.get("type") != "message":
        return refusal(400, "BadArgument", "Unknown activity type.")
    attachments = activity.get("attachments") or []
    if not activity.get("text") and not attachments:
        return refusal(400, "BadSyntax", "Expected a text or an attachment.")
    for each in attachments:
        if problem := _wrong_attachment(each, is_personal=is_personal):
            return refusal(400, "BadArgument", problem)
    return None


def _wrong_attachment(each: Json, *, is_personal: bool) -> str:
    kind = str(each.get("contentType"))
    if kind == _CARD:
        return "" if isinstance(each.get("content"), dict) else "Bad format of card: no object"
    if kind.endswith((files.OFFER, files.SAVED)):
        return files.wrong(each, is_personal=is_personal)
    return f"Unknown attachment type {kind!r}."


def _doubt(activity: Json) -> str:
    """Return what Teams refuses about a message's cards."""
    attachments = activity.get("attachments") or []
    shown = (each.get("content") for each in attachments if each.get("contentType") == _CARD)
    return next(
        (f"Bad format of card: {why}" for each in shown if (why := cards.problem(each))), ""
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
