"""The courier: its only job is to make each card show the newest version of its finding."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from compliance.card import Card
from compliance.finding import Finding, State
from compliance.mendable import MendableError
from compliance.routing import Team
from ledger.cards import Cards, Place, StaleCard

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


class CardRefusedError(ChatRefusedError):
    """The chat product does not take this one card, whatever channel it goes to."""


class CardGoneError(Exception):
    """The message that held the card is not there any more."""


class Notifier(Protocol):
    """A chat product, as far as cards need it. Raises the errors above."""

    def post(self, channel: str, card: Card) -> Place: ...

    def replace(self, place: Place, card: Card) -> None: ...


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
        shown, served = 0, set[str]()
        for team in self._teams:
            if team.channel in served or self._is_held(team.channel):
                continue
            stale = self._cards.stale(team.name)
            if stale is not None:
                served.add(team.channel)
                shown += self._bring(team, stale)
        return shown

    def _is_held(self, channel: str) -> bool:
        return self._held.get(channel, self._now()) > self._now()

    def _bring(self, team: Team, stale: StaleCard) -> bool:
        finding = stale.finding
        try:
            place = self._show(team, stale)
        except CardGoneError:
            log.warning("a card was deleted in chat; posting anew", extra={"finding": finding.id})
            self._cards.forget(finding.id)
            return False
        except ChatBusyError as error:
            self._held[team.channel] = self._now() + error.pause
            return False
        except CardRefusedError as error:
            # Left until it changes: it must not hold up the channel's other cards.
            _log_refused(finding, team, error)
            self._cards.shown(finding, stale.place, self._now())
            return False
        except ChatRefusedError as error:
            self._held[team.channel] = self._now() + _REFUSED_FOR
            _log_refused(finding, team, error)
            return False
        self._cards.shown(finding, place, self._now())
        return True

    def _show(self, team: Team, stale: StaleCard) -> Place | None:
        card = self._draw(stale.finding)
        if stale.place is not None:
            self._notifier.replace(stale.place, card)
            return stale.place
        if stale.finding.state is State.RESOLVED:
            # Nobody was told of it and nobody has anything to do.
            return None
        return self._notifier.post(team.channel, card)


def _log_refused(finding: Finding, team: Team, error: ChatRefusedError) -> None:
    log.error(
        "chat refused a card",
        extra={
            "finding": finding.id,
            "channel": team.channel,
            "problem": error.problem,
            "remedy": error.remedy,
        },
    )
