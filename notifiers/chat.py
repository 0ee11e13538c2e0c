"""What every chat product does for the bot, and what can come of it, in no product's terms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commands.answers import Digest
from compliance.channel import Channel, Message
from compliance.group import Content
from compliance.mendable import MendableError
from compliance.reply import Reply


class ChatBusyError(MendableError):
    """The chat product asks for a pause, *everywhere* or in this channel alone."""

    def __init__(self, pause: timedelta, *, everywhere: bool = False) -> None:
        super().__init__(f"chat asks for a pause of {pause.total_seconds():.0f} s")
        self.pause = pause
        self.everywhere = everywhere


class ChatRefusedError(MendableError):
    """The chat product takes nothing from the bot; *remedy* says what an operator can do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}: {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class ChannelClosedError(ChatRefusedError):
    """The channel takes nothing from the bot: it is archived, gone, or the bot is not in it."""


class ContentRefusedError(ChatRefusedError):
    """The chat product does not take this one message, not even in plain words.

    *details* are the product's own words about each thing in it.
    """

    def __init__(self, problem: str, remedy: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(problem, remedy)
        self.details = details


class MessageGoneError(Exception):
    """The message is not there any more, or can no longer be changed."""


class InDoubtError(MendableError):
    """The answer did not come: the message may have been posted, or not."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a chat product takes messages.

    Two messages to one channel are *apart*; in all channels together *updates* messages can be
    changed in a minute.
    """

    apart: timedelta
    updates: int


#: When a post, a reply or a letter in doubt is looked for, and again as long as it can arrive.
LOOK_AFTER = timedelta(seconds=2)
#: A call that got no answer in ten seconds has ended by then, one way or the other.
ARRIVES_WITHIN = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class Post:
    """Our own id of a post, made before it is posted, and the findings it is about.

    The message carries both, so that a post whose answer was lost can be found in its channel.
    """

    id: str
    finding_ids: tuple[str, ...] = ()


class Screen(Protocol):
    """What chat shows, for a product in which somebody presses a button on it."""

    def adopt(self, finding_id: str, message: Message) -> None:
        """Hear of a message that was pressed: one that the ledger does not know is mended."""

    def content(self, finding_id: str, channel: Channel) -> Content | None:
        """Return what the finding's message shows there now, None where *channel* has none."""

    def wake(self) -> None:
        """Look now whether there is something to show."""


class Chat(Protocol):
    """A chat product.

    Each method raises ChatBusyError, ChatRefusedError or ChannelClosedError. Those that post raise
    InDoubtError where they do not know whether they did, and ContentRefusedError.
    """

    pace: Pace

    def post(self, channel: Channel, content: Content, post: Post) -> Message: ...

    def replace(self, message: Message, content: Content) -> None:
        """Change a message; raises MessageGoneError. Done twice, it is as if done once."""

    def find(self, channel: Channel, post_id: str, since: datetime) -> tuple[Message, ...]:
        """Return the messages that carry our *post_id*, oldest first, posted about *since*."""

    def reply(self, to: Message, reply: Reply, post: Post) -> Message:
        """Answer in the thread of *to*, in the channel as well where the reply is urgent.

        Raises MessageGoneError.
        """

    def find_reply(self, to: Message, post_id: str, since: datetime) -> tuple[Message, ...]:
        """Return the replies to *to* that carry our *post_id*, oldest first, made about *since*."""

    def announce(self, channel: Channel, reply: Reply, post: Post) -> Message:
        """Say *reply* in a channel, in no thread; ``find`` finds it."""

    def direct(self, person: str, reply: Reply, post: Post) -> Message:
        """Say *reply* to one person alone, whose id names its product: ``slack:U0HANNAH``."""

    def find_direct(self, person: str, post_id: str, since: datetime) -> tuple[Message, ...]:
        """Return what was said to *person* alone that carries our *post_id*, oldest first."""

    def person_of(self, email: str) -> str:
        """Return the id of the member with this address, empty where there is none or no telling.

        Guests and people of other organisations are never returned. Asks only now and then.
        """

    def link(self, message: Message) -> str:
        """Return an address that leads to *message*, empty where it has none."""

    def outsiders(self, channel: Channel) -> str:
        """Say which outsiders can read *channel*, empty where only members can."""

    def point(self, orphan: Message, real: Message) -> None:
        """Leave nothing of *orphan* but a pointer to *real*; raises MessageGoneError."""

    def notice(self, channel: Channel, text: str) -> None:
        """Say a sentence."""

    def digest(self, channel: Channel, digest: Digest, post: Post) -> None:
        """Send the periodic report."""

    def problem(self) -> str:
        """Say why the product cannot be reached, empty when it can."""
