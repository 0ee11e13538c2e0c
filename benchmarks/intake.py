"""Intake: the bot's way from the queue into the ledger, beside a bare boto3 loop.

Both read the same messages, each from a queue of its own, with as many threads, in a process of
their own. They take turns, so that a busy machine slows both.
"""

import http.client
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import boto3
import sqlalchemy as sa

from aws.clients import client_config
from aws.listen import Listening
from aws.queue import Polling
from benchmarks.figures import Figure, median
from benchmarks.notifications import mix, notifications
from benchmarks.place import environment
from benchmarks.queue_stub import local_queue
from bot import Bot, now
from config import load
from config.environment import read_environment
from ledger.tables import findings
from notifiers.metrics import Metrics

_MESSAGES = 10_000
_RUNS = 5
#: Share of the bare loop's speed.
_TARGET = 0.4

#: Reads the queue of an environment with a number of threads, until its process is ended.
Reader = Callable[[Mapping[str, str], int], None]


class LostError(Exception):
    """The ledger does not hold what the messages said: the figure would mean nothing."""


def measure(messages: int = _MESSAGES, runs: int = _RUNS) -> Iterator[Figure]:
    texts = notifications(messages)
    workers = load(Path("config")).settings.workers
    turns = [[_run(reader, texts, workers) for reader in _READERS] for _ in range(runs)]
    bare, bot = (messages / median(seconds) for seconds in zip(*turns, strict=True))
    yield Figure("the queue stub, asked without boto3", _stub_speed(texts), "messages/s")
    name = f"bot, {messages:,} messages, {workers} workers"
    yield Figure(name, bot, "messages/s", bare, _TARGET, more_is_better=True)


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
    bot = Bot(environment, load(environment.config, environment.allowlist))
    count = Metrics(bot.reports).count
    reports = Listening(environment.queue_urls, Polling(workers), (), bot.ledger.record, count, now)
    reports.read(threading.Event())


_READERS: tuple[Reader, ...] = (read_bare, read_as_bot)


def _run(reader: Reader, texts: Sequence[str], workers: int) -> float:
    """Return how many seconds *reader* took until the last message was deleted."""
    with local_queue(texts) as queue, TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/ledger.db"
        arguments = (environment(queue.url, database), workers)
        process = multiprocessing.get_context("spawn").Process(target=reader, args=arguments)
        process.start()
        try:
            seconds = queue.drained()
        finally:
            process.kill()
            process.join()
        if reader is read_as_bot:
            _check(database, len(texts))
        return seconds


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
    """Return how many messages a second the stub hands out and deletes when nobody holds it up."""
    with local_queue(texts) as queue:
        host = urlsplit(queue.url)
        asked = http.client.HTTPConnection(str(host.hostname), host.port)
        for first in range(0, len(texts), 10):
            handles = range(first, min(first + 10, len(texts)))
            _ask(asked, "ReceiveMessage", {"MaxNumberOfMessages": 10})
            entries = [{"Id": str(each), "ReceiptHandle": str(each)} for each in handles]
            _ask(asked, "DeleteMessageBatch", {"Entries": entries})
        asked.close()
        return len(texts) / queue.drained()


def _ask(connection: http.client.HTTPConnection, action: str, asked: Mapping[str, Any]) -> None:
    headers = {"X-Amz-Target": f"AmazonSQS.{action}"}
    connection.request("POST", "/", json.dumps(asked), headers)
    connection.getresponse().read()
