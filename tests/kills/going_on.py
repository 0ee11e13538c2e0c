"""What goes on while one thing is slow, odd, closed or wrong: how long people wait for the rest."""

import time
import urllib.request
from functools import partial

from tests.kills import judge
from tests.kills.configuration import ACCOUNTS, DECIDER, channels_of
from tests.kills.faults import PHASES, late, of_one
from tests.kills.world import world

#: The account that misbehaves is the first.
_HEALTHY = ACCOUNTS[1]
_WITHIN, _TOLD_WITHIN = 15.0, 60.0
_BUCKET = 0
_SETTLED_WITHIN = 300
_HOUR = 3600
_TROUBLES = {
    "one account answers after 30 s": late(30, of_one),
    **{f"one account: {name}": PHASES[name] for name in ("aws expired in one", "aws lost in one")},
}


def tried(database):
    """Return how long each thing took, in words, and the faults."""
    said, found = {}, []
    with world(database, 1, 7) as around:
        bot = around.bots[0]
        bot.script = ["-m", "tests.kills.shifted"]
        around.start_and_wait(bot)
        trials = {
            **{name: partial(_beside, begin) for name, begin in _TROUBLES.items()},
            "a channel is archived": _archived,
            "the clock is set back an hour": partial(_clock_set, -_HOUR),
            "the clock is set right again": partial(_clock_set, 0),
        }
        for name, trial in trials.items():
            took = trial(around)
            said[f"{name}: {took:.1f} s"] = 1
            limit = _TOLD_WITHIN if trial is _archived else _WITHIN
            if took > limit:
                found.append(f"{name}: took longer than {limit:.0f} s")
            if not bot.is_alive:
                return said, [*found, f"the bot ended: {name}"]
        judge.wait_until_settled(around, _SETTLED_WITHIN)
        return said, [*found, *judge.faults(around)]


def _beside(begin, around):
    """Return how long a decision about a healthy account waits for AWS, while *begin* holds."""
    for account in (ACCOUNTS[0], _HEALTHY):
        # Something to start in both: the one that misbehaves is begun first.
        around.break_one(_BUCKET, account)
    slow, healthy = around.newest(2)
    for name in (slow, healthy):
        _until(lambda name=name: around.has_card(name), 30)
    end = begin(around)
    around.press("remediate", DECIDER, slow)
    time.sleep(3)
    around.press("remediate", DECIDER, healthy)
    took = _until(lambda: around.was_started(healthy), 60)
    end()
    return took


def _archived(around):
    """Return how long it takes until operators are told and /metrics counts it."""
    around.break_one(_BUCKET)
    [place, *_] = channels_of(around.team_of(*around.newest(1)))
    around.archive(place)
    around.break_one(_BUCKET, team=int(place[-3:]))
    took = _until(lambda: around.was_told_of(place) and place in _metrics(around), 120)
    around.archive(place, archived=False)
    return took


def _clock_set(seconds, around):
    """Return how long a finding waits for its card by a clock that was set."""
    around.clock.write_text(str(seconds))
    around.break_one(_BUCKET)
    [name] = around.newest(1)
    return _until(lambda: around.has_card(name), 120)


def _metrics(around):
    url = f"http://127.0.0.1:{around.bots[0].port}/metrics"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def _until(condition, within):
    began = time.monotonic()
    while not condition() and time.monotonic() - began < within:
        time.sleep(0.1)
    return time.monotonic() - began
