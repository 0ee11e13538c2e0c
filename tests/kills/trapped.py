"""``bot.py run`` that kills itself where no gate sees it; ``KILL_AT`` says where.

``commit:17:before``       the seventeenth commit of the ledger
``audit:agree:after``      the commit that keeps the first row of this action in the audit log
``replace:1:after``        a file put into another's place: the allowlist
"""

import os
import runpy
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy.engine.default import DefaultDialect

from ledger import audit

ROOT = Path(__file__).parents[2]


def killing(function, is_it: Callable[[], bool], when: str):
    """Return *function*, killing the process before or after the call that *is_it*."""

    def wrapped(*arguments):
        wanted = is_it()
        if wanted and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments)
        if wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


def nth(number: int) -> Callable[[], bool]:
    numbers = count(1)
    return lambda: next(numbers) == number


def appended(action: str) -> Callable[[], bool]:
    """Say of a commit whether a row of *action* has been appended before it."""
    actions = set()
    append = audit.append

    def noting(connection, rows):
        actions.update(row.action for row in rows)
        return append(connection, rows)

    audit.append = noting
    return lambda: action in actions


def set_trap(what: str, which: str, when: str) -> None:
    match what:
        case "commit":
            DefaultDialect.do_commit = killing(DefaultDialect.do_commit, nth(int(which)), when)
        case "audit":
            DefaultDialect.do_commit = killing(DefaultDialect.do_commit, appended(which), when)
        case "replace":
            Path.replace = killing(Path.replace, nth(int(which)), when)


set_trap(*os.environ["KILL_AT"].split(":"))
sys.argv = ["bot.py", "run"]
sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "bot.py"), run_name="__main__")
