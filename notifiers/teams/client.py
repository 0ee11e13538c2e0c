"""Every message the bot sends to Teams by itself: cards, replies, pointers and reports."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from commands.answers import Digest
from compliance.channel import Channel, Message
from compliance.group import Content
from compliance.prose import Link, Prose, plain
from compliance.reply import Reply
from compliance.routing import Teams
from ledger.rooms import Room, Rooms
from notifiers import words
from notifiers.chat import ChannelClosedError, ChatRefusedError, Pace, Post
from notifiers.teams.answers import answer_card, mentioned, notice_card, reply_card
from notifiers.teams.cards import Viewing, content_card
from notifiers.teams.connector import Connector
from notifiers.teams.elements import message as whole
from notifiers.teams.errors import changing, posting
from notifiers.teams.microsoft import FAILURES, Json
from notifiers.teams.people import People
from notifiers.teams.text import PRODUCT, own_id
from notifiers.teams.viewers import Viewers

log = logging.getLogger(__name__)

#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: 60 in 30 seconds and
#: conversation; 50 calls a second in the tenant, which the bot never comes near.
PACE = Pace(apart=timedelta(seconds=0.6), updates=600)
_UNKNOWN = "the bot does not know this channel"
_ADD = (
    "Add the app to the team in Teams, mention the bot once in the channel, or name the channel in "
    "teams.yaml by the id in its link."
)
_READ = (
    "Add the app to the team again with the permission ChannelMessage.Read.Group of "
    "config/teams-app/manifest.json."
)
_NO_HISTORY = "the messages of a personal chat cannot be read"
_POINTER = "This finding's card is in another message of this channel."
#: A post that is looked for came at its time, or as much earlier as two clocks can differ.
_EARLIER = timedelta(hours=1)
_PAGE, _PAGES_MAX = 50, 20
#: How the id of a channel begins, wherever it comes from.
_THREADS = "19:"


class TeamsChat:
    """Teams as the bot's jobs use it: the Chat of ``notifiers.chat``."""

    pace = PACE

    def __init__(
        self,
        connector: Connector,
        rooms: Rooms,
        people: People,
        teams: Teams,
        tenant: str,
        reach: Callable[[], object],
    ) -> None:
        self._connector = connector
        self._rooms = rooms
        self._people = people
        self._tenant = tenant
        self._reach = reach
        self._viewers = Viewers(connector, people, teams)

    def post(self, channel: Channel, content: Content, post: Post) -> Message:
        room = self.room(channel)
        card = content_card(content, self._viewing(channel, room, post.id))
        with posting():
            return Message(channel, self._connector.send(room, whole(card, _says(content))))

    def replace(self, message: Message, content: Content) -> None:
        room = self.room(message.channel)
        card = content_card(content, self._viewing(message.channel, room))
        with changing():
            self._connector.update(room, message.id, whole(card, _says(content)))

    def find(self, channel: Channel, post_id: str, since: datetime) -> tuple[Message, ...]:
        room = self.room(channel)
        return self._with(post_id, channel, self._history(room, "", since))

    def reply(self, to: Message, reply: Reply, post: Post) -> Message:
        # A reply lifts its thread to the end of the channel, which is what urgent asks for.
        room = self.room(to.channel)
        with posting():
            return Message(to.channel, self._connector.send(room, self._said(reply, post), to.id))

    def find_reply(self, to: Message, post_id: str, since: datetime) -> tuple[Message, ...]:
        room = self.room(to.channel)
        return self._with(post_id, to.channel, self._history(room, to.id, since))

    def announce(self, channel: Channel, reply: Reply, post: Post) -> Message:
        room = self.room(channel)
        with posting():
            return Message(channel, self._connector.send(room, self._said(reply, post)))

    def direct(self, person: str, reply: Reply, post: Post) -> Message:
        room = self.room_with(own_id(person))
        with posting():
            sent = self._connector.send(room, self._said(reply, post))
        return Message(Channel(PRODUCT, room.id), sent)

    def find_direct(self, person: str, post_id: str, since: datetime) -> tuple[Message, ...]:
        raise ChatRefusedError(_NO_HISTORY)

    def person_of(self, email: str) -> str:
        return self._people.person_of(email)

    def link(self, message: Message) -> str:
        room = self._rooms.one(message.channel.id)
        if room is None or not room.group:
            return ""
        query = urlencode({"groupId": room.group, "tenantId": self._tenant})
        return f"https://teams.microsoft.com/l/message/{quote(room.id)}/{message.id}?{query}"

    def outsiders(self, channel: Channel) -> str:
        room = self.room(channel)
        with changing():
            return self._viewers.outsiders(room, self._tenant)

    def point(self, orphan: Message, real: Message) -> None:
        link = self.link(real)
        text: Prose = (_POINTER, *((" ", Link("Open it", link)) if link else ()))
        with changing():
            card = notice_card(text)
            self._connector.update(self.room(orphan.channel), orphan.id, whole(card, _POINTER))

    def notice(self, channel: Channel, text: str) -> None:
        room = self.room(channel)
        with posting():
            self._connector.send(room, whole(notice_card((text,)), text))

    def digest(self, channel: Channel, digest: Digest, post: Post) -> None:
        room = self.room(channel)
        card = answer_card(digest, Viewing(post_id=post.id))
        with posting():
            self._connector.send(room, whole(card, words.DIGEST))

    def problem(self) -> str:
        try:
            self._reach()
        except FAILURES as error:
            return str(error)
        return ""

    def room(self, channel: Channel) -> Room:
        """Return where *channel* is; raises ChannelClosedError where the bot may not speak."""
        room = self._rooms.one(channel.id)
        if room is None and channel.id.startswith(_THREADS):
            # Teams names it when somebody writes there; until then its usual address serves.
            return Room(channel.id, self._connector.usual_url)
        if room is None:
            raise ChannelClosedError(_UNKNOWN, _ADD)
        if room.closed_at:
            raise ChannelClosedError("the bot was removed from this channel", _ADD)
        return room

    def room_with(self, person: str) -> Room:
        """Return the conversation with Entra's *person* alone, which is made where it has to be."""
        if room := self._rooms.with_person(person):
            return room
        known = self._rooms.any()
        url = known.service_url if known else self._connector.usual_url
        with changing():
            room = self._connector.conversation_with(person, url)
        self._rooms.learn(room)
        return room

    def _viewing(self, channel: Channel, room: Room, post_id: str = "") -> Viewing:
        return Viewing(self._people.name, post_id, self._viewers.of(channel, room))

    def _said(self, reply: Reply, post: Post) -> Json:
        people = [
            (own, self._people.name(f"{PRODUCT}:{own}"))
            for own in mentioned(reply)
            if not self._people.is_group(own)
        ]
        card = reply_card(reply, self._people.name, post.id, people)
        return whole(card, plain(reply.text, self._people.name))

    def _with(
        self, post_id: str, channel: Channel, messages: Iterable[Json]
    ) -> tuple[Message, ...]:
        ours = json.dumps(f"post {post_id}")
        carrying = (str(each["id"]) for each in messages if ours in _cards(each))
        return tuple(sorted(Message(channel, each) for each in carrying))

    def _history(self, room: Room, thread: str, since: datetime) -> Iterator[Json]:
        """Yield what was posted since then, the newest first; needs ChannelMessage.Read.Group."""
        if not room.group:
            raise ChatRefusedError("the team's directory id is not known", _ADD)
        path = f"teams/{quote(room.group)}/channels/{quote(room.id)}/messages"
        path += f"/{quote(thread)}/replies" if thread else ""
        path += f"?$top={_PAGE}"
        oldest = (since - _EARLIER).isoformat()
        for _ in range(_PAGES_MAX):
            page = self._page(path)
            for each in page.get("value") or ():
                if str(each.get("createdDateTime", "")) < oldest[:19]:
                    return
                yield each
            following = str(page.get("@odata.nextLink") or "")
            if not following:
                return
            path = self._people.below(following)
        raise ChatRefusedError("more messages than can be looked through")

    def _page(self, path: str) -> Json:
        try:
            with changing():
                page: Json = self._people.get(path)
                return page
        except ChannelClosedError as error:
            # The bot may still post there: what it may not is read.
            raise ChatRefusedError(error.problem, _READ) from error


def _says(content: Content) -> str:
    return plain(words.content(content))


def _cards(posted: Json) -> str:
    """Return the cards of a message as Graph gives them: JSON in a text."""
    contents = (each.get("content") or "" for each in posted.get("attachments") or ())
    return "".join(each if isinstance(each, str) else json.dumps(each) for each in contents)
