"""What each person has read, and what calls them: a changed message marks nothing unread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.slack.entities import Message
from playground.slack.page.reader import Reader

_EVERYBODY = ("<!channel>", "<!here>", "<!everyone>")


@dataclass(slots=True)
class Reads:
    """How far each person has read: user, channel, and the thread or nothing -> ts."""

    last: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def read(self, reader: Reader, channel: str, thread: str = "") -> None:
        read = _of_thread(reader, channel, thread) if thread else in_channel(reader, channel)
        newest = max((each.ts for each in read), default="")
        self.last[reader.user.id, channel, thread] = newest

    def unread(self, reader: Reader, channel: str) -> int:
        """Return how many messages of the channel itself this reader has not seen."""
        return len(self._unread(reader, channel))

    def unread_replies(self, reader: Reader, channel: str, thread: str) -> tuple[Message, ...]:
        """Return the replies that this reader has not seen, of a thread that they follow.

        Who was mentioned in a thread or wrote in it follows it, as in Slack.
        """
        messages = list(_of_thread(reader, channel, thread))
        if not any(calls(each, reader) or each.user == reader.user.id for each in messages):
            return ()
        seen = self.last.get((reader.user.id, channel, thread), "")
        others = (each for each in messages if each.user != reader.user.id)
        return tuple(each for each in others if is_reply(each) and each.ts > seen)

    def mentions(self, reader: Reader, channel: str) -> int:
        """Return how many messages call this reader that they have not seen, in threads too."""
        unread = [each for each in self._unread(reader, channel) if not is_reply(each)]
        messages = reader.workspace.messages(channel, reader.user.id)
        for thread in {each.thread_ts for each in messages if is_reply(each)}:
            unread += self.unread_replies(reader, channel, thread)
        return sum(calls(each, reader) for each in unread)

    def threads(self, reader: Reader) -> list[tuple[str, str]]:
        """Return the channels and threads with replies that this reader has not seen.

        The newest reply comes first.
        """
        found: dict[tuple[str, str], str] = {}
        for channel in reader.workspace.channels:
            if not reader.workspace.can_read(reader.user.id, channel):
                continue
            messages = reader.workspace.messages(channel, reader.user.id)
            for thread in {each.thread_ts for each in messages if is_reply(each)}:
                if unread := self.unread_replies(reader, channel, thread):
                    found[channel, thread] = unread[-1].ts
        return sorted(found, key=lambda place: found[place], reverse=True)

    def _unread(self, reader: Reader, channel: str) -> list[Message]:
        seen = self.last.get((reader.user.id, channel, ""), "")
        return [
            each
            for each in in_channel(reader, channel)
            if each.ts > seen and each.user != reader.user.id
        ]


def in_channel(reader: Reader, channel: str) -> Iterator[Message]:
    """Yield what is read in the channel itself, replies that were sent to it as well among it."""
    messages = reader.workspace.messages(channel, reader.user.id)
    return (each for each in messages if each.is_in_channel)


def is_reply(message: Message) -> bool:
    return bool(message.thread_ts) and message.thread_ts != message.ts


def calls(message: Message, reader: Reader) -> bool:
    """Say whether *message* mentions this reader, a group of theirs, or everybody."""
    user = reader.user.id
    if f"<@{user}" in message.text or any(each in message.text for each in _EVERYBODY):
        return True
    groups = {each.id for each in reader.workspace.groups.values() if user in each.users}
    if any(f"<!subteam^{each}" in message.text for each in groups):
        return True
    return any(_names(block, user, groups) for block in message.blocks)


def _of_thread(reader: Reader, channel: str, thread: str) -> Iterator[Message]:
    messages = reader.workspace.messages(channel, reader.user.id)
    return (each for each in messages if thread in (each.ts, each.thread_ts))


def _names(part: Any, user: str, groups: set[str]) -> bool:
    if isinstance(part, Mapping):
        if part.get("type") == "user" and part.get("user_id") == user:
            return True
        if part.get("type") == "usergroup" and part.get("usergroup_id") in groups:
            return True
        return any(_names(each, user, groups) for each in part.values())
    if isinstance(part, Sequence) and not isinstance(part, str):
        return any(_names(each, user, groups) for each in part)
    return False
