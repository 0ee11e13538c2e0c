"""The workspace's state. Everything here runs in the server's event loop, so nothing is locked."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

from playground.slack.entities import Call, Channel, File, Message, Team, User, UserGroup, View

#: How many exchanges the inspector can look back on.
_CALLS_KEPT = 500
#: How many messages a channel keeps: enough for a day of the demo, not for a leak.
_MESSAGES_KEPT = 1000


class Clock:
    """The time, which a test can move on."""

    def __init__(self, time: Callable[[], datetime]) -> None:
        self._time = time
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._time() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by


class Workspace:
    """People, channels and what is in them; whoever wants to know of changes subscribes."""

    def __init__(
        self,
        team: Team,
        users: list[User],
        groups: list[UserGroup],
        channels: list[Channel],
        clock: Clock,
    ) -> None:
        self.team = team
        self.users = {user.id: user for user in users}
        self.groups = {group.id: group for group in groups}
        self.channels = {channel.id: channel for channel in channels}
        self.clock = clock
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self._messages: dict[str, dict[str, Message]] = {each.id: {} for each in channels}
        self._last_ts = 0
        self._numbers = count(1)
        self._subscribers: set[asyncio.Queue[str]] = set()

    def next_ts(self) -> str:
        """Return a message's name in Slack: seconds with six digits, never the same twice."""
        micros = int(self.clock().timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_number(self) -> int:
        """Return a number for ids; never the same twice."""
        return next(self._numbers)

    def add_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self._messages[channel.id] = {}
        self.changed("channels")

    def put(self, message: Message) -> None:
        """Add *message*, or tell that it has changed."""
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

    def log(self, call: Call) -> None:
        self.calls.append(call)
        self.changed("calls")

    def changed(self, topic: str) -> None:
        """Tell subscribers: ``channel C…``, ``views U…``, ``home U…``, ``channels``, ``calls``."""
        for queue in self._subscribers:
            queue.put_nowait(topic)

    async def subscribe(self) -> AsyncIterator[str]:
        """Yield topics as they change, until the subscriber goes away."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._subscribers.discard(queue)
