"""Status: what ``/compliance status`` takes over many findings and teams.

*In the database* is what the ledger's reports take: the database's work, and reading its rows. *In
all* is from the question at the reception to the blocks that Slack is sent.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Figure, median
from benchmarks.ledgers import ACCOUNTS, TEAMS, Ledgers, write_exceptions
from benchmarks.surroundings import APPROVER, Size, environment, team, write_configuration
from bot import Bot
from commands.filters import Narrowed
from commands.grammar import Question
from commands.status import status
from commands.view import View
from compliance.authority import Actor, Standing
from config import load
from config.environment import read_environment
from ledger.database import connect
from ledger.reports import EVERYTHING, Reports
from notifiers.slack.replies import answer_message

_FINDINGS = 1_000_000
_RUNS = 7
_DATABASE_MS, _ALL_MS = 50.0, 300.0
_NOWHERE = "http://127.0.0.1:9/000000000000/nowhere"
_ANALYST = Actor(f"slack:{APPROVER}", "Ana", Standing.MEMBER)


def measure(ledgers: Ledgers, number: int = _FINDINGS, runs: int = _RUNS) -> Iterator[Figure]:
    for database, url in ledgers.both(number).items():
        with TemporaryDirectory(prefix="bench-") as folder:
            bot = _bot(Path(folder), url)
            yield from _of(bot, f"{database}, {number:,} findings", runs)
            bot.ledger.engine.dispose()


def _bot(folder: Path, url: str) -> Bot:
    config = write_configuration(folder, Size(TEAMS, ACCOUNTS))
    write_exceptions(config)
    variables = environment(f"{_NOWHERE}/000000000000/none", _NOWHERE, url)
    known = read_environment({**variables, "COMPLIANCE_CONFIG": str(config)})
    loaded = load(known.config, found=known.faults)
    return Bot(known, loaded, connect(known.database_url))


def _of(bot: Bot, about: str, runs: int) -> Iterator[Figure]:
    everyone = frozenset(each.name for each in bot.teams.ordered)
    for who, visible in (
        ("an analyst about everything", everyone),
        ("an engineer about their team", frozenset({team(7)})),
    ):
        seconds = [_in_database(bot, visible) for _ in range(runs)]
        name = f"{about}, {who}, in the database"
        yield Figure(name, median(seconds) * 1000, "ms", target=_DATABASE_MS)
    # The whole reply, as an analyst gets it in a direct message.
    seconds = [_timed(lambda: answer_message(_reply(bot))) for _ in range(runs)]
    name = f"{about}, an analyst about everything, in all"
    yield Figure(name, median(seconds) * 1000, "ms", target=_ALL_MS)


def _reply(bot: Bot) -> Any:
    return bot.reception.answer("status", _ANALYST, frozenset())


def _in_database(bot: Bot, visible: frozenset[str]) -> float:
    reports = _Timed(bot.reports)
    view = View(bot.context, reports, bot.settings.accounts, visible)  # type: ignore[arg-type]
    status(view, Question("status"), Narrowed(EVERYTHING))
    return reports.seconds


class _Timed:
    """The reports, and how long their questions have taken."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask = getattr(self._reports, name)

        def timed(*asked: Any, **by_name: Any) -> Any:
            began = time.perf_counter()
            answer = ask(*asked, **by_name)
            self.seconds += time.perf_counter() - began
            return answer

        return timed


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
