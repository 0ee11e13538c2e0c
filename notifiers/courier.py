"""The courier: its only job is to make each message show its findings' newest versions."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Protocol

from compliance.finding import Finding, State
from compliance.group import Content
from compliance.mendable import MendableError
from compliance.routing import Team
from ledger.cards import Cards, Delivery, Posted

log = logging.getLogger(__name__)

#: How long a channel that refuses messages is left alone before it is tried again.
_REFUSED_FOR = timedelta(seconds=20)
#: Where nobody has seen a card yet, these need none.
_NOTHING_TO_DO = frozenset({State.RESOLVED, State.EXCEPTED})


class ChatBusyError(MendableError):
    """The chat product asks for a pause."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(f"chat asks for a pause of {pause.total_seconds():.0f} s")
        self.pause = pause


class ChatRefusedError(MendableError):
    """The chat product will not take the message; *remedy* says what an operator can do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}: {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class ChannelClosedError(ChatRefusedError):
    """The channel takes nothing from the bot: it is archived, gone, or the bot is not in it."""


class CardRefusedError(ChatRefusedError):
    """The chat product does not take this one card, whatever channel it goes to."""


class CardGoneError(Exception):
    """The message that held the card is not there any more."""


class Notifier(Protocol):
    """A chat product, as far as cards need it. Raises the errors above."""

    def post(self, channel: str, content: Content) -> Posted: ...

    def replace(self, place: Posted, content: Content) -> None: ...


class Courier:
    """Brings cards up to date, one message a channel a round.

    A round a second is Slack's own pace for a channel (slack FACTS, "Rate limits"), so a storm
    needs no queue: what could not be shown is still out of date in the next round.
    """

    def __init__(
        self,
        cards: Cards,
        teams: Sequence[Team],
        draw: Callable[[Sequence[Finding]], Content],
        notifier: Notifier,
        now: Callable[[], datetime],
    ) -> None:
        self._cards = cards
        self._teams = teams
        self._draw = draw
        self._notifier = notifier
        self._now = now
        self._held: dict[str, datetime] = {}
        # In turn, or many moves of what is shown would keep back what nobody has seen yet.
        self._new_first = cycle((False, True))

    def round(self) -> int:
        """Update at most one card of each channel that takes messages; return how many."""
        shown, new_first = 0, next(self._new_first)
        closed = {channel for channel, until in self._held.items() if until > self._now()}
        for team in self._teams:
            delivery = self._cards.take(team, closed, new_first=new_first)
            if delivery is not None:
                channel = delivery.place.channel if delivery.place else team.channel
                closed.add(channel)
                shown += self._bring(delivery, channel, team)
        return shown

    def _bring(self, delivery: Delivery, channel: str, team: Team) -> bool:
        """Bring one message up to date in *channel*, which need not be the team's any more."""
        try:
            place = self._show(delivery, channel)
        except CardGoneError:
            log.warning("a card was deleted in chat; posting anew", extra=_extra(delivery))
            self._cards.forget(delivery)
            return False
        except ChatBusyError as error:
            self._held[channel] = self._now() + error.pause
            self._cards.release(delivery)
            return False
        except CardRefusedError as error:
            # Left until it changes: it must not hold up the channel's other cards.
            _log_refused(delivery, channel, error)
            self._cards.shown(delivery, delivery.place)
            return False
        except ChatRefusedError as error:
            _log_refused(delivery, channel, error)
            if isinstance(error, ChannelClosedError) and channel != team.channel:
                # Nobody reads it there any more: the team's channel gets a new one.
                self._cards.forget(delivery)
            else:
                self._held[channel] = self._now() + _REFUSED_FOR
                self._cards.release(delivery)
            return False
        self._cards.shown(delivery, place)
        return True

    def _show(self, delivery: Delivery, channel: str) -> Posted | None:
        if delivery.place is not None:
            self._notifier.replace(delivery.place, self._draw(delivery.findings))
            return delivery.place
        if all(finding.state in _NOTHING_TO_DO for finding in delivery.findings):
            # Nobody was told of it and nobody has anything to do.
            return None
        return self._notifier.post(channel, self._draw(delivery.findings))


def _extra(delivery: Delivery) -> dict[str, str]:
    return {"finding": delivery.ids[0]}


def _log_refused(delivery: Delivery, channel: str, error: ChatRefusedError) -> None:
    told = {"channel": channel, "problem": error.problem, "remedy": error.remedy}
    log.error("chat refused a card", extra={**_extra(delivery), **told})
