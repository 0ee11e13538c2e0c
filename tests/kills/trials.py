"""Kills, again and again, at every kind of point; what is found at the end is returned."""

import time
from collections import Counter
from itertools import chain, cycle

from tests.kills import judge
from tests.kills.bot import Trap
from tests.kills.configuration import DECIDER, SECOND
from tests.kills.gate import Moment
from tests.kills.world import world

#: Calls that are worth being killed at, and how often each comes in a round.
CALLS = {
    "chat.postMessage": 3,
    "chat.update": 3,
    "StartRemediationExecution": 1,
    "DeleteMessageBatch": 2,
    "DescribeRemediationExecutionStatus": 3,
    "AssumeRole": 2,
    "views.open": 1,
    "conversations.history": 1,
    "PutRemediationExceptions": 1,
}
#: What the bot kills itself at, before and after it: a start's first commits (its tables are
#: made), each step of a decision, the allowlist's file between the request and its beginning.
OWN = (
    *(f"commit:{number}" for number in (1, 2, 3, 5, 8, 13, 21, 34)),
    *(f"audit:{each}" for each in ("observed", "remediate", "agree", "ignore", "excepted")),
    *(f"audit:{each}" for each in ("start", "progress", "withdraw", "extend", "revoke")),
    *(f"audit:{each}" for each in ("extended", "revoked")),
    "replace:1",
)
#: In turn.
POINTS = tuple(chain.from_iterable(zip(cycle(CALLS), OWN, strict=False)))
_SETTLED_WITHIN = 420
_PRESSES = (
    ("remediate", DECIDER),
    ("agree", SECOND),
    ("ignore", DECIDER),
    ("agree", SECOND),
    ("withdraw", DECIDER),
    ("extend", DECIDER),
    ("revoke", SECOND),
    ("agree", DECIDER),
    ("claim", SECOND),
)
_DATABASE = 3


class Trial:
    """One ledger, one bot or several, and *kills* of them.

    *problems* counts what people were answered, *sprung* at which points bots were killed.
    """

    def __init__(self, around, points):
        self._around, self._points = around, points
        self._chance = around.chance
        self.problems, self.sprung = Counter(), Counter()

    def run(self, kills, within=_SETTLED_WITHIN):
        """Kill *kills* times, let the bots bring everything in line, and return the faults."""
        for number in range(kills):
            self._round(number)
        for bot in self._around.bots:
            bot.kill()
            self._around.start(bot)
        self._around.redeliver()
        judge.wait_until_settled(self._around, within)
        return list(judge.faults(self._around))

    def _round(self, number):
        around, first = self._around, self._around.bots[0]
        all_bots = len(around.bots) == 1 or self._chance.random() < 0.5
        trap, kill_at = self._point(number, all_bots)
        for bot in around.bots:
            if bot.is_alive:
                bot.set_trap(trap)
            else:
                around.start(bot, trap, kill_at if bot is first else "")
        around.break_one()
        around.break_one(_DATABASE if number % 2 else None)
        if self._chance.random() < 0.3:
            around.mend_one()
        if self._chance.random() < 0.3:
            around.break_again()
        self._live(4 + self._chance.random() * 6)
        self._kill(trap, kill_at, all_bots)

    def _point(self, number, all_bots):
        """Return the trap at a gate, or where the first bot kills itself."""
        point = self._points[number % len(self._points)]
        if point not in CALLS:
            return None, f"{point}:{self._chance.choice(['before', 'after'])}"
        nth = self._chance.randint(1, CALLS[point])
        return Trap(point, nth, self._chance.choice(list(Moment)), all_bots), ""

    def _live(self, seconds):
        """Let people press while all bots live, *seconds* at most."""
        ends_at, presses = time.monotonic() + seconds, iter(_PRESSES)
        while time.monotonic() < ends_at and all(bot.is_alive for bot in self._around.bots):
            # As long as a bot takes to start, nobody can press.
            if ends_at - time.monotonic() < 6 and (press := next(presses, None)):
                self.problems[press[0], self._around.press(*press)[:70]] += 1
            time.sleep(0.05)

    def _kill(self, trap, kill_at, all_bots):
        first, *others = self._around.bots
        is_sprung = any(bot.sprung.is_set() for bot in (first, *others))
        if is_sprung or (kill_at and not first.is_alive):
            self.sprung[str(trap or kill_at)] += 1
        else:
            self.sprung["at random"] += 1
            first.kill()
            for bot in others if all_bots else ():
                bot.kill()


def tried(database="", bots=1, kills=27, seed=1, points=POINTS):
    """Try it in a world of its own; return the trial and the faults."""
    with world(database, bots, seed) as around:
        trial = Trial(around, points)
        return trial, trial.run(kills)
