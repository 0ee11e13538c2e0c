"""The watch on the allowlist: people hear when the file is broken, and when it is mended."""

import logging
from collections.abc import Callable

from compliance.channel import Channel
from notifiers.chat import Chat, ChatBusyError, ChatRefusedError, InDoubtError

log = logging.getLogger(__name__)

BROKEN = (
    "The allowlist file cannot be read. The last good version stays in force, and no exception can "
    "be recorded until the file is mended: {problem}"
)
MENDED = "The allowlist file is mended, and what it says is in force."


class AllowlistWatch:
    """Tells *channel* once of each fault; *problem* is empty while the file is as it should be."""

    def __init__(self, problem: Callable[[], str], chat: Chat, channel: Channel | None) -> None:
        self._problem = problem
        self._chat = chat
        self._channel = channel
        self._told = ""

    def round(self) -> None:
        problem = self._problem()
        if problem == self._told or self._channel is None:
            return
        try:
            text = BROKEN.format(problem=problem) if problem else MENDED
            self._chat.notice(self._channel, text)
        except (ChatBusyError, ChatRefusedError, InDoubtError) as error:
            log.warning("the allowlist's fault is told later", extra={"why": str(error)})
            return
        self._told = problem
