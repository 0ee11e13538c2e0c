"""The Bot Framework connector: what the bot says in a conversation, and who is in one.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from ledger.rooms import Room
from notifiers.chat import ChatBusyError
from notifiers.teams.errors import TRANSIENT, pause_of
from notifiers.teams.microsoft import Http, Json, RefusedError, Tokens
from notifiers.teams.pace import Limiter

#: Somebody who waits for an answer waits so long for a turn, and so often.
_PATIENCE = timedelta(seconds=10)
_TRIES = 4
_PAGE = 200
#: A roster longer than this is not read to its end.
_PAGES_MAX = 25


class Connector:
    """Speaks in the name of the app. Each method raises the errors of Http, and ChatBusyError."""

    def __init__(
        self, http: Http, tokens: Tokens, client_id: str, tenant: str, usual_url: str
    ) -> None:
        #: Where conversations are of which Teams has not said it.
        self.usual_url = usual_url
        self._http = http
        self._tokens = tokens
        self._bot = f"28:{client_id}"
        self._tenant = tenant
        self._limiter = Limiter()

    def send(self, room: Room, activity: Json, thread: str = "", only_for: str = "") -> str:
        """Post once in *room*, or below the message *thread*; return the new message's id.

        *only_for* is Teams' own id of the one person there who is to see it.
        """
        conversation = f"{room.id};messageid={thread}" if thread else room.id
        path = f"v3/conversations/{quote(conversation, safe='')}/activities"
        if only_for:
            path += "?isTargetedActivity=true"
            activity = {**activity, "recipient": {"id": only_for}}
        answer = self._call("POST", room, path, activity)
        return str(answer.get("id") or "") if isinstance(answer, Mapping) else ""

    def update(self, room: Room, message: str, activity: Json) -> None:
        self._call("PUT", room, _path(room, "activities", message), {**activity, "id": message})

    def delete(self, room: Room, message: str) -> None:
        self._call("DELETE", room, _path(room, "activities", message))

    def member(self, room: Room, person: str) -> Json:
        """Return *person* as *room* knows them; they are refused where they are not in it."""
        known: Json = self._call("GET", room, _path(room, "members", person))
        return known

    def members(self, room: Room) -> Iterator[Json]:
        """Yield everybody who is in *room*."""
        query: dict[str, str] = {"pageSize": str(_PAGE)}
        for _ in range(_PAGES_MAX):
            path = f"{_path(room, 'pagedmembers')}?{urlencode(query)}"
            page = self._call("GET", room, path)
            yield from page.get("members") or ()
            if not page.get("continuationToken"):
                return
            query["continuationToken"] = page["continuationToken"]

    def channels(self, room: Room) -> tuple[Json, ...]:
        """Return the channels of the room's team; the first has no name and the team's own id."""
        answer = self._call("GET", room, f"v3/teams/{quote(room.team, safe='')}/conversations")
        return tuple(answer.get("conversations") or ())

    def conversation_with(self, person: str, service_url: str) -> Room:
        """Return the conversation with *person* alone; the same one each time."""
        asked = {
            "bot": {"id": self._bot},
            "members": [{"id": person}],
            "isGroup": False,
            "tenantId": self._tenant,
            "channelData": {"tenant": {"id": self._tenant}},
        }
        room = Room("", service_url, person=person)
        answer = patiently(lambda: self._call("POST", room, "v3/conversations", asked))
        return Room(str(answer["id"]), service_url, person=person)

    def _call(self, method: str, room: Room, path: str, body: Json | None = None) -> Any:
        if pause := self._limiter.wait(room.id or f"with {room.person}"):
            raise ChatBusyError(timedelta(seconds=pause))
        url = f"{room.service_url.rstrip('/')}/{path}"
        try:
            return self._http.call(method, url, self._tokens.token(Tokens.CONNECTOR), body)
        except RefusedError as error:
            if error.status == 401:
                self._tokens.forget(Tokens.CONNECTOR)
            raise


def patiently(
    call: Callable[[], Any],
    sleep: Callable[[float], None] = time.sleep,
    repeated: frozenset[int] = frozenset({412, 429}),
) -> Any:
    """Return what *call* returns, waiting for a turn: somebody waits for this answer.

    Only refusals with one of the *repeated* statuses say that nothing was done.
    """
    left = _PATIENCE
    reason: Exception
    for number in range(_TRIES):
        try:
            return call()
        except ChatBusyError as error:
            pause, reason = error.pause, error
        except RefusedError as error:
            if error.status not in repeated:
                raise
            soon = timedelta(seconds=0.5 * 2**number)
            pause, reason = pause_of(error) if error.retry_after else soon, error
        if pause > left or number == _TRIES - 1:
            raise reason
        left -= pause
        sleep(pause.total_seconds())
    raise AssertionError("the loop returns or raises")


def reading(call: Callable[[], Any]) -> Any:
    """Return what *call*, which changes nothing, returns, waiting for a turn."""
    return patiently(call, repeated=TRANSIENT | {429})


def _path(room: Room, *parts: str) -> str:
    return "/".join(["v3/conversations", *(quote(part, safe="") for part in (room.id, *parts))])
