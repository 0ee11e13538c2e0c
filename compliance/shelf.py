"""Where the allowlist's text is kept: what any such place can do, and how it fails. Pure."""

from dataclasses import dataclass
from typing import Protocol


class ShelfError(Exception):
    """The allowlist's text could not be read or written; the message says why and what to do."""


class ShelfUnreadableError(ShelfError):
    """The text cannot be read until somebody mends what the message names."""


class ShelfUnwritableError(ShelfError):
    """The text cannot be written until somebody mends what the message names."""


class ShelfBusyError(ShelfError):
    """Others write just now, or the place does not answer; asking again later helps."""


class ShelfConflictError(ShelfError):
    """The text has changed since the revision that the new one was made from; read it again."""


@dataclass(frozen=True, slots=True)
class Text:
    """The allowlist as it is written; another *revision* means another text."""

    text: str
    revision: str


class Shelf(Protocol):
    """One place: a file, a Git repository, an object in S3."""

    @property
    def name(self) -> str:
        """What people call it in a message: a path or a URL, without secrets."""

    def read(self) -> Text:
        """Return the text as it is now; raises ShelfUnreadableError or ShelfBusyError.

        Asked every few seconds, so it costs next to nothing where nothing has changed.
        """

    def write(self, text: str, revision: str, author: str, reason: str) -> Text:
        """Put *text* in the place of *revision* and return what is there now.

        Raises ShelfConflictError where *revision* is not current, ShelfUnwritableError or
        ShelfBusyError; then nothing was changed.
        """

    def unwritable(self) -> str:
        """Say why a text could not be written now, empty when it could; changes nothing."""
