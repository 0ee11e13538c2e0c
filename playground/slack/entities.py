"""What a workspace is made of: people, channels, messages, views, files, and calls of the app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace itself."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the app's own bot user.

    *team_id* is another workspace's for people of Slack Connect, who are strangers here. *role* is
    one line for the page: what this person may do.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    role: str = ""
    title: str = ""
    email: str = ""
    tz: str = "Europe/London"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: frozenset[str]


@dataclass(slots=True)
class Channel:
    """A channel, or a direct message between two members (``is_im``) or several (``is_mpim``)."""

    id: str
    name: str
    members: set[str]
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    topic: str = ""

    @property
    def kind(self) -> str:
        """What events call it: ``channel_type``."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"


@dataclass(slots=True)
class Message:
    """One message. *reader* is the only person who sees an ephemeral one, empty for all others.

    *subtype* is Slack's word for what nobody wrote. An assistant thread's first message has its
    *title*, the app's *status*, and the *prompts* that the app suggests, under a title of theirs.
    *state* is what each person has chosen in the message's own inputs:
    user -> block id -> action id -> value as in ``state.values``.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: Sequence[Block] = ()
    attachments: Sequence[Block] = ()
    bot_id: str = ""
    thread_ts: str = ""
    reader: str = ""
    edited: str = ""
    metadata: Mapping[str, Any] | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    mrkdwn: bool = True
    is_broadcast: bool = False
    subtype: str = ""
    title: str = ""
    status: str = ""
    prompts: tuple[Any, ...] = ()
    prompts_title: str = ""
    state: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.reader)

    @property
    def is_in_channel(self) -> bool:
        """Whether it is read in the channel itself, not in a thread alone."""
        return not self.thread_ts or self.thread_ts == self.ts or self.is_broadcast


@dataclass(slots=True)
class View:
    """A modal that a person has open, or a person's Home tab.

    *payload* is what the app gave (checked), *previous* and *root* are ids of the stack below it,
    *channel* is where the person was when it opened, empty where that was no conversation.
    """

    id: str
    user: str
    type: str
    payload: Mapping[str, Any]
    hash: str
    root: str
    previous: str = ""
    external_id: str = ""
    channel: str = ""
    state: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    id: str
    name: str
    title: str
    mimetype: str
    content: bytes = b""
    user: str = ""
    channels: tuple[str, ...] = ()
    complete: bool = False
    alt_text: str = ""


class Direction(StrEnum):
    """Who called whom."""

    FROM_APP = "from the app"
    TO_APP = "to the app"


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange with the app, for the inspector and for tests; no token is kept in it."""

    number: int
    at: datetime
    direction: Direction
    name: str
    request: Mapping[str, Any]
    response: Any
    status: int
    milliseconds: float
