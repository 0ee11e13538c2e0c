"""Sweep: ``bot.py sweep`` of many accounts, beside the time that AWS's answers alone take.

AWS Config and STS take 50 ms for each answer. The reference is what the calls that have to be made
would take, with as many at once as ``bot.yaml`` says: each account's AssumeRole, the rules of each
Region, and each rule's evaluations.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.aws_stub import local_aws
from benchmarks.config_stub import Content
from benchmarks.figures import Figure
from benchmarks.ledgers import RULES
from benchmarks.processes import ROOT
from benchmarks.surroundings import Size, environment, write_configuration
from config import load

_SIZE = Size(teams=20, accounts=500, regions=3)
_LATENCY_SECONDS = 0.05
#: Of the time that the answers alone take.
_TARGET = 1.3


class SweepError(Exception):
    """The sweep did not read everything."""


def measure(
    ledgers: object, size: Size = _SIZE, latency_seconds: float = _LATENCY_SECONDS
) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="bench-") as folder:
        config = write_configuration(Path(folder), size)
        tasks = load(config).settings.tasks
        with local_aws((), Content(RULES, broken=1), latency_seconds) as aws:
            known = environment(aws.queue_url, aws.url, f"sqlite:///{folder}/ledger.db")
            seconds = _sweep({**os.environ, **known, "COMPLIANCE_CONFIG": str(config)})
            calls = sum(aws.calls().values())
    places = size.accounts * size.regions
    needed = size.accounts + places * (1 + len(RULES))
    name = f"{size.accounts} accounts x {size.regions} Regions x {len(RULES)} rules, {tasks} tasks"
    yield Figure(name, seconds, "s", needed * latency_seconds / tasks, _TARGET)
    yield Figure("calls, beside those that have to be made", calls, "calls", needed)


def _sweep(variables: dict[str, str]) -> float:
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "bot.py", "sweep"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        check=False,
    )
    if ended.returncode:
        raise SweepError(ended.stderr.decode()[-2000:])
    return time.monotonic() - began
