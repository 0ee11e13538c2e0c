"""The watch on the allowlist: people hear when it is broken or mended, and what has no effect."""

import logging
from collections.abc import Callable, Mapping, Sequence

from compliance.channel import Channel
from compliance.ineffective import EntryWarning
from notifiers.chat import Chat, ChatBusyError, ChatRefusedError, InDoubtError

log = logging.getLogger(__name__)

BROKEN = "The allowlist cannot be read: {problem}"
MENDED = "The allowlist can be read again, and what it says is in force."
INEFFECTIVE = "Entries of the allowlist do not do what they seem to:\n{lines}"
#: What one message names; bot.py check names all.
_LINES_MAX = 10


class AllowlistWatch:
    """Reports each fault and each odd entry once to *channel*, and to the log.

    *problem* is empty while the allowlist is as it should be.
    """

    def __init__(
        self,
        problem: Callable[[], str],
        chats: Mapping[str, Chat],
        channel: Channel | None,
        warnings: Callable[[], Sequence[EntryWarning]] = tuple,
    ) -> None:
        self._problem = problem
        self._chats = chats
        self._channel = channel
        self._warnings = warnings
        self._told = ""
        self._logged: frozenset[str] = frozenset()
        self._warned: frozenset[str] = frozenset()

    def round(self) -> None:
        problem = self._problem()
        if problem != self._told:
            text = BROKEN.format(problem=problem) if problem else MENDED
            if self._posted(text):
                self._told = problem
        self._warn(self._warnings())

    def _warn(self, warnings: Sequence[EntryWarning]) -> None:
        # By what is said: a line that only moved says nothing new.
        texts = frozenset(warning.text for warning in warnings)
        for warning in warnings:
            if warning.text not in self._logged:
                extra = {"line": warning.line, "why": warning.text}
                log.warning("an entry of the allowlist does not do what it seems to", extra=extra)
        self._logged = texts
        new = [str(warning) for warning in warnings if warning.text not in self._warned]
        if not new or self._posted(INEFFECTIVE.format(lines=_some(new))):
            self._warned = texts

    def _posted(self, text: str) -> bool:
        if self._channel is None:
            return False
        try:
            self._chats[self._channel.product].notice(self._channel, text)
        except (ChatBusyError, ChatRefusedError, InDoubtError) as error:
            log.warning("the allowlist's fault is told later", extra={"why": str(error)})
            return False
        return True


def _some(lines: Sequence[str]) -> str:
    more = len(lines) - _LINES_MAX
    rest = f"\nand {more} more; bot.py check names all" if more > 0 else ""
    return "\n".join(lines[:_LINES_MAX]) + rest
