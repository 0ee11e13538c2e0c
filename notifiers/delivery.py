"""One message brought up to date in chat, and what is noted of whatever comes of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from compliance.channel import Channel, Message
from compliance.finding import Finding
from compliance.group import Content
from compliance.tally import Tally
from ledger.leases import LEASE
from ledger.messages import Messages, Search
from ledger.shown import MessageUpdate
from ledger.stale import NOTHING_TO_DO
from notifiers.chat import (
    ARRIVES_WITHIN,
    LOOK_AFTER,
    ChannelClosedError,
    Chat,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
    Post,
)
from notifiers.troubles import Troubles

log = logging.getLogger(__name__)

#: From a message's findings, and all that it stands for, to what it says.
ContentOf = Callable[[Sequence[Finding], Tally], Content]

#: How long a channel that refuses messages is left alone before it is tried again.
_REFUSED_FOR = timedelta(seconds=20)
#: How long one new message is left alone that chat does not take even in words.
_CONTENT_REFUSED_FOR = timedelta(minutes=10)


class _LaterError(Exception):
    """Nobody can say yet whether the message was posted."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long chat wants to be left alone: with this channel, or with all updates."""

    length: timedelta
    everywhere: bool = False


class Deliveries:
    """Brings messages to chat products, whatever these answer."""

    def __init__(self, messages: Messages, content: ContentOf, troubles: Troubles) -> None:
        self._messages = messages
        self._content = content
        self._troubles = troubles
        self._without_history: set[Channel] = set()

    def bring(self, chat: Chat, update: MessageUpdate) -> Pause | None:
        """Bring a message up to date; return the pause that chat asks for."""
        try:
            self._show(chat, update)
        except _LaterError:
            return None
        except MessageGoneError:
            log.warning("a message was deleted in chat; posting anew", extra=_extra(update))
            self._messages.gone(update)
            return None
        except InDoubtError as error:
            log.warning("nobody knows whether a message was posted", extra=_extra(update, error))
            self._messages.postpone(update, LOOK_AFTER)
            return None
        except ChatBusyError as error:
            self._messages.release(update)
            self._troubles.put_off()
            return Pause(error.pause, error.everywhere)
        except ChatRefusedError as error:
            return self._refused(update, error)
        self._troubles.mended(update.channel)
        return None

    def search(self, chat: Chat, channel: Channel) -> bool:
        """Search *channel* for second messages of posts that were made again, where any are due."""
        searches = self._messages.searches(channel)
        for each in searches:
            try:
                self._search(chat, each)
            except (ChatBusyError, ChatRefusedError) as error:
                log.warning("a search is made later", extra={"why": str(error)})
                self._messages.searched(each, again_in=LEASE)
        return bool(searches)

    def point(self, chat: Chat, orphan: Message, real: Message) -> None:
        """Turn a second message of a finding into a pointer to its real one, if chat lets us."""
        try:
            chat.point(orphan, real)
        except MessageGoneError:
            return
        except (ChatBusyError, ChatRefusedError) as error:
            log.warning(
                "a second message stays as it is until somebody presses a button on it",
                extra={
                    "channel": str(orphan.channel),
                    "chat_message": orphan.id,
                    "why": str(error),
                },
            )

    def _search(self, chat: Chat, search: Search) -> None:
        for message in chat.find(search.real.channel, search.post_id, search.since):
            if message != search.real:
                self.point(chat, message, search.real)
        self._messages.searched(search)

    def _show(self, chat: Chat, update: MessageUpdate) -> None:
        message = update.message or self._found(chat, update)
        if message is None and all(each.state in NOTHING_TO_DO for each in update.findings):
            # Since it was taken on, nobody has anything to do about it.
            self._messages.discard(update)
            return
        content = self._content(update.findings, update.tally)
        if message is None:
            message = chat.post(update.channel, content, Post(update.post_id, update.finding_ids))
        else:
            chat.replace(message, content)
        if real := self._messages.shown(update, message):
            self.point(chat, message, real)

    def _found(self, chat: Chat, update: MessageUpdate) -> Message | None:
        """Look for a post in doubt; None where it has to be posted, for the first time or again."""
        if not update.is_unconfirmed:
            return None
        posted = self._look(chat, update)
        if not posted:
            self._messages.repeat(update)
            return None
        first, *others = posted
        log.info("a post in doubt was found in its channel", extra=_extra(update))
        self._messages.confirm(update, first)
        for each in others:
            self.point(chat, each, first)
        return first

    def _look(self, chat: Chat, update: MessageUpdate) -> Sequence[Message]:
        """Return the messages of a post in doubt; raises _LaterError while none is no answer."""
        try:
            posted = chat.find(update.channel, update.post_id, update.posted_at)
        except ChannelClosedError:
            raise
        except ChatRefusedError as error:
            self._tell_no_history(update.channel, error)
            # Longer each time: a second message is worse than a late one, but better than none.
            posted, patience = (), LEASE * 2 ** min(update.attempts - 1, 6)
        else:
            patience = ARRIVES_WITHIN
        if not posted and update.in_doubt_for < patience:
            self._messages.postpone(update, min(LOOK_AFTER, patience - update.in_doubt_for))
            raise _LaterError
        return posted

    def _tell_no_history(self, channel: Channel, error: ChatRefusedError) -> None:
        if channel in self._without_history:
            return
        self._without_history.add(channel)
        log.error(
            "a channel's history cannot be read, so a post whose answer is lost may come twice",
            extra={"channel": str(channel), "problem": error.problem, "remedy": error.remedy},
        )

    def _refused(self, update: MessageUpdate, error: ChatRefusedError) -> Pause | None:
        log.error("chat refused a message", extra=_extra(update, error))
        if isinstance(error, ContentRefusedError):
            if update.message is not None:
                # Left as it is until it changes.
                self._messages.shown(update, update.message)
            else:
                self._messages.postpone(update, _CONTENT_REFUSED_FOR)
            is_channel = self._troubles.refused_content(update.channel, error)
            return Pause(_REFUSED_FOR) if is_channel else None
        if isinstance(error, ChannelClosedError) and not self._messages.is_read(update.channel):
            # No team reads it there any more: its channel gets a new one.
            self._messages.gone(update)
            return None
        self._messages.release(update)
        self._troubles.refused(update.channel, error)
        return Pause(_REFUSED_FOR)


def _extra(update: MessageUpdate, error: Exception | None = None) -> dict[str, str]:
    extra = {"finding": next(iter(update.finding_ids), ""), "channel": str(update.channel)}
    if isinstance(error, ChatRefusedError):
        return {**extra, "problem": error.problem, "remedy": error.remedy}
    return {**extra, "problem": str(error)} if error else extra
