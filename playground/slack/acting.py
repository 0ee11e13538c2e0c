"""What a person at the keyboard does: press, choose, submit, type. The page calls only this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

#: What an HTML form sends for one element: its values as texts, several for a multiple choice.
Raw = Sequence[str]


@dataclass(frozen=True, slots=True)
class Where:
    """The element that is used: in a message (channel and ts) or in a view (its id)."""

    block_id: str
    action_id: str
    channel: str = ""
    ts: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. *problem* is the line that Slack would show the person, empty when all went
    well; *errors* are a form's complaints by block id; *thread* is the channel and the ts of what
    was begun.
    """

    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    thread: tuple[str, str] = ("", "")


class NotThereError(LookupError):
    """A message, view, element or person is not there to be used: only a forged request asks."""


class Acting(Protocol):
    """Everything a person can do. Each waits for the app's acknowledgement, 3 s at most.

    Raises NotThereError for what the person does not have before them.
    """

    async def use(self, user: str, where: Where, raw: Raw) -> Outcome:
        """Press a button, or choose in an element that informs the app at once."""

    async def suggest(self, user: str, where: Where, typed: str) -> list[dict[str, Any]]:
        """Return the options that the app offers for what was typed in an external select."""

    async def submit(self, user: str, view: str, raw: Mapping[tuple[str, str], Raw]) -> Outcome:
        """Submit a modal; *raw* is by (block id, action id)."""

    async def close(self, user: str, view: str, *, all_of_them: bool = False) -> Outcome:
        """Close a modal; the one below it comes back unless *all_of_them* are closed."""

    async def command(self, user: str, channel: str, text: str) -> Outcome:
        """Type a slash command, ``/compliance status``."""

    async def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> Outcome:
        """Write a message."""

    async def open_home(self, user: str) -> Outcome:
        """Open the app's Home tab."""

    async def begin_thread(self, user: str, seen: str = "") -> Outcome:
        """Begin an assistant thread with the app; *seen* is the channel that is looked at."""

    async def shortcut(
        self, user: str, callback_id: str, channel: str = "", ts: str = ""
    ) -> Outcome:
        """Use a global shortcut, or a message shortcut on one message."""

    async def react(self, user: str, channel: str, ts: str, name: str) -> Outcome:
        """Add or take away a reaction."""
