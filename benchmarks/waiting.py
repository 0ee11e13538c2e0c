"""Waiting: how long people wait for a card, and for a press to show on it, also in a storm.

A real ``bot.py run`` between a local AWS and the strict local Slack. A notification is visible when
the queue is given it; a card is posted when Slack has answered chat.postMessage, whose own time is
taken off. A press is a form that is sent; it shows when Slack has answered chat.update. The rule
wants a second person, so the press asks for one and nothing starts at AWS.
"""

import math
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from benchmarks.figures import Figure, median
from benchmarks.ledgers import RULES
from benchmarks.notifications import resource_id, violation
from benchmarks.slack_stub import Heard
from benchmarks.surroundings import (
    APPROVER,
    Size,
    Surroundings,
    account,
    surroundings,
)

#: The rule that wants a second person, and the storm's.
_PAIRED, _STORMY = RULES[2], RULES[0]
_SIZE = Size(teams=120, accounts=500)
_CARDS, _PRESSES, _STORM = 100, 20, 20_000
_CARD_P50, _CARD_P99 = 0.3, 0.8
_PRESS_P50, _PRESS_P99 = 0.3, 1.0
_GROWTH_MB = 50.0
#: Slack takes 50 changes of messages a minute. The bot keeps 30 of them for people: 24 presses.
_APART_SECONDS = 2.5
#: How long the bot is observed once all of a storm is recorded: what it still has to ask AWS about
#: each resource takes minutes.
_LOOK_SECONDS = 45.0


def measure(
    ledgers: object,
    size: Size = _SIZE,
    cards: int = _CARDS,
    presses: int = _PRESSES,
    storm: int = _STORM,
    apart_seconds: float = _APART_SECONDS,
    look_seconds: float = _LOOK_SECONDS,
) -> Iterator[Figure]:
    with surroundings(size) as around:
        crowd = _Crowd(around, size)
        crowd.card()
        shown = [crowd.card() for _ in range(cards)]
        yield from _percentiles(
            "notification to card, quiet channel", [each for each, _ in shown], _CARD_P50, _CARD_P99
        )
        posted = [heard for _, heard in shown]
        quiet, stormy = posted[:presses], posted[presses : 2 * presses]
        waits = [crowd.press(each, apart_seconds) for each in quiet]
        yield from _percentiles("press to card, quiet", waits, _PRESS_P50, _PRESS_P99)
        around.bot.quiet(2.0)
        pressed = [(each, apart_seconds) for each in stormy]
        yield from _storm(around, crowd, storm, pressed, look_seconds)


def _storm(
    around: Surroundings,
    crowd: "_Crowd",
    storm: int,
    presses: Sequence[tuple[Heard, float]],
    look_seconds: float,
) -> Iterator[Figure]:
    """Let findings come by the thousand, and people press meanwhile."""
    bot, aws = around.bot, around.aws
    before = bot.megabytes
    began = time.monotonic()
    aws.put([crowd.message(_STORMY) for _ in range(storm)])
    waits = [crowd.press(*each) for each in presses]
    name = f"press to card, in a storm of {storm:,}"
    yield from _percentiles(name, waits, _PRESS_P50, _PRESS_P99)
    yield Figure("the storm, until all of it was recorded", aws.drained() - began, "s")
    asked = sum(aws.calls().values())
    time.sleep(look_seconds)
    each_second = (sum(aws.calls().values()) - asked) / look_seconds if look_seconds else 0.0
    yield Figure("resources that AWS is asked about a second, after that", each_second, "calls")
    yield Figure(
        "memory that it adds at its peak", bot.peak_megabytes - before, "MB", target=_GROWTH_MB
    )


def _percentiles(name: str, seconds: Sequence[float], p50: float, p99: float) -> Iterator[Figure]:
    in_order = sorted(seconds)
    rare = in_order[math.ceil(0.99 * len(in_order)) - 1]
    yield Figure(f"{name}, p50 of {len(in_order)}", median(in_order), "s", target=p50)
    yield Figure(f"{name}, p99", rare, "s", target=p99)


class _Crowd:
    """People and AWS Config, as the bot meets them."""

    def __init__(self, around: Surroundings, size: Size) -> None:
        self._around = around
        self._size = size
        self._numbers = count()
        self._channels = count()

    def message(self, rule: tuple[str, str]) -> str:
        number = next(self._numbers)
        return violation(number, account(number % self._size.accounts), rule, datetime.now(UTC))

    def card(self) -> tuple[float, Heard]:
        """Report a finding to the next team; return how long its card took, and the post."""
        of_account = next(self._channels) % self._size.teams
        finding = next(self._numbers)
        text = violation(finding, account(of_account), _PAIRED, datetime.now(UTC))
        visible = time.monotonic()
        self._around.aws.put([text])
        posted = self._around.slack.next_call(
            "chat.postMessage", lambda heard: resource_id(finding) in str(heard.asked)
        )
        return posted.at - visible - posted.seconds, posted

    def press(self, posted: Heard, apart_seconds: float) -> float:
        """Ask for the remediation on a card; return how long the card took to say so."""
        slack, began = self._around.slack, time.monotonic()
        message = posted.answered
        button = _button(message["message"]["blocks"], "remediate")
        where = {"channel": message["channel"], "ts": message["ts"], **button}
        _expect(slack.act(do="use", user=APPROVER, where=where, raw=[]))
        form = slack.next_call("views.open").answered["view"]["id"]
        sent = time.monotonic()
        _expect(slack.act(do="submit", user=APPROVER, view=form, raw=[]))
        shown = slack.next_call("chat.update", lambda heard: heard.asked.get("ts") == message["ts"])
        time.sleep(max(0.0, apart_seconds - (time.monotonic() - began)))
        return shown.at - sent


class PressError(Exception):
    """Slack showed the person that a press did not work."""


def _expect(outcome: Any) -> None:
    if outcome.get("problem") or outcome.get("errors"):
        raise PressError(str(outcome))


def _button(blocks: Sequence[Any], action: str) -> dict[str, str]:
    return next(
        {"block_id": block["block_id"], "action_id": action}
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == action
    )
