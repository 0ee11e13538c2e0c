"""The allowlist: reading it, one Ignore, forty at once, and finding what covers a finding.

Reading is measured beside PyYAML's own C loader on the same text, which gives plain dictionaries
and checks nothing.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.figures import Figure
from compliance.allowlist import Entry, ExceptionClass, entry_id
from compliance.change import FindingKey
from config.allowlist import Loader, Parsed, parse_allowlist
from config.edits import add_entries
from config.file_shelf import FileShelf
from config.keeper import Keeper

_ENTRIES = (10_000, 100_000)
_WRITERS, _LOOKS = 40, 10_000
_READING_TARGET = 1.3
_IGNORE_SECONDS, _ALL_SECONDS, _COVERING_MICROSECONDS = 1.5, 3.0, 50.0
_NOW = datetime(2026, 11, 2, tzinfo=UTC)
_ENTRY = Entry(
    rule="s3-bucket-level-public-access-prohibited",
    account="111122223333",
    region="eu-west-2",
    resource="",
    exception_class=ExceptionClass.ACCEPTED_RISK,
    reason="The public website's pictures; nothing personal is stored here.",
    asked_by="Anna Lyst <slack:U0ANALYST>",
    ticket="SEC-1234",
    expires=date(2027, 3, 31),
    account_name="housing-production",
    agreed_by=("Harry Hill <slack:U0HARRY>",),
    created=datetime(2026, 11, 2, 9, 12, 41, tzinfo=UTC),
    first_asked=date(2026, 11, 2),
    finding="F-3K7Q2",
)


def measure(ledgers: object, numbers: tuple[int, ...] = _ENTRIES) -> Iterator[Figure]:
    for number in numbers:
        with TemporaryDirectory() as folder:
            yield from _with(number, Path(folder) / "allowlist.yaml")


def _with(number: int, path: Path) -> Iterator[Figure]:
    several = [_named(f"bucket-{each}") for each in range(number)]
    text, _ = add_entries("", Parsed(), several)
    path.write_text(text)
    bare = _seconds(lambda: yaml.load(text, Loader), time.process_time)  # noqa: S506 - it is safe
    read = _seconds(lambda: parse_allowlist(text, str(path)), time.process_time)
    name = f"{number:,} entries"
    yield Figure(f"{name}: read", read, "s CPU", bare, _READING_TARGET)

    keeper = Keeper(FileShelf(path), {})
    one = _seconds(lambda: _add(keeper, "one"), time.perf_counter)
    yield Figure(f"{name}: one Ignore", one, "s", target=_IGNORE_SECONDS)
    together = _seconds(lambda: _at_once(keeper), time.perf_counter)
    yield Figure(f"{name}: {_WRITERS} at once", together, "s", target=_ALL_SECONDS)

    key = FindingKey(_ENTRY.account, _ENTRY.region, _ENTRY.rule, "AWS::S3::Bucket", "bucket-77")
    looks = _seconds(lambda: _look(keeper, key), time.process_time)
    each = looks / _LOOKS * 1e6
    yield Figure(f"{name}: what covers a finding", each, "µs", target=_COVERING_MICROSECONDS)


def _named(resource: str) -> Entry:
    return replace(_ENTRY, resource=resource, id=entry_id(resource))


def _add(keeper: Keeper, resource: str) -> None:
    keeper.add([_named(resource)], _ENTRY.asked_by, _ENTRY.reason)


def _at_once(keeper: Keeper) -> None:
    threads = [
        threading.Thread(target=_add, args=(keeper, f"at-once-{each}")) for each in range(_WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _look(keeper: Keeper, key: FindingKey) -> None:
    for _ in range(_LOOKS):
        keeper.current.covering(key, _NOW)


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return clock() - began
