"""The tenant's state. Everything here runs in the server's event loop, so nothing is locked."""

from collections import deque
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from playground.clock import Clock
from playground.topics import Topics

Json = dict[str, Any]

#: What bots that ask Microsoft Graph who somebody is are consented to.
PERMISSIONS = ("User.Read.All", "GroupMember.Read.All")
SEED = Path(__file__).with_name("seed.yaml")
#: How many exchanges the inspector can look back on, and how many messages are kept.
_CALLS_KEPT, _MESSAGES_KEPT = 500, 2_000


@dataclass(frozen=True, slots=True)
class App:
    """The app that is installed: its registration in Entra, with what was consented to."""

    id: str
    secret: str = field(repr=False)
    name: str
    permissions: list[str] = field(
        default_factory=lambda: ["User.Read.All", "GroupMember.Read.All"]
    )

    @property
    def bot(self) -> str:
        return f"28:{self.id}"


@dataclass(slots=True)
class Person:
    """Somebody of the tenant, a guest in it, or of another *tenant*."""

    id: str
    name: str
    mail: str = ""
    role: str = ""
    is_guest: bool = False
    is_enabled: bool = True
    tenant: str = ""

    @property
    def mri(self) -> str:
        """Return the id that Teams gives a person towards one bot."""
        return f"29:1{self.id.replace('-', '')}"


@dataclass(slots=True)
class Group:
    id: str
    name: str
    members: list[str]


@dataclass(slots=True)
class Channel:
    """A channel of a team, or a personal chat with the bot where *person* is set."""

    id: str
    name: str
    team: str = ""
    person: str = ""


@dataclass(slots=True)
class Team:
    """*id* is the team's own conversation, *group* its id in Entra."""

    id: str
    group: str
    name: str
    channels: list[Channel]
    members: list[str]
    has_app: bool = True


@dataclass(slots=True)
class File:
    """A file in somebody's OneDrive; *content* is None until the app has put it there."""

    id: str
    person: str
    name: str
    content: bytes | None = None


@dataclass(slots=True)
class Message:
    """A message; *thread* is the one it answers. *views* are what single people see of its card.

    *only_for* is the one person who sees a targeted message. *doubt* is what Teams would refuse.
    """

    id: str
    channel: str
    sender: str
    activity: Json
    at: datetime
    thread: str = ""
    is_edited: bool = False
    views: dict[str, Json] = field(default_factory=dict)
    only_for: str = ""
    doubt: str = ""

    def attachment(self, kind: str) -> Json | None:
        """Return the first attachment whose content type ends so."""
        attached: list[Json] = self.activity.get("attachments") or []
        return next(
            (each for each in attached if str(each.get("contentType")).endswith(kind)), None
        )

    @property
    def card(self) -> Json | None:
        attached = self.attachment("card.adaptive")
        return attached["content"] if attached else None

    def is_for(self, reader: str) -> bool:
        return self.only_for in ("", reader)

    def card_for(self, person: str) -> Json | None:
        return self.views.get(person) or self.card


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange between the app and Teams, for the inspector."""

    number: int
    at: datetime
    direction: str
    name: str
    status: int
    request: Any
    response: Any


class Tenant(Topics):
    """People, teams, channels and what is in them; a part that needs to know of changes subscribes.

    Topics are ``channel 19:…``, ``channels``, ``calls``, and ``everything`` after a reset.
    """

    def __init__(self, seed: Mapping[str, Any], clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.id, self.name = str(seed["tenant"]["id"]), str(seed["tenant"]["name"])
        self.app = App(**seed["app"])
        #: Whether messages can be posted that one person of a channel sees.
        self.has_targeted = bool(seed["tenant"].get("targeted_messages", True))
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self._seed = seed
        self._numbers = count(1)
        self._last_id = 0
        self.reset()

    def reset(self) -> None:
        """Be as at the start. Ids go on, so that none comes twice."""
        seed = deepcopy(dict(self._seed))
        self.people = {each["id"]: Person(**each) for each in seed["people"]}
        self.groups = {each["id"]: Group(**each) for each in seed.get("groups") or ()}
        self.teams: dict[str, Team] = {}
        self.channels: dict[str, Channel] = {}
        for each in seed["teams"]:
            channels = [Channel(**channel, team=each["id"]) for channel in each["channels"]]
            self.teams[each["id"]] = team = Team(**{**each, "channels": channels})
            if team.id not in {channel.id for channel in channels}:
                raise ValueError(f"team {team.name} has no General channel, with the team's own id")
            if not self.people.keys() >= set(team.members) or not team.members:
                raise ValueError(f"team {team.name} has no members, or others than people")
            self.channels |= {channel.id: channel for channel in channels}
        self.blocked: set[str] = set()
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.calls.clear()
        self.changed("everything")

    def next_id(self) -> str:
        """Return a message's id as Teams makes them: milliseconds since 1970, never twice."""
        self._last_id = max(int(self.clock().timestamp() * 1000), self._last_id + 1)
        return str(self._last_id)

    def next_number(self) -> int:
        return next(self._numbers)

    def roster(self, channel: Channel) -> list[Person]:
        """Return who is in a conversation."""
        ids = [channel.person] if channel.person else self.teams[channel.team].members
        return [self.people[each] for each in ids if each in self.people]

    def of(self, person: str) -> Iterator[Channel]:
        """Yield the channels that *person* sees, and their chat with the bot."""
        for team in self.teams.values():
            if person in team.members:
                yield from team.channels
        known = self.people.get(person)
        if known is not None and not known.tenant:
            yield self.chat_with(person)

    def chat_with(self, person: str) -> Channel:
        """Return the personal chat with the bot, which is made where it has to be."""
        identity = f"a:1{person.replace('-', '')}"
        if identity not in self.channels:
            self.channels[identity] = Channel(identity, self.app.name, person=person)
            self.changed("channels")
        return self.channels[identity]

    def in_channel(
        self, channel: str, thread: str | None = None, reader: str | None = None
    ) -> list[Message]:
        """Return a channel's messages, oldest first: of one *thread*, as one *reader* sees them."""
        return [
            each
            for each in self.messages.values()
            if each.channel == channel
            and (thread is None or each.thread == thread)
            and (reader is None or each.is_for(reader))
        ]

    def expect_file(self, person: str, name: str) -> File:
        """Return a file of *person* that the app is to put there."""
        file = File(token_urlsafe(16), person, name)
        self.files[file.id] = file
        return file

    def put(self, message: Message) -> None:
        self.messages[message.id] = message
        while len(self.messages) > _MESSAGES_KEPT:
            del self.messages[next(iter(self.messages))]
        self.changed(f"channel {message.channel}")

    def log(self, direction: str, name: str, status: int, request: Any, response: Any) -> None:
        self.calls.append(
            Call(self.next_number(), self.clock(), direction, name, status, request, response)
        )
        self.changed("calls")
