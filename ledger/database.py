"""Opening the ledger's database and bringing its tables up to date."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from ledger.errors import LedgerInUseError, LedgerNewerError, LedgerOutOfReachError, our_errors

#: How long a transaction waits for another one to end.
_LOCK_SECONDS = 30
#: How long PostgreSQL may work on one statement. A migration takes as long as it takes.
_STATEMENT_SECONDS = 60
_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = _MIGRATIONS / "versions"
#: PostgreSQL advisory locks: any two numbers that nobody else in the database uses.
MIGRATION_LOCK = 7_305_001
AUDIT_LOCK = 7_305_002


def connect(url: str) -> sa.Engine:
    """Return an engine for *url* (``sqlite:///…`` or ``postgresql+psycopg://…``), tables current.

    Raises LedgerOutOfReachError or LedgerNewerError.
    """
    try:
        engine = _sqlite(url) if url.startswith("sqlite:") else _postgresql(url)
    except OSError as error:
        raise LedgerOutOfReachError(sa.make_url(url), error) from error
    try:
        _upgrade(engine)
    except (sa.exc.SQLAlchemyError, OSError, LedgerNewerError) as error:
        engine.dispose()
        if isinstance(error, LedgerNewerError):
            raise
        raise LedgerOutOfReachError(engine.url, error) from error
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a connection that only reads, so that on SQLite it waits for nobody who writes.

    Raises LedgerUnavailableError, as writing does.
    """
    with our_errors(), engine.connect().execution_options(read_only=True) as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine, *, is_bulk: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction; raises LedgerUnavailableError or UnfitError, and then nothing is kept.

    *is_bulk* is what comes by the thousand in a storm: on SQLite, where one writes at a time, all
    others go first.
    """
    with our_errors(), engine.connect() as connection:
        connection = connection.execution_options(is_bulk=is_bulk)
        with connection.begin():
            yield connection


@contextmanager
def only_process(url: str) -> Iterator[None]:
    """Hold the ledger for this process; raises LedgerInUseError where SQLite has another one.

    SQLite serves one bot. PostgreSQL coordinates any number, so nothing is held there.
    """
    path = sa.make_url(url).database if url.startswith("sqlite:") else None
    if not path or path == ":memory:":
        yield
        return
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LedgerInUseError(path) from error
    except OSError as error:
        raise LedgerOutOfReachError(sa.make_url(url), error) from error
    with lock:
        yield


class _Writers:
    """A lock that those of its waiters get first who do not write in bulk, each kind in order."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self._first, self._bulk = threading.Condition(lock), threading.Condition(lock)
        self._is_taken = False
        self._waiting_first = 0

    def acquire(self, *, is_bulk: bool, seconds: float) -> bool:
        """Wait for the lock; False when *seconds* were over."""
        with self._first:
            if is_bulk:
                free = self._bulk.wait_for(
                    lambda: not self._is_taken and not self._waiting_first, seconds
                )
            else:
                self._waiting_first += 1
                free = self._first.wait_for(lambda: not self._is_taken, seconds)
                self._waiting_first -= 1
            self._is_taken = self._is_taken or free
            return free

    def release(self) -> None:
        with self._first:
            self._is_taken = False
            (self._first if self._waiting_first else self._bulk).notify()


def _postgresql(url: str) -> sa.Engine:
    # A server that hangs must not hang the bot: a round that fails is tried again.
    patience = {} if "connect_timeout" in sa.make_url(url).query else {"connect_timeout": 10}
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args=patience)

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")
        connection.commit()

    return engine


def _sqlite(url: str) -> sa.Engine:
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    options = {"timeout": _LOCK_SECONDS, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=options)
    writer = _Writers()

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions itself: see begin() below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Taking the write lock first means that a transaction never fails half-way through
        # because another one wrote after it had read. SQLite waits for its lock by sleeping
        # longer and longer, so our own threads queue up for a lock that wakes them.
        if connection.get_execution_options().get("read_only"):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("writes"):
            is_bulk = bool(connection.get_execution_options().get("is_bulk"))
            connection.info["writes"] = writer.acquire(is_bulk=is_bulk, seconds=_LOCK_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @sa.event.listens_for(engine, "checkin")
    def end(_connection: Any, record: Any) -> None:
        if record.info.pop("writes", False):
            writer.release()

    return engine


def _upgrade(engine: sa.Engine) -> None:
    """Run the migrations that are missing; replicas that start together wait for one another."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        version = _version(connection)
        ours = sorted(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))
        if version and version not in ours:
            raise LedgerNewerError(engine.url, version)
        if version != ours[-1]:
            _migrate(connection)


def _version(connection: sa.Connection) -> str | None:
    """Return the revision of the newest migration that has run, None before the first."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _migrate(connection: sa.Connection) -> None:
    # Alembic is as large as all our own code, and most starts have nothing for it to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
