"""The courier: its only job is to make each card show the newest version of its finding."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from compliance.card import Card, Moved
from compliance.finding import Finding, State
from compliance.mendable import MendableError
from compliance.routing import Team
from ledger.cards import Cards, Posted, StaleCard

log = logging.getLogger(__name__)

#: How long a channel that refuses messages is left alone before it is tried again.
_REFUSED_FOR = timedelta(seconds=60)


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

    def post(self, channel: str, card: Card) -> Posted: ...

    def replace(self, place: Posted, card: Card | Moved) -> None: ...


class Courier:
    """Brings cards up to date, one message a channel a round.

    A round a second is Slack's own pace for a channel (slack FACTS, "Rate limits"), so a storm
    needs no queue: what could not be shown is still out of date in the next round.
    """

    def __init__(
        self,
        cards: Cards,
        teams: Sequence[Team],
        draw: Callable[[Finding], Card],
        notifier: Notifier,
        now: Callable[[], datetime],
    ) -> None:
        self._cards = cards
        self._teams = teams
        self._draw = draw
        self._notifier = notifier
        self._now = now
        self._held: dict[str, datetime] = {}

    def round(self) -> int:
        """Update at most one card of each channel that takes messages; return how many."""
        shown = 0
        closed = {channel for channel, until in self._held.items() if until > self._now()}
        for team in self._teams:
            stale = self._cards.stale(team, closed)
            if stale is not None:
                channel = stale.place.channel if stale.place else team.channel
                closed.add(channel)
                shown += self._bring(team, stale, channel)
        return shown

    def _bring(self, team: Team, stale: StaleCard, channel: str) -> bool:
        """Bring one card up to date in *channel*, which need not be the team's any more."""
        finding = stale.finding
        try:
            if stale.place and stale.team != team.name and channel != team.channel:
                # The card stays with nobody: the next round posts one where its team reads it.
                self._notifier.replace(stale.place, Moved())
                self._cards.forget(finding.id)
                return True
            place = self._show(team, stale)
        except CardGoneError:
            log.warning("a card was deleted in chat; posting anew", extra={"finding": finding.id})
            self._cards.forget(finding.id)
            return False
        except ChatBusyError as error:
            self._held[channel] = self._now() + error.pause
            return False
        except CardRefusedError as error:
            # Left until it changes: it must not hold up the channel's other cards.
            _log_refused(finding, channel, error)
            self._cards.shown(finding, stale.place, self._now())
            return False
        except ChatRefusedError as error:
            _log_refused(finding, channel, error)
            if isinstance(error, ChannelClosedError) and channel != team.channel:
                # Nobody reads it there any more: the team's channel gets a new one.
                self._cards.forget(finding.id)
            else:
                self._held[channel] = self._now() + _REFUSED_FOR
            return False
        self._cards.shown(finding, place, self._now())
        return True

    def _show(self, team: Team, stale: StaleCard) -> Posted | None:
        card = self._draw(stale.finding)
        if stale.place is not None:
            self._notifier.replace(stale.place, card)
            return stale.place
        if stale.finding.state is State.RESOLVED:
            # Nobody was told of it and nobody has anything to do.
            return None
        return self._notifier.post(team.channel, card)


def _log_refused(finding: Finding, channel: str, error: ChatRefusedError) -> None:
    log.error(
        "chat refused a card",
        extra={
            "finding": finding.id,
            "channel": channel,
            "problem": error.problem,
            "remedy": error.remedy,
        },
    )
