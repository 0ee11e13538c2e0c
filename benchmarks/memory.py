"""Memory: an idle ``bot.py run``, beside a process that only imports the libraries it is made of.

The bot has the repository's configuration, a ledger whose tables are there already, a queue that
stays empty and Slack by HTTP. What is measured is VmRSS of https://docs.kernel.org/filesystems/proc.html,
when it has stopped to grow.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, median
from benchmarks.place import ROOT, environment
from benchmarks.queue_stub import local_queue

_RUNS = 3
#: Of what importing the libraries takes.
_TARGET = 1.5
_IMPORTS = "import boto3, slack_bolt, apscheduler, sqlalchemy; input()"
#: It has settled when two looks, this far apart, find the same.
_LOOK_SECONDS = 2.0
_PATIENCE_SECONDS = 60.0
_RSS = re.compile(r"VmRSS:\s+(\d+) kB")


def measure(runs: int = _RUNS, look_seconds: float = _LOOK_SECONDS) -> Iterator[Figure]:
    libraries = [_settled(["-c", _IMPORTS], dict(os.environ), look_seconds) for _ in range(runs)]
    with local_queue(()) as queue, TemporaryDirectory() as folder:
        variables = {**os.environ, **environment(queue.url, f"sqlite:///{folder}/ledger.db")}
        # The first start makes the tables, which later ones find.
        first, *bot = [
            _settled(["bot.py", "run"], variables, look_seconds) for _ in range(runs + 1)
        ]
    yield Figure("idle bot.py run", median(bot), "MB", median(libraries), _TARGET)
    yield Figure("the same at its first start, which makes the tables", first, "MB")


def _settled(arguments: Sequence[str], variables: Mapping[str, str], look_seconds: float) -> float:
    """Start Python with *arguments* and return the megabytes it holds when it has settled."""
    with _running(arguments, variables) as process:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        before, now = 0.0, _megabytes(process)
        while now != before:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{arguments[0]} did not settle")
            time.sleep(look_seconds)
            before, now = now, _megabytes(process)
    return now


@contextmanager
def _running(
    arguments: Sequence[str], variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of our own
        [sys.executable, *arguments], cwd=ROOT, env=variables, stdin=subprocess.PIPE
    )
    try:
        yield process
        if process.poll() is not None:
            raise ChildProcessError(f"{arguments[0]} ended with {process.returncode}")
    finally:
        process.terminate()
        process.communicate()


def _megabytes(process: subprocess.Popen[bytes]) -> float:
    found = _RSS.search(Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0
