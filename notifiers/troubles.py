"""Channels that take nothing from the bot: operators hear of each once, and when it is mended."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping

from compliance.channel import Channel
from compliance.routing import Teams
from ledger.closed import ClosedChannels
from notifiers.chat import Chat, ChatBusyError, ChatRefusedError, InDoubtError

log = logging.getLogger(__name__)

CLOSED = (
    "Channel {channel} ({teams}) takes no messages from the bot: {problem}. {remedy} "
    "The messages are kept and come as soon as the channel takes them."
)
MENDED = "Channel {channel} ({teams}) takes messages again."
_NO_PRODUCT = "the bot is not connected to this chat product"
_CONNECT = "Connect the bot to it, or name another channel in teams.yaml."
#: So many messages one after another that are refused for what they hold: it is the channel.
_REFUSED_IN_A_ROW = 3


class Troubles:
    """Knows which channels refuse messages and why; of all replicas one reports each."""

    def __init__(self, chats: Mapping[str, Chat], teams: Teams, closed: ClosedChannels) -> None:
        self._chats = chats
        self._teams = teams
        self._closed = closed
        self._lock = threading.Lock()
        self._problems: dict[Channel, str] = {}
        #: Of which nothing has to be asked of the ledger: what was reported, and what is open.
        self._reported: set[Channel] = set()
        self._open: set[Channel] = set()
        #: Of which no channel took the report.
        self._untold: set[Channel] = set()
        self._in_a_row: Counter[Channel] = Counter()
        self._refusals: Counter[tuple[Channel, str]] = Counter()
        self._retries = 0

    @property
    def retries(self) -> int:
        """How often chat has put off a message since the start."""
        with self._lock:
            return self._retries

    def put_off(self) -> None:
        """Note that chat takes a message later."""
        with self._lock:
            self._retries += 1

    def problems(self) -> Mapping[Channel, str]:
        """Return why each channel takes nothing now, of those that take nothing."""
        with self._lock:
            return dict(self._problems)

    def problem(self) -> str:
        """Say which channels take nothing without anybody in chat knowing it; empty where none."""
        with self._lock:
            told = sorted(f"{each.id}: {self._problems[each]}" for each in self._untold)
        return f"chat did not take the notice about {', '.join(told)}" if told else ""

    def refusals(self) -> Mapping[tuple[Channel, str], int]:
        """Return how often each channel has refused a message since the start, by the reason."""
        with self._lock:
            return dict(self._refusals)

    def refused(self, channel: Channel, error: ChatRefusedError) -> None:
        """Note that *channel* takes nothing, and report it unless that was done."""
        with self._lock:
            self._refusals[channel, error.problem] += 1
            self._problems[channel] = error.problem
            self._open.discard(channel)
            is_reported = channel in self._reported
        if not is_reported and self._closed.claim(channel):
            text = self._text(CLOSED, channel, problem=error.problem, remedy=error.remedy)
            is_reported = self._report(channel, text)
            with self._lock:
                (self._reported if is_reported else self._untold).add(channel)
                if is_reported:
                    self._untold.discard(channel)
            if is_reported:
                self._closed.reported(channel)

    def refused_content(self, channel: Channel, error: ChatRefusedError) -> bool:
        """Note that one message was refused; say whether it is the channel after all."""
        with self._lock:
            self._refusals[channel, error.problem] += 1
            self._in_a_row[channel] += 1
            is_channel = self._in_a_row[channel] >= _REFUSED_IN_A_ROW
        if is_channel:
            self.refused(channel, error)
        return is_channel

    def no_product(self, channel: Channel) -> None:
        """Note that the bot is not connected to the channel's chat product."""
        if channel not in self.problems():
            log.error("no such chat product", extra={"channel": str(channel)})
            self.refused(channel, ChatRefusedError(_NO_PRODUCT, _CONNECT))

    def mended(self, channel: Channel) -> None:
        """Note that *channel* has taken a message."""
        with self._lock:
            self._in_a_row.pop(channel, None)
            self._problems.pop(channel, None)
            self._untold.discard(channel)
            if channel in self._open:
                return
            self._reported.discard(channel)
        # Another replica may have reported it, or this one before a restart.
        is_news = self._closed.open(channel)
        with self._lock:
            self._open.add(channel)
        if is_news:
            self._report(channel, self._text(MENDED, channel))

    def _report(self, about: Channel, text: str) -> bool:
        """Send *text* to the first channel of operators that takes it; say whether one did."""
        closed = self.problems().keys() | {about}
        channels = dict.fromkeys(
            (*self._teams.operator_channels, *self._teams[self._teams.default].channels)
        )
        for channel in channels:
            chat = self._chats.get(channel.product)
            if chat is None or channel in closed:
                continue
            try:
                chat.notice(channel, text)
            except InDoubtError:
                # It may have arrived, and twice is worse than a line in the log.
                log.warning("nobody knows whether a notice arrived", extra={"notice": text})
            except (ChatBusyError, ChatRefusedError) as error:
                log.warning("a notice was not taken", extra={"notice": text, "why": str(error)})
                continue
            return True
        return False

    def _text(self, template: str, channel: Channel, **facts: str) -> str:
        teams = sorted(self._teams.of_channel(channel))
        names = f"team {', '.join(teams)}" if teams else "of no team"
        return template.format(channel=channel.id, teams=names, **facts)
