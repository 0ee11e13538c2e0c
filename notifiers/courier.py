"""The courier: its only job is to make each message show its findings' newest versions."""

import logging
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from compliance.channel import Channel, Message
from ledger.errors import LedgerUnavailableError, UnfitError
from ledger.messages import Messages
from ledger.stale import Stale, Turn
from notifiers.chat import Chat
from notifiers.delivery import ContentOf, Deliveries, Pause
from notifiers.pace import Lane, Updates
from notifiers.troubles import Troubles

log = logging.getLogger(__name__)

#: How many channels are served side by side: chat takes its time for each.
_SIDE_BY_SIDE = 12
#: How many more may be where somebody waits.
_FOR_AWAITED = 4
#: When a channel is looked at again that has something out of date which cannot be shown yet.
_AGAIN = timedelta(seconds=1)
_SOON = timedelta(milliseconds=50)


def in_a_thread(work: Callable[[], None]) -> None:
    """Run *work* beside others; the process does not wait for it when it ends."""
    threading.Thread(target=work, name="courier", daemon=True).start()


class Courier:
    """Serves every channel that has something out of date, side by side.

    Each gets a message at its product's pace. A slow or refusing channel, or one refused card,
    holds up nothing else. What could not be shown is still out of date in the next round.
    """

    def __init__(
        self,
        messages: Messages,
        content: ContentOf,
        chats: Mapping[str, Chat],
        troubles: Troubles,
        *,
        is_open: Callable[[Chat, Channel], bool] = lambda chat, channel: True,
        monotonic: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        #: Set by whatever moves a finding: the clock calls round at once.
        self.woken = threading.Event()
        self._messages = messages
        self._chats = chats
        self._troubles = troubles
        self._is_open = is_open
        self._monotonic = monotonic
        self._start = start
        self._updates = {product: Updates(chat.pace, monotonic) for product, chat in chats.items()}
        self._deliveries = Deliveries(messages, content, troubles)
        self._lock = threading.Lock()
        self._lanes: defaultdict[Channel, Lane] = defaultdict(Lane)
        self._busy: set[Channel] = set()
        self._is_behind = False

    def wake(self) -> None:
        self.woken.set()

    def round(self) -> timedelta | None:
        """Start to serve the channels that can be; return when to look again, None for no hurry.

        Where nothing is out of date this costs one look at an index.
        """
        stale = self._known(self._messages.stale())
        if not stale:
            return None
        for channel in self._servable(stale):
            self._start(partial(self._serve, channel, stale[channel].teams))
        return self._pause(stale)

    def adopt(self, finding_id: str, message: Message) -> None:
        """Mend a message on which somebody pressed a button although it is not the finding's.

        Either it becomes the finding's message, or it points to the real one.
        """
        try:
            real = self._messages.adopt(finding_id, message)
        except LedgerUnavailableError as error:
            log.warning("a message is mended by the next press", extra={"why": str(error)})
            return
        if real:
            self._deliveries.point(self._chats[message.channel.product], message, real)
        else:
            self.wake()

    def _known(self, stale: Mapping[Channel, Stale]) -> Mapping[Channel, Stale]:
        """Leave out the channels of products that the bot is not connected to."""
        for channel in stale:
            if channel.product not in self._chats:
                self._troubles.no_product(channel)
        return {each: of_it for each, of_it in stale.items() if each.product in self._chats}

    def _servable(self, stale: Mapping[Channel, Stale]) -> list[Channel]:
        """Claim the channels to be served now: those where somebody waits go first.

        There is always room for some of them, however many others are being served.
        """
        with self._lock:
            now = self._monotonic()
            due = [each for each in stale if self._can_be_served(each, stale[each], now)]
            due.sort(key=lambda each: (not stale[each].is_awaited, self._lanes[each].served_at))
            room = _SIDE_BY_SIDE - len(self._busy)
            claimed = [
                each
                for number, each in enumerate(due)
                if number < room + (_FOR_AWAITED if stale[each].is_awaited else 0)
            ]
            # The next one that ends wakes the courier again.
            self._is_behind = len(due) > len(claimed) or not self._busy.isdisjoint(stale)
            self._busy.update(claimed)
            return claimed

    def _can_be_served(self, channel: Channel, stale: Stale, now: float) -> bool:
        if channel in self._busy or not self._has_room(channel, stale):
            return False
        return self._lanes[channel].due(now, is_awaited=stale.is_awaited)

    def _has_room(self, channel: Channel, stale: Stale) -> bool:
        """Say whether it is worth a look: not while only changes are due, and none may be made."""
        updates = self._updates[channel.product]
        return stale.is_awaited or stale.may_post or updates.allow(Turn.SHOWN)

    def _pause(self, stale: Mapping[Channel, Stale]) -> timedelta:
        with self._lock:
            now = self._monotonic()
            looks = (
                self._lanes[each].next_look(now, is_awaited=of_it.is_awaited)
                for each, of_it in stale.items()
                if self._has_room(each, of_it)
            )
            soonest = min(looks, default=math.inf)
        return max(_SOON, timedelta(seconds=min(_AGAIN.total_seconds(), soonest - now)))

    def _serve(self, channel: Channel, teams: frozenset[str]) -> None:
        has_done = False
        try:
            has_done = self._next(channel, teams)
        except (LedgerUnavailableError, UnfitError) as error:
            log.warning("a channel is served later", extra={"why": str(error)})
        except Exception:
            # A defect in one card must not end its channel, nor the others.
            log.exception("a channel could not be served", extra={"channel": str(channel)})
        finally:
            with self._lock:
                self._busy.discard(channel)
                if not has_done:
                    self._lanes[channel].rest(self._monotonic())
                is_behind = self._is_behind
            if has_done or is_behind:
                self.wake()

    def _next(self, channel: Channel, teams: frozenset[str]) -> bool:
        """Bring the message that comes next up to date; False if there is none."""
        chat, updates = self._chats[channel.product], self._updates[channel.product]
        lane = self._lanes[channel]
        for turn in lane.turns(self._monotonic()):
            if not self._may(turn, chat, channel, updates):
                continue
            update = self._messages.take(channel, teams, turn)
            if update is None:
                continue
            if turn is Turn.NEW and update.message is not None and not updates.allow(turn):
                # A group that grows is a change as any other, and grows when there is room again.
                self._messages.release(update)
                lane.put_off(self._monotonic())
                return False
            lane.serve(turn, self._monotonic(), chat.pace.apart)
            if update.message is not None:
                updates.count()
            self._hold(self._deliveries.bring(chat, update), lane, updates)
            return True
        return self._deliveries.search(chat, channel)

    def _may(self, turn: Turn, chat: Chat, channel: Channel, updates: Updates) -> bool:
        """Say whether something new may be posted there, or something be changed now."""
        return self._is_open(chat, channel) if turn is Turn.NEW else updates.allow(turn)

    def _hold(self, pause: Pause | None, lane: Lane, updates: Updates) -> None:
        if pause is None:
            return
        if pause.everywhere:
            updates.hold(pause.length)
        else:
            lane.hold(self._monotonic(), pause.length)
