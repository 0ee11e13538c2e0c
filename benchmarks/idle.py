"""At rest: what ``bot.py run`` costs when nothing happens, and what its start costs.

Two ledgers: an empty one, and one with a million findings of 500 teams. Slack is connected by
Socket Mode, and the queue is polled. What is measured is CPU time and VmRSS.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.figures import Figure, median
from benchmarks.ledgers import ACCOUNTS, TEAMS, Ledgers, write_exceptions
from benchmarks.processes import Running, running, running_bot
from benchmarks.surroundings import Size, stubs, variables

_FINDINGS = 1_000_000
_RUNS = 3
#: Percent of one core.
_EMPTY, _LARGE = 0.5, 1.0
_START_CPU_SECONDS = 2.0
#: Of what importing the libraries takes.
_MEMORY = 1.5
_IMPORTS = "import boto3, slack_bolt, apscheduler, sqlalchemy; input()"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a started process has to be quiet, and how long it is then observed."""

    settles_seconds: float = 4.0
    observed_seconds: float = 20.0
    look_seconds: float = 2.0


_SIZE = Size(TEAMS, ACCOUNTS)
_PATIENCE = Patience()


def measure(
    ledgers: Ledgers,
    number: int = _FINDINGS,
    size: Size = _SIZE,
    runs: int = _RUNS,
    patience: Patience = _PATIENCE,
) -> Iterator[Figure]:
    libraries = [_libraries(patience) for _ in range(runs)]
    yield from _empty(ledgers, median(libraries), patience)
    yield from _large(ledgers, number, size, patience)


def _libraries(patience: Patience) -> float:
    with running(["-c", _IMPORTS], os.environ) as process:
        return process.settled(patience.look_seconds)


def _empty(ledgers: Ledgers, libraries: float, patience: Patience) -> Iterator[Figure]:
    database = ledgers.new_sqlite()
    with (
        stubs(Size()) as (aws, slack, config),
        running_bot(variables(aws, slack, config, database)) as bot,
    ):
        aws.began()
        megabytes = bot.settled(patience.look_seconds)
        bot.quiet(patience.settles_seconds)
        share = bot.share_of_a_core(patience.observed_seconds)
    yield Figure("idle, an empty ledger", share, "% of a core", target=_EMPTY)
    yield Figure("idle, memory beside its libraries", megabytes, "MB", libraries, _MEMORY)


def _large(ledgers: Ledgers, number: int, size: Size, patience: Patience) -> Iterator[Figure]:
    database = ledgers.sqlite(number)
    about = f"{number:,} findings, {size.teams} teams"
    # The routes are new to the ledger: all findings are looked through once, in the background.
    with _started(size, database) as bot:
        yield _start(f"{about}, new routes", bot)
        bot.quiet(patience.settles_seconds)
        yield Figure("the same, until every finding was compared", bot.cpu_seconds, "s of CPU")
    with _started(size, database) as bot:
        yield _start(about, bot)
        bot.quiet(patience.settles_seconds)
        share = bot.share_of_a_core(patience.observed_seconds)
        yield Figure(f"idle, {about}", share, "% of a core", target=_LARGE)


@contextmanager
def _started(size: Size, database: str) -> Iterator[Running]:
    """Run the bot until it has asked the queue for the first time, and on."""
    with stubs(size) as (aws, slack, config):
        write_exceptions(config)
        with running_bot(variables(aws, slack, config, database)) as bot:
            aws.began()
            yield bot


def _start(about: str, bot: Running) -> Figure:
    name = f"start to first poll, {about}"
    return Figure(name, bot.cpu_seconds, "s of CPU", target=_START_CPU_SECONDS)
