"""Holds cards back from channels that outsiders can read, until somebody has allowed them."""

import logging
import threading
import time
from collections.abc import Callable

from compliance.channel import Channel
from compliance.routing import Teams
from ledger.open_channels import OpenChannels
from notifiers.chat import ChannelClosedError, Chat, ChatBusyError, ChatRefusedError, InDoubtError
from notifiers.troubles import Troubles

log = logging.getLogger(__name__)

#: How long what was found out is kept: chat is not asked before each card.
_OPEN_SECONDS = 60.0
#: Who has just allowed it sees the cards come.
_HELD_SECONDS = 5.0


class Gate:
    """Says whether cards may be posted in a channel; where outsiders read, it asks once."""

    def __init__(
        self,
        channels: OpenChannels,
        teams: Teams,
        troubles: Troubles,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channels = channels
        self._teams = teams
        self._troubles = troubles
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[Channel, tuple[float, bool]] = {}

    def is_open(self, chat: Chat, channel: Channel) -> bool:
        """Say whether a new card may be posted there; raises LedgerUnavailableError.

        Where chat cannot say who reads there, nothing is posted: it may be anybody.
        """
        with self._lock:
            until, is_open = self._kept.get(channel, (0.0, False))
        if self._monotonic() < until:
            return is_open
        is_open = self._teams.allows_outsiders(channel) or self._look(chat, channel)
        kept_for = _OPEN_SECONDS if is_open else _HELD_SECONDS
        with self._lock:
            self._kept[channel] = (self._monotonic() + kept_for, is_open)
        return is_open

    def _look(self, chat: Chat, channel: Channel) -> bool:
        try:
            outsiders = chat.outsiders(channel)
        except ChannelClosedError:
            # The post itself says so, and operators hear of it.
            return True
        except (ChatBusyError, InDoubtError) as error:
            log.warning("chat does not say who reads a channel", extra=_extra(channel, error))
            return False
        except ChatRefusedError as error:
            self._troubles.refused(channel, error)
            return False
        if not outsiders or self._channels.is_allowed(channel):
            return True
        operators = self._teams.operator_channels
        log.warning(
            "cards are held back from a channel that outsiders can read",
            extra={"channel": str(channel), "outsiders": outsiders},
        )
        self._channels.ask(channel, outsiders, operators[0])
        return False


def _extra(channel: Channel, error: Exception) -> dict[str, str]:
    return {"channel": str(channel), "why": str(error)}
