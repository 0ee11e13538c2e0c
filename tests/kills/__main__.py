"""``python -m tests.kills [sqlite] [postgresql] [postgresql2]``: kill -9, again and again.

``python -m tests.kills faults [sqlite|postgresql] [PART OF A NAME ...]``: Slack, AWS and the
database misbehave in turn, and nobody is killed. ``python -m tests.kills going-on
[sqlite|postgresql]``: how long the rest waits while one thing is slow, odd or closed.
"""

import argparse
import sys
import time
from contextlib import contextmanager

from tests import postgresql
from tests.kills import faults, going_on, trials

BOTS = {"sqlite": 1, "postgresql": 1, "postgresql2": 2}


@contextmanager
def database(which):
    """Yield the URL of a new database, empty for a new file of SQLite."""
    if which == "sqlite":
        yield ""
        return
    with postgresql.running(postgresql.binaries()) as url:
        yield url


def kills(which, number, seed):
    began = time.monotonic()
    with database(which) as url:
        trial, found = trials.tried(url, BOTS[which], number, seed)
    print(f"{which}: {number} kills in {time.monotonic() - began:.0f} s; faults: {len(found)}")
    return report({**trial.sprung, **trial.problems}, found)


def misbehave(which, parts, seconds):
    with database(which) as url:
        said, found = faults.tried(url, parts, seconds)
    print(f"{which}: faults: {len(found)}")
    return report(said, found)


def go_on(which):
    with database(which) as url:
        said, found = going_on.tried(url)
    print(f"{which}: faults: {len(found)}")
    return report(said, found)


def report(said, found):
    for what, number in said.items():
        print(f"  {number:4} {what if isinstance(what, str) else ': '.join(what)}")
    for fault in found:
        print(f"  FAULT {fault}")
    sys.stdout.flush()
    return len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", default=list(BOTS))
    parser.add_argument("--kills", type=int, default=27)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.which[:1] == ["faults"]:
        _, which, *parts = [*asked.which, "sqlite"] if len(asked.which) == 1 else asked.which
        return 1 if misbehave(which, parts, asked.seconds) else 0
    if asked.which[:1] == ["going-on"]:
        return 1 if sum(map(go_on, asked.which[1:] or ["sqlite"])) else 0
    return 1 if sum(kills(which, asked.kills, asked.seed) for which in asked.which) else 0


if __name__ == "__main__":
    sys.exit(main())
