"""Intake: the bot's way from the queue into the ledger, beside a bare boto3 loop.

Both read the same messages, each from a queue of its own, with as many threads, in a process of
their own. They take turns, so that a busy machine slows both. Time and CPU count from the first
receive to the last delete: a start is measured elsewhere.
"""

import http.client
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import sqlalchemy as sa

from aws.clients import client_config
from aws.listen import Listening
from aws.queue import Polling
from benchmarks.aws_stub import local_aws
from benchmarks.figures import Figure, median
from benchmarks.ledgers import Ledgers
from benchmarks.notifications import mix, notifications
from benchmarks.processes import cpu_seconds
from benchmarks.surroundings import environment
from bot import Bot, now
from config import load
from config.environment import read_environment
from ledger.database import connect
from ledger.tables import findings

_MESSAGES = 10_000
_RUNS = 3
#: Shares of the bare loop's speed.
_SQLITE, _POSTGRESQL = 0.6, 0.5
_CPU_SECONDS = 0.6

#: Reads the queue of an environment with a number of threads, until its process is ended.
Reader = Callable[[Mapping[str, str], int], None]


class LostError(Exception):
    """The ledger does not have what the messages said: the figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    cpu_seconds: float


def measure(ledgers: Ledgers, messages: int = _MESSAGES, runs: int = _RUNS) -> Iterator[Figure]:
    texts = notifications(messages)
    workers = load(Path("config")).settings.intake[0]
    ways: tuple[tuple[Reader, Callable[[], str]], ...] = (
        (read_bare, ledgers.new_sqlite),
        (read_as_bot, ledgers.new_sqlite),
        (read_as_bot, ledgers.new_postgresql),
    )
    turns = [[_run(*way, texts, workers) for way in ways] for _ in range(runs)]
    bare, sqlite, postgresql = (_middle(of) for of in zip(*turns, strict=True))
    yield Figure("the queue stub, asked without boto3", _stub_speed(texts), "messages/s")
    for name, run, target in (("SQLite", sqlite, _SQLITE), ("PostgreSQL", postgresql, _POSTGRESQL)):
        speeds = messages / run.seconds, messages / bare.seconds
        about = f"{name}, {messages:,} messages, {workers} workers, beside bare boto3"
        yield Figure(about, speeds[0], "messages/s", speeds[1], target, more_is_better=True)
    per_thousand = 1000 / messages
    yield Figure("the bare loop's CPU for 1,000", bare.cpu_seconds * per_thousand, "s")
    for name, run in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        spent = run.cpu_seconds * per_thousand
        yield Figure(f"{name}, the bot's CPU for 1,000", spent, "s", target=_CPU_SECONDS)


def _middle(runs: Sequence[_Run]) -> _Run:
    return _Run(median([run.seconds for run in runs]), median([run.cpu_seconds for run in runs]))


def read_bare(variables: Mapping[str, str], workers: int) -> None:
    """Receive, parse and delete, and nothing else."""
    os.environ.update(variables)
    for _ in range(workers):
        client = boto3.client("sqs", config=client_config())
        threading.Thread(target=_loop, args=(client, variables["QUEUE_URLS"])).start()


def _loop(client: Any, url: str) -> None:
    while True:
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20)
        messages = answer.get("Messages", ())
        for message in messages:
            json.loads(json.loads(message["Body"])["Message"])
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            client.delete_message_batch(QueueUrl=url, Entries=entries)


def read_as_bot(variables: Mapping[str, str], workers: int) -> None:
    """Do what ``bot.py run`` does with its queues, without its clock and its web server."""
    os.environ.update(variables)
    environment = read_environment(variables)
    bot = Bot(environment, load(environment.config), connect(environment.database_url))
    ignored = partial(str)
    reports = Listening(
        environment.queue_urls, Polling(workers), (), bot.ledger.record, ignored, now
    )
    reports.read(threading.Event())


def _run(reader: Reader, new_ledger: Callable[[], str], texts: Sequence[str], workers: int) -> _Run:
    """Read all *texts*, and look whether the ledger has what they said."""
    database = new_ledger()
    with local_aws(texts) as aws:
        arguments = (environment(aws.queue_url, aws.url, database), workers)
        process = multiprocessing.get_context("spawn").Process(target=reader, args=arguments)
        process.start()
        pid = int(process.pid or 0)
        try:
            began, cpu_before = aws.began(), cpu_seconds(pid)
            run = _Run(aws.drained() - began, cpu_seconds(pid) - cpu_before)
        finally:
            process.kill()
            process.join()
    if reader is read_as_bot:
        _check(database, len(texts))
    return run


def _check(database: str, messages: int) -> None:
    expected = mix(messages)
    engine = sa.create_engine(database)
    query = sa.select(findings.c.compliance, sa.func.count()).group_by(findings.c.compliance)
    with engine.connect() as db:
        found = {row[0]: row[1] for row in db.execute(query)}
    engine.dispose()
    broken = expected.broken - expected.resolved
    if found != {"NON_COMPLIANT": broken, "COMPLIANT": expected.resolved}:
        raise LostError(f"expected {expected}, found {found}")


def _stub_speed(texts: Sequence[str]) -> float:
    """Return how many messages a second the stub hands out and deletes when nothing holds it up."""
    with local_aws(texts) as aws:
        host = urlsplit(aws.url)
        asked = http.client.HTTPConnection(str(host.hostname), host.port)
        began = time.monotonic()
        for first in range(0, len(texts), 10):
            handles = range(first, min(first + 10, len(texts)))
            _ask(asked, "ReceiveMessage", {"MaxNumberOfMessages": 10})
            entries = [{"Id": str(each), "ReceiptHandle": str(each)} for each in handles]
            _ask(asked, "DeleteMessageBatch", {"Entries": entries})
        asked.close()
        return len(texts) / (aws.drained() - began)


def _ask(connection: http.client.HTTPConnection, action: str, asked: Mapping[str, Any]) -> None:
    headers = {"X-Amz-Target": f"AmazonSQS.{action}"}
    connection.request("POST", "/", json.dumps(asked), headers)
    connection.getresponse().read()
