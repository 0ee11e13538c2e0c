"""What the page shows of a channel, a thread, the sidebar and the inspector, for one reader."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playground.slack.entities import Call, Channel, Message, User
from playground.slack.page import dates
from playground.slack.page.reader import Reader
from playground.slack.page.reads import Reads, calls, in_channel, is_reply
from playground.slack.workspace import Workspace

#: How many messages of a channel are shown at once; older ones are one link away.
WINDOW = 60
_CALLS_SHOWN = 60
#: Slack leaves out name and picture where somebody goes on writing.
_GOES_ON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a list shows it: *day* is the divider above it, *mark* differs for each version.

    Of its *replies* so many are *unread*, and one of those *calls* this reader.
    """

    message: Message
    author: User | None
    at: datetime
    day: str
    goes_on: bool
    replies: tuple[Message, ...]
    unread: int
    calls: bool
    in_thread: bool
    mark: str

    @property
    def key(self) -> str:
        return self.message.ts


@dataclass(frozen=True, slots=True)
class Logged:
    """A call in the inspector's list; it never changes."""

    call: Call
    mark: str = "1"
    in_thread: bool = False

    @property
    def key(self) -> str:
        return str(self.call.number)


@dataclass(frozen=True, slots=True)
class Entry:
    """A channel in the sidebar; *mentions* call this reader, also in threads that they see not."""

    channel: Channel
    name: str
    unread: int
    mentions: int


def channel_lines(
    reader: Reader, channel: str, before: str = "", reads: Reads | None = None
) -> tuple[list[Line], bool]:
    """Return the newest messages, or those *before* a ts, and whether there are older ones.

    *reads* says which threads have replies that this reader has not seen.
    """
    replies: defaultdict[str, list[Message]] = defaultdict(list)
    for each in reader.workspace.messages(channel, reader.user.id):
        if is_reply(each):
            replies[each.thread_ts].append(each)
    main = [each for each in in_channel(reader, channel) if not before or each.ts < before]
    fresh = {
        thread: reads.unread_replies(reader, channel, thread) if reads else () for thread in replies
    }
    has_older = len(main) > WINDOW
    # The message before the first shown says whether a new day begins, or somebody goes on.
    lines = list(_lines(reader, main[-WINDOW - 1 :], replies, fresh))
    return lines[1:] if has_older else lines, has_older


def thread_lines(reader: Reader, channel: str, thread: str) -> list[Line]:
    """Return the message with that ts and the replies to it."""
    messages = reader.workspace.messages(channel, reader.user.id)
    return list(
        _lines(
            reader, [m for m in messages if thread in (m.ts, m.thread_ts)], {}, {}, in_thread=True
        )
    )


def entries(reader: Reader, reads: Reads) -> list[Entry]:
    return [
        Entry(
            channel,
            _with_whom(reader, channel) if channel.is_mpim else channel.name,
            reads.unread(reader, channel.id),
            reads.mentions(reader, channel.id),
        )
        for channel in sorted(reader.workspace.channels.values(), key=lambda each: each.name)
        if not channel.is_im and reader.workspace.can_read(reader.user.id, channel.id)
    ]


def _with_whom(reader: Reader, channel: Channel) -> str:
    """Name the others of a direct message of several, as Slack's sidebar does."""
    others = sorted(channel.members - {reader.user.id})
    return ", ".join(reader.workspace.users[each].real_name for each in others)


def direct_with_app(workspace: Workspace, user: User) -> Channel | None:
    bots = {each.id for each in workspace.users.values() if each.is_bot}
    directs = (each for each in workspace.channels.values() if each.is_im)
    return next((c for c in directs if user.id in c.members and c.members & bots), None)


def start(workspace: Workspace) -> tuple[str, str]:
    """Return who the page begins as and where: an approver before the channel with most to do."""
    public = [each for each in workspace.channels.values() if not each.is_im]
    for channel in sorted(public, key=lambda each: -sum(1 for _ in workspace.messages(each.id))):
        for user in workspace.users.values():
            if user.id in channel.members and "approver" in user.role:
                return user.id, channel.id
    first = next(user for user in workspace.users.values() if not user.is_bot)
    return first.id, home_channel(workspace, first.id)


def home_channel(workspace: Workspace, user: str) -> str:
    """Return the first channel that *user* is in, or at least may read."""
    readable = [
        channel
        for channel in workspace.channels.values()
        if not channel.is_im and workspace.can_read(user, channel.id)
    ]
    return min(readable, key=lambda each: user not in each.members).id if readable else ""


def logged_calls(workspace: Workspace, wanted: str = "") -> list[Logged]:
    """Return the latest calls, newest first, whose name or payload contains *wanted*."""
    found = (each for each in reversed(workspace.calls) if _matches(each, wanted.strip().lower()))
    return [Logged(call) for call, _ in zip(found, range(_CALLS_SHOWN), strict=False)]


def pretty(payload: Any) -> str:
    return json.dumps(_plain(payload), indent=2, ensure_ascii=False, default=str)


def _plain(payload: Any) -> Any:
    """Return *payload* with JSON that travels as a text (``payload=``, ``blocks=``) opened up."""
    if isinstance(payload, Mapping):
        return {key: _plain(value) for key, value in payload.items()}
    if isinstance(payload, list | tuple):
        return [_plain(each) for each in payload]
    if isinstance(payload, str) and payload[:1] in ("{", "["):
        try:
            return json.loads(payload)
        except ValueError:
            return payload
    return payload


def _matches(call: Call, wanted: str) -> bool:
    return not wanted or any(
        wanted in text.lower() for text in (call.name, call.direction, pretty(call.request))
    )


def _lines(
    reader: Reader,
    messages: Iterable[Message],
    replies: Mapping[str, Sequence[Message]],
    fresh: Mapping[str, Sequence[Message]],
    *,
    in_thread: bool = False,
) -> Iterator[Line]:
    previous: Message | None = None
    today = reader.now.date()
    for message in messages:
        at = reader.at(message.ts)
        is_new_day = previous is None or reader.at(previous.ts).date() != at.date()
        day = dates.day_name(at.date(), today) if is_new_day else ""
        goes_on = not is_new_day and previous is not None and _goes_on(previous, message)
        answers = tuple(replies.get(message.ts, ()))
        # The day is among them, since "yesterday" in a text changes with it.
        unread = tuple(fresh.get(message.ts, ()))
        seen = [(each.ts, each.user) for each in answers], len(unread)
        facts = (message, today, day, goes_on, seen)
        yield Line(
            message=message,
            author=reader.workspace.users.get(message.user),
            at=at,
            day="" if in_thread else day,
            goes_on=goes_on,
            replies=answers,
            unread=len(unread),
            calls=any(calls(each, reader) for each in unread),
            in_thread=in_thread,
            mark=hashlib.blake2s(repr(facts).encode(), digest_size=6).hexdigest(),
        )
        previous = message


def _goes_on(previous: Message, message: Message) -> bool:
    same = (previous.user, previous.reader) == (message.user, message.reader)
    # Each card shows whose it is: it is read by itself.
    return (
        same
        and not message.blocks
        and dates.moment(message.ts) - dates.moment(previous.ts) < _GOES_ON
    )
