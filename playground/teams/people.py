"""What people do in Teams: write, press, fill in a form. Each act reaches the app as in Teams."""

import asyncio
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from playground.teams import cards, files
from playground.teams.actions import actions_of, given, missing, submitted
from playground.teams.identity import Identity
from playground.teams.tenant import Channel, Json, Message, Person, Team, Tenant

#: Teams waits so long for the answer to a press.
#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/request-channel-messages
_PATIENCE_SECONDS = 15
_CARD = "application/vnd.microsoft.card.adaptive"
_MESSAGE = "application/vnd.microsoft.activity.message"
_RETRY_SECONDS = 0.1


class NotThereError(Exception):
    """A person uses what they cannot see."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: *errors* by the id of an input, *problem* where the app failed.

    *said* is what the app says to the presser, for a moment.
    """

    errors: Mapping[str, str]
    problem: str = ""
    status: int = 200
    said: str = ""


class People:
    """Acts for the people of a tenant. The app is at *app_url*, which may be empty."""

    def __init__(
        self, tenant: Tenant, identity: Identity, url: str, app_url: str, *, is_strict: bool = True
    ) -> None:
        self._is_strict = is_strict
        self._tenant = tenant
        self._identity = identity
        self._service_url = f"{url}/teams/"
        self._app_url = app_url
        self._http = urllib3.PoolManager(retries=False, maxsize=16)
        self.is_connected = False

    async def install(self) -> None:
        """Add the app to every team that has it, as soon as the app answers."""
        for team in list(self._tenant.teams.values()):
            if not team.has_app:
                continue
            added = self._installation(team, "add")
            while not await asyncio.to_thread(self._is_answered):
                await asyncio.sleep(_RETRY_SECONDS)
            await self._tell(added)

    async def add(self, person: str, team_id: str) -> Outcome:
        """Let *person* add the app to a team."""
        team = self._team(team_id)
        team.has_app = True
        return await self._tell(self._installation(team, "add", person))

    async def remove(self, person: str, team_id: str) -> Outcome:
        team = self._team(team_id)
        team.has_app = False
        return await self._tell(self._installation(team, "remove", person))

    async def say(self, person: str, channel: str, text: str, thread: str = "") -> Outcome:
        """Write; in a channel the app hears only what mentions it."""
        where, who = self._seen(person, channel)
        bot = self._tenant.app.name
        mention = f"<at>{html.escape(bot)}</at>"
        is_for_bot = bool(where.person) or text.startswith(f"@{bot}")
        words = html.escape(text.removeprefix(f"@{bot}").strip(), quote=False)
        activity: Json = {
            "type": "message",
            "textFormat": "plain",
            "text": words if where.person else f"{mention} {words}",
        }
        if not where.person and is_for_bot:
            mentioned = {"id": self._tenant.app.bot, "name": bot}
            entity = {"type": "mention", "text": mention, "mentioned": mentioned}
            activity["entities"] = [entity]
        identity = self._tenant.next_id()
        shown = {"type": "message", "text": text}
        now = self._tenant.clock()
        self._tenant.put(Message(identity, where.id, who.id, shown, now, thread))
        if not is_for_bot:
            return Outcome({})
        written = {**activity, "id": identity}
        return await self._tell(self._from(who, where, written, thread or identity))

    async def press(
        self, person: str, message: str, number: int, entered: Mapping[str, str]
    ) -> Outcome:
        """Press the action with this *number* on a message's card, as *person* sees it."""
        shown = self._tenant.messages.get(message)
        card = shown.card_for(person) if shown else None
        if shown is None or card is None:
            raise NotThereError("there is no card in this message")
        where, who = self._seen(person, shown.channel)
        if not shown.is_for(person):
            raise NotThereError("they do not see this message")
        actions = list(actions_of(card))
        if not 0 <= number < len(actions):
            raise NotThereError(f"the card has no action {number}")
        action, inputs = actions[number]
        if action["type"] not in ("Action.Execute", "Action.Submit"):
            raise NotThereError(f"{action['type']} does not reach the app")
        is_sent_whole = action.get("associatedInputs") != "none"
        if is_sent_whole and (errors := missing(inputs, entered)):
            return Outcome(errors)
        values = given(inputs, entered) if is_sent_whole else {}
        if action["type"] == "Action.Execute":
            return await self._execute(who, where, shown, action, values)
        said = submitted(action, values)
        if said is None:
            return Outcome({}, "This button opens a dialog, which this local Teams has not got.")
        identity = {"id": self._tenant.next_id(), "replyToId": shown.id}
        return await self._tell(self._from(who, where, said | identity, shown.thread or shown.id))

    async def _execute(
        self,
        who: Person,
        where: Channel,
        shown: Message,
        action: Mapping[str, Any],
        values: Mapping[str, str],
        trigger: str = "manual",
    ) -> Outcome:
        data = {**(action.get("data") or {}), **values}
        pressed = {"type": "Action.Execute", "verb": action.get("verb", ""), "data": data}
        thread = shown.thread or shown.id
        activity = self._from(
            who,
            where,
            {
                "type": "invoke",
                "name": "adaptiveCard/action",
                "id": f"f:{self._tenant.next_id()}",
                "replyToId": shown.id,
                "value": {"action": pressed, "trigger": trigger},
            },
            thread,
        )
        outcome, answered = await self._ask(activity)
        if answered and answered.get("type") == _CARD:
            problem = cards.problem(answered["value"]) if self._is_strict else ""
            if problem:
                return Outcome({}, f"Teams would not show the answer: {problem}", 400)
            shown.views[who.id] = answered["value"]
            self._tenant.changed(f"channel {shown.channel}")
        elif answered and answered.get("type") == _MESSAGE:
            return Outcome({}, said=str(answered.get("value") or ""))
        elif answered:
            why = answered.get("value")
            told = why.get("message") if isinstance(why, dict) else why
            return Outcome({}, str(told or answered))
        return outcome

    async def consent(self, person: str, message: str, *, accepted: bool = True) -> Outcome:
        """Answer the offer of a file: where it is accepted, OneDrive waits for it."""
        shown = self._tenant.messages.get(message)
        offered = shown.attachment(files.OFFER) if shown else None
        if shown is None or offered is None:
            raise NotThereError("no file is offered in this message")
        where, who = self._seen(person, shown.channel)
        content = offered.get("content") or {}
        value: Json = {"type": "fileUpload", "action": "accept" if accepted else "decline"}
        value["context"] = content.get("acceptContext" if accepted else "declineContext")
        if accepted:
            file = self._tenant.expect_file(who.id, str(offered["name"]))
            value["uploadInfo"] = files.upload_info(file, self._service_url)
        asked = {
            "type": "invoke",
            "name": "fileConsent/invoke",
            "id": f"f:{self._tenant.next_id()}",
            "replyToId": shown.id,
            "value": value,
        }
        return await self._tell(self._from(who, where, asked, ""))

    async def look(self, person: str, channel: str) -> None:
        """Refresh the cards that *person* has a view of their own of, as their client does."""
        where, who = self._seen(person, channel)
        for each in self._tenant.in_channel(channel, reader=person):
            card = each.card
            own = (card or {}).get("refresh") or {}
            is_mine = who.mri in (own.get("userIds") or ()) or bool(where.person)
            if own and is_mine and who.id not in each.views:
                await self._execute(who, where, each, own["action"], {}, "automatic")

    def _seen(self, person: str, channel: str) -> tuple[Channel, Person]:
        who = self._tenant.people.get(person)
        if who is None:
            raise NotThereError("there is no such person")
        where = next((each for each in self._tenant.of(person) if each.id == channel), None)
        if where is None:
            raise NotThereError("they are not in this channel")
        return where, who

    def _team(self, team_id: str) -> Team:
        if team_id not in self._tenant.teams:
            raise NotThereError("there is no such team")
        return self._tenant.teams[team_id]

    def _installation(self, team: Team, action: str, person: str = "") -> Json:
        adder = self._tenant.people[person or team.members[0]]
        channel = next(each for each in team.channels if each.id == team.id)
        extra = {"type": "installationUpdate", "action": action, "id": self._tenant.next_id()}
        activity = self._from(adder, channel, extra, "")
        activity["channelData"]["settings"] = {"selectedChannel": {"id": team.id}}
        return activity

    def _from(self, who: Person, where: Channel, extra: Json, thread: str) -> Json:
        """Return an activity as Teams makes it."""
        team = self._tenant.teams.get(where.team)
        tenant = who.tenant or self._tenant.id
        conversation: Json = {"id": where.id, "tenantId": tenant, "conversationType": "personal"}
        data: Json = {"tenant": {"id": tenant}}
        if team is not None:
            identity = f"{where.id};messageid={thread}" if thread else where.id
            conversation |= {"id": identity, "conversationType": "channel", "isGroup": True}
            data |= {
                "channel": {"id": where.id, "name": where.name},
                "team": {"id": team.id, "name": team.name, "aadGroupId": team.group},
            }
        return {
            "channelId": "msteams",
            "serviceUrl": self._service_url,
            "timestamp": self._tenant.clock().isoformat(),
            "locale": "en-GB",
            "from": {"id": who.mri, "name": who.name, "aadObjectId": who.id},
            "recipient": {"id": self._tenant.app.bot, "name": self._tenant.app.name},
            "conversation": conversation,
            "channelData": data,
            **extra,
        }

    async def _tell(self, activity: Json) -> Outcome:
        outcome, _ = await self._ask(activity)
        return outcome

    async def _ask(self, activity: Json) -> tuple[Outcome, Json | None]:
        """Send *activity* to the app; return what came of it, and the answer to a press."""
        status, said = await asyncio.to_thread(self.deliver, activity)
        name = str(activity.get("name") or activity["type"])
        self._tenant.log("to the app", name, status, activity, said)
        if status == 0:
            return Outcome({}, "The app does not answer. Is it running?", 503), None
        if status >= 300:
            return Outcome({}, f"The app answered {status}.", status), None
        return Outcome({}), said if isinstance(said, dict) and "statusCode" in said else None

    def _is_answered(self) -> bool:
        """Say whether anything listens where the app is to be."""
        try:
            self._http.request("HEAD", self._app_url, timeout=_PATIENCE_SECONDS)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            return False
        return True

    def deliver(self, activity: Json, authorization: str | None = None) -> tuple[int, Any]:
        """Call the app; return its status and its JSON, 0 where it does not answer."""
        token = authorization if authorization is not None else self._signed(activity)
        try:
            answer = self._http.request(
                "POST",
                f"{self._app_url}/api/messages",
                body=json.dumps(activity).encode(),
                headers={"Content-Type": "application/json", "Authorization": token},
                timeout=_PATIENCE_SECONDS,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            self.is_connected = False
            return 0, None
        self.is_connected = True
        try:
            return answer.status, json.loads(answer.data or b"null")
        except ValueError:
            return answer.status, answer.data.decode(errors="replace")

    def _signed(self, activity: Json) -> str:
        return f"Bearer {self._identity.sign(str(activity['serviceUrl']))}"
