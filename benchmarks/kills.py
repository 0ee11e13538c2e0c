"""What is lost or doubled when the bot is killed again and again: whole processes, kill -9.

A round reports some findings, starts the bot, and kills it at a moment that chance picks: while it
starts, receives, records, or posts. At the end one more bot brings everything in line.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from slack_sdk import WebClient

from benchmarks.aws_stub import LocalAws
from benchmarks.figures import Figure
from benchmarks.ledgers import RULES, Ledgers
from benchmarks.notifications import violation
from benchmarks.processes import ROOT, running_bot
from benchmarks.surroundings import Size, account, channel, stubs, variables
from ledger import audit
from ledger.database import connect
from ledger.tables import counts, findings

_KILLS = 14
#: So many teams that their findings come one by one, and none joins a group.
_SIZE = Size(teams=40, accounts=40)
_AT_ONCE = 4
_IMPORT_SECONDS = 1.2
_LONGEST_SECONDS = 1.5
_SEND_SECONDS = 60
#: A post in doubt is searched for once more a minute after it was repeated.
_REST_SECONDS = 75.0


def measure(
    ledgers: Ledgers,
    kills: int = _KILLS,
    size: Size = _SIZE,
    rest_seconds: float = _REST_SECONDS,
) -> Iterator[Figure]:
    trials = (
        ("SQLite", ledgers.new_sqlite(), 1),
        ("PostgreSQL, 1 at once", ledgers.new_postgresql(), 1),
        ("PostgreSQL, 2 at once", ledgers.new_postgresql(), 2),
    )
    # Side by side: most of the time each only waits.
    with ThreadPoolExecutor(len(trials)) as pool:
        tried = [pool.submit(_tried, *each, kills, size, rest_seconds) for each in trials]
        for each in tried:
            yield from each.result()


def _tried(
    name: str, database: str, bots: int, kills: int, size: Size, rest_seconds: float
) -> tuple[Figure, ...]:
    chance = random.Random(kills)  # noqa: S311 - the same moments each time are what is wanted
    with stubs(size) as (aws, slack, config):
        known = variables(aws, slack, config, database)
        texts = [_violation(place, size) for place in range(kills * _AT_ONCE)]
        for first in range(0, len(texts), _AT_ONCE):
            with _killed(known, bots):
                # What comes first is the import of Python's libraries.
                time.sleep(_IMPORT_SECONDS)
                aws.put(texts[first : first + _AT_ONCE])
                time.sleep(chance.random() * _LONGEST_SECONDS)
        with running_bot(known):
            time.sleep(_IMPORT_SECONDS)
            _send_again(aws, texts, database)
            _wait_until_shown(database, rest_seconds)
            client = WebClient(
                slack.environment["SLACK_BOT_TOKEN"], f"{slack.environment['SLACK_API_URL']}/"
            )
            cards = _live_cards(client, size)
    engine = connect(database)
    with engine.connect() as db:
        recorded = set(db.execute(sa.select(findings.c.id)).scalars())
        broken = audit.first_broken_link(db)
        counted = db.execute(sa.select(sa.func.sum(counts.c.number))).scalar_one() or 0
    engine.dispose()
    told = f"{name}: {kills} kills"
    faults = {
        "findings lost": len(texts) - len(recorded),
        "findings without a card": len(recorded - cards.keys()),
        "cards too many": sum(cards.values()) - len(cards),
        "findings miscounted": abs(counted - len(recorded)),
        "breaks in the audit log": int(broken is not None),
    }
    return tuple(Figure(f"{told}, {name}", n, "", target=0) for name, n in faults.items())


def _violation(place: int, size: Size) -> str:
    return violation(
        place, account(place % size.accounts), RULES[place % len(RULES)], datetime.now(UTC)
    )


@contextmanager
def _killed(known: Mapping[str, str], bots: int) -> Iterator[None]:
    """Run *bots* processes; kill them at the end."""
    with ExitStack() as stack:
        for _ in range(bots):
            process = subprocess.Popen(
                [sys.executable, "bot.py", "run"],
                cwd=ROOT,
                env={**os.environ, **known},
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def _send_again(aws: LocalAws, texts: Sequence[str], database: str) -> None:
    """Send what was received and not deleted, as SQS does, until all of it is recorded.

    The queue's stub still answers polls of processes that were killed.
    """
    engine = connect(database)
    number = sa.select(sa.func.count()).select_from(findings)
    deadline = time.monotonic() + _SEND_SECONDS
    while time.monotonic() < deadline:
        with engine.connect().execution_options(read_only=True) as db:
            if db.execute(number).scalar_one() >= len(texts):
                break
        aws.put(texts)
        time.sleep(3)
    engine.dispose()


def _wait_until_shown(database: str, rest_seconds: float) -> None:
    """Wait until chat has shown every finding for *rest_seconds*; four minutes at most."""
    engine = connect(database)
    is_stale = findings.c.shown_version < findings.c.version
    deadline = time.monotonic() + 240
    settled_since = time.monotonic()
    while time.monotonic() < deadline:
        with engine.connect().execution_options(read_only=True) as db:
            if db.execute(sa.select(sa.func.count()).where(is_stale)).scalar_one():
                settled_since = time.monotonic()
        if time.monotonic() - settled_since > rest_seconds:
            break
        time.sleep(1)
    engine.dispose()


def _live_cards(client: WebClient, size: Size) -> Counter[str]:
    """Return how many messages with buttons there are of each finding."""
    cards: Counter[str] = Counter()
    for team in range(size.teams):
        answer = client.conversations_history(channel=channel(team), limit=200)
        for message in answer["messages"]:
            cards.update(_shown(message.get("blocks") or ()))
    return cards


def _shown(blocks: Sequence[Mapping[str, Any]]) -> set[str]:
    return {
        str(element["value"]).split()[0]
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if str(element.get("value", "")).startswith("F-")
    }
