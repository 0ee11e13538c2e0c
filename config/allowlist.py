"""The allowlist file: read and checked, kept in force, and written without losing a line."""

import logging
import os
import tempfile
import threading
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from filelock import FileLock, Timeout
from pydantic import AfterValidator, BeforeValidator, Field

from compliance.allowlist import (
    ANY,
    Entry,
    ExceptionClass,
    UneditableAllowlistError,
    UnwritableAllowlistError,
    add_entries,
)
from compliance.rules import Catalogue, catalogue_entry
from config.faults import ConfigError, Fault, read_text, unknown_rule, validate
from config.shapes import Strict, Text, check_account, check_region

log = logging.getLogger(__name__)

_LOCK_SECONDS = 10
#: The ledger keeps no longer name of whoever decided.
_ASKER_MAX = 64


def _account(found: Any) -> Any:
    return found if found == ANY else check_account(found)


def _place(found: str) -> str:
    return found if found == ANY else check_region(found)


def _asker(found: str) -> str:
    if len(found) > _ASKER_MAX:
        raise ValueError(f"expected who asked, in at most {_ASKER_MAX} characters")
    return found


def _day(found: Any) -> Any:
    if isinstance(found, datetime) or not isinstance(found, date):
        raise ValueError("expected a day like 2027-03-31, without quotes")
    return found


class _Entry(Strict):
    rule: Text
    account: Annotated[str, BeforeValidator(_account)]
    region: Annotated[str, AfterValidator(_place)]
    resource: Text
    exception_class: Annotated[ExceptionClass, Field(alias="class")]
    reason: Text
    asked_by: Annotated[Text, AfterValidator(_asker)]
    ticket: str = ""
    expires: Annotated[date, BeforeValidator(_day)]

    def entry(self) -> Entry:
        return Entry(**self.model_dump())


class _File(Strict):
    exceptions: list[_Entry] | None


def parse_allowlist(text: str, file: str, catalogue: Catalogue) -> tuple[Entry, ...]:
    """Return the entries of *text*; raises ConfigError with every fault, each with its line.

    An entry for a rule that the catalogue has not is one: it would except nothing.
    """
    document = read_text(text, file)
    entries = tuple(each.entry() for each in validate(document, _File).exceptions or ())
    if faults := [
        document.fault(("exceptions", number, "rule"), unknown_rule(entry.rule, catalogue))
        for number, entry in enumerate(entries)
        if catalogue_entry(catalogue, entry.rule) is None
    ]:
        raise ConfigError(faults)
    return entries


class AllowlistFile:
    """The allowlist in a file that people edit as well.

    A broken file at start raises ConfigError. While running, the last good version stays in force
    and *fault* says what is wrong, until the file is mended.
    """

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self._path = path
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._seen = self._state()
        self._entries = self._read()
        self.fault: ConfigError | None = None

    def entries(self) -> tuple[Entry, ...]:
        """Return what is in force now; the file is read again when it has changed."""
        with self._lock:
            state = self._state()
            if state == self._seen:
                return self._entries
            self._seen = state
            try:
                self._entries, self.fault = self._read(), None
                log.info("the allowlist was read again", extra={"entries": len(self._entries)})
            except ConfigError as error:
                self.fault = error
                log.error(
                    "the allowlist is broken; the last good version stays in force",
                    extra={"faults": [str(fault) for fault in error.faults]},
                )
            return self._entries

    def problem(self) -> str:
        """Say what is wrong with the file as it is now, empty when it is in force."""
        self.entries()
        return str(self.fault or "")

    def unwritable(self) -> str:
        """Say why an exception could not be written, empty when it could."""
        try:
            with tempfile.TemporaryFile(dir=self._path.parent):
                return ""
        except OSError as error:
            return str(error)

    def add(self, *entries: Entry) -> None:
        """Write *entries* after the last one; an equal one that is there already is enough.

        Raises UnwritableAllowlistError, and then nothing was changed.
        """
        if set(entries) <= set(self.entries()) and self.fault is None:
            return
        try:
            with FileLock(f"{self._path}.lock", timeout=_LOCK_SECONDS):
                text = self._path.read_bytes().decode("utf-8")
                known = self._parse(text)
                new = [entry for entry in entries if entry not in known]
                if not new:
                    return
                edited = add_entries(text, *new)
                self._parse(edited)
                _replace(self._path, edited)
        except (ConfigError, UneditableAllowlistError, OSError, Timeout, ValueError) as error:
            log.error("an exception was not written", extra={"why": str(error)})
            raise UnwritableAllowlistError(str(error)) from error
        self.entries()

    def _read(self) -> tuple[Entry, ...]:
        try:
            text = self._path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            file = str(self._path)
            raise ConfigError([Fault(file, 0, "", f"cannot be read: {error}")]) from error
        return self._parse(text)

    def _parse(self, text: str) -> tuple[Entry, ...]:
        return parse_allowlist(text, str(self._path), self._catalogue)

    def _state(self) -> tuple[int, int, int] | None:
        """What changes when the file does: a replaced file has another inode."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _replace(path: Path, text: str) -> None:
    """Put *text* in the file's place in one step: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
