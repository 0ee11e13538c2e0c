"""How a ledger's database misbehaves: each begins it, and returns what ends it."""

import os
import resource
import signal
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from tests import postgresql


def repeated(work, pause):
    """Do *work* again and again in a thread until it is ended."""
    over = threading.Event()

    def run():
        while not over.is_set():
            work()
            over.wait(pause)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()

    def end():
        over.set()
        worker.join()

    return end


#: What the bot is made to suffer is not for who makes it.
_UNTROUBLED = "-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off"


def administrator(around):
    engine = sa.create_engine(
        around.database, isolation_level="AUTOCOMMIT", connect_args={"options": _UNTROUBLED}
    )

    def say(*statements):
        with engine.connect() as db:
            for each in statements:
                db.exec_driver_sql(each)

    return say


def connections_ended(around):
    """Every connection is ended, five times a second: a server that restarts for long."""
    say = administrator(around)
    everyone = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
    terminate = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {everyone}"  # noqa: S608 - ours
    return repeated(lambda: say(terminate), 0.2)


def setting(name, value):
    def begin(around):
        say, reload = administrator(around), "SELECT pg_reload_conf()"
        say(f"ALTER SYSTEM SET {name} = {value}", reload)
        return lambda: say(f"ALTER SYSTEM RESET {name}", reload)

    return begin


def findings_locked(around):
    """Somebody holds the findings."""
    db = sa.create_engine(around.database).connect()
    db.exec_driver_sql("LOCK TABLE findings IN ACCESS EXCLUSIVE MODE")

    def end():
        db.rollback()
        db.close()

    return end


def server_hangs(around):
    """The server's processes stand still: connections are taken, and nothing is answered."""
    server = _server(around)
    hung = [server, *_children(server)]
    for pid in hung:
        os.kill(pid, signal.SIGSTOP)

    def end():
        for pid in hung:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    return end


def server_stopped(around):
    """The server is stopped, and started when it is over."""
    home = _home(around)
    postgresql.stop(postgresql.binaries(), home, "fast")
    return lambda: postgresql.start(postgresql.binaries(), home)


def _home(around):
    return Path(sa.make_url(around.database).query["host"])


def _server(around):
    return int((_home(around) / "data/postmaster.pid").read_text().split()[0])


def _children(pid):
    """Return the processes that *pid* has started."""
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in tasks.read_text().split()]


def another_writer(around):
    """Another program writes into the file, for longer than the bot waits."""
    path = around.database.removeprefix("sqlite:///")
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.execute("BEGIN IMMEDIATE")

    def end():
        time.sleep(25)
        db.execute("ROLLBACK")
        db.close()

    return end


def disk_full(around):
    """No file of the bot's process can grow."""
    pid, free = around.bots[0].process.pid, resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, free))

    def end():
        if around.bots[0].is_alive:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (free, free))

    return end


POSTGRESQL = {
    "ledger: connections ended": connections_ended,
    "ledger: read only": setting("default_transaction_read_only", "on"),
    "ledger: statements time out": setting("statement_timeout", "'1ms'"),
    "ledger: locks time out": setting("lock_timeout", "'1ms'"),
    "ledger: findings locked": findings_locked,
    "ledger: server hangs": server_hangs,
    "ledger: server stopped": server_stopped,
}
SQLITE = {"ledger: another writer": another_writer, "ledger: disk full": disk_full}
