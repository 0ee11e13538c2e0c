"""The workspace's state. Everything here runs in the server's event loop, so nothing is locked."""

from collections import deque
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count

from playground.clock import Clock
from playground.slack.entities import Call, Channel, File, Message, Team, User, UserGroup, View
from playground.topics import Topics

#: How many exchanges the inspector can look back on.
_CALLS_KEPT = 500
#: How many messages a channel keeps: enough for a day of the demo, not for a leak.
_MESSAGES_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workspace starts with."""

    team: Team
    users: tuple[User, ...]
    groups: tuple[UserGroup, ...]
    channels: tuple[Channel, ...]


class Workspace(Topics):
    """People, channels and what is in them; a part that needs to know of changes subscribes.

    Topics are ``channel C…``, ``views U…``, ``home U…``, ``channels``, ``calls``, and
    ``everything`` after a reset.
    """

    def __init__(self, contents: Contents, clock: Clock) -> None:
        super().__init__()
        self.team = contents.team
        self.clock = clock
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self._contents = contents
        self._last_ts = 0
        self._numbers = count(1)
        self.reset()

    def reset(self) -> None:
        """Be as at the start. Times and numbers go on, so that no id comes twice."""
        contents = deepcopy(self._contents)
        self.users = {user.id: user for user in contents.users}
        self.groups = {group.id: group for group in contents.groups}
        self.channels = {channel.id: channel for channel in contents.channels}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.calls.clear()
        self._messages: dict[str, dict[str, Message]] = {each: {} for each in self.channels}
        self.changed("everything")

    def next_ts(self) -> str:
        """Return a message's name in Slack: seconds with six digits, never the same twice."""
        micros = int(self.clock().timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_number(self) -> int:
        """Return a number for ids; never the same twice."""
        return next(self._numbers)

    def direct(self, *members: str) -> Channel | None:
        """Return the direct message between *members*."""
        wanted = set(members)
        return next((c for c in self.channels.values() if c.is_im and c.members == wanted), None)

    def can_read(self, user: str, channel: str) -> bool:
        """Say whether *user* sees *channel*: members do, and everybody of the team but guests
        where it is public.
        """
        place, person = self.channels.get(channel), self.users.get(user)
        if place is None or person is None:
            return False
        is_public = not place.is_private and not place.is_im
        return user in place.members or (is_public and is_full_member(person))

    def top_view(self, user: str) -> View | None:
        """Return the modal that *user* has before them, on top of those that wait below."""
        views = [view for view in self.views.values() if view.user == user]
        below = {view.previous for view in views}
        return next((view for view in views if view.id not in below), None)

    def add_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self._messages[channel.id] = {}
        self.changed("channels")

    def put(self, message: Message) -> None:
        """Add *message*, or say that it has changed."""
        messages = self._messages[message.channel]
        messages[message.ts] = message
        while len(messages) > _MESSAGES_KEPT:
            del messages[next(iter(messages))]
        self.changed(f"channel {message.channel}")

    def message(self, channel: str, ts: str) -> Message | None:
        return self._messages.get(channel, {}).get(ts)

    def delete(self, message: Message) -> None:
        self._messages[message.channel].pop(message.ts, None)
        self.changed(f"channel {message.channel}")

    def messages(self, channel: str, reader: str = "") -> Iterator[Message]:
        """Yield a channel's messages, oldest first; ephemeral ones only to their *reader*."""
        for message in self._messages.get(channel, {}).values():
            if not message.reader or message.reader == reader:
                yield message

    def everything(self, channel: str) -> list[Message]:
        """Return a channel's messages, ephemeral ones too: for tests, for nobody in Slack."""
        return list(self._messages.get(channel, {}).values())

    def log(self, call: Call) -> None:
        self.calls.append(call)
        self.changed("calls")


def is_full_member(user: User) -> bool:
    """Say whether *user* belongs to the workspace and is no guest of it."""
    is_guest = user.is_restricted or user.is_ultra_restricted
    return not (is_guest or user.is_stranger or user.deleted)
