"""Where the allowlist's text is kept: what any such place can do, and how it fails. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from compliance.allowlist import Entry


class ShelfError(Exception):
    """The allowlist's text could not be read or written; the message says why and what to do."""


class ShelfUnreadableError(ShelfError):
    """The text cannot be read until somebody mends what the message names."""


class UnfitTextError(ShelfUnreadableError):
    """The text is written in no way that the bot knows; *line* is 0 for all of it."""

    def __init__(self, file: str, problem: str, line: int = 0) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file} {problem}")
        self.file = file
        self.problem = problem
        self.line = line


class ShelfUnwritableError(ShelfError):
    """The text cannot be written until somebody mends what the message names."""


class ShelfBusyError(ShelfError):
    """Others write just now, or the place does not answer; asking again later helps."""


class ShelfConflictError(ShelfError):
    """The text has changed since the revision that the new one was made from; read it again."""


class ShelfReviewError(ShelfError):
    """The new text waits for people to review it; until they take it, the old one is in force."""


class Lineage(Enum):
    """What a place knows of how its text came to be."""

    #: A file can be seen while it is half written.
    UNKNOWN = auto()
    #: Somebody meant it as it is: a commit on top of the last one, a version of an object.
    MEANT = auto()
    #: It does not follow from the text before: the branch was pushed by force.
    REWRITTEN = auto()


@dataclass(frozen=True, slots=True)
class Text:
    """The allowlist as it is written; another *revision* means another text."""

    text: str
    revision: str
    lineage: Lineage = Lineage.UNKNOWN


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole text after one more change, who made the change and why.

    *entries* are those that it adds or rewrites, *removed* those that it takes out. Many additions
    share one *latest* text, of which each leaves out what those after it add: *later*, from where
    to where.
    """

    latest: str
    author: str
    reason: str
    entries: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    later: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        begin, end = self.later
        return f"{self.latest[:begin]}{self.latest[end:]}" if begin < end else self.latest


class Memory(Protocol):
    """Keeps the last good text for a start at which its place is away."""

    def recall(self) -> Text | None:
        """Return what was kept last, None where nothing was."""

    def keep(self, text: Text) -> None:
        """Put *text* in the place of what was kept before."""


class Shelf(Protocol):
    """One place: a file, a Git repository, an object in S3."""

    @property
    def name(self) -> str:
        """What people call it in a message: a path or a URL, without secrets."""

    def read(self) -> Text:
        """Return the text as it is now; raises ShelfUnreadableError or ShelfBusyError.

        Asked every few seconds, so it costs next to nothing where nothing has changed.
        """

    @property
    def reviewed(self) -> bool:
        """Whether people review each change before it is in force: each is then by itself."""

    def write(self, drafts: Sequence[Draft], revision: str) -> Text:
        """Put the last of *drafts* in the place of *revision* and return what is there now.

        Each draft goes on from the one before; a place with a history keeps each of them. Where
        changes are reviewed, there is one draft, and ShelfReviewError says where it waits. Raises
        ShelfConflictError where *revision* is not current, ShelfUnwritableError or ShelfBusyError;
        then nothing was changed.
        """

    def unwritable(self) -> str:
        """Say why a text could not be written now, empty when it could; changes nothing."""
