"""The allowlist in a file that people edit as well: read whatever it is, written where it is.

What cannot be read is named, never shown: the path may lead to any file at all.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from compliance.shelf import (
    Draft,
    ShelfBusyError,
    ShelfConflictError,
    ShelfUnreadableError,
    ShelfUnwritableError,
    Text,
)
from config.encoding import MOST_BYTES, decoded, encoded, too_large

#: Slack wants its answer within three seconds, and the writing itself needs some of them.
_LOCK_SECONDS = 2.0
#: A file can change twice within what its filesystem counts as one moment, so what is younger is
#: read again.
_SURE_AFTER_NANOSECONDS = 2 * 10**9
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
#: A file that is mounted alone, or lies across a mount, cannot be replaced; written in it can be.
_NOT_REPLACEABLE = {errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES, errno.EROFS}

_State = tuple[int, int, int, int]


class _OtherError(Exception):
    """The file is another than the one that was read."""


class FileShelf:
    """One file. A link stays a link: what it leads to is read and written.

    A new text takes the file's place in one step, with its owner, group, mode and attributes.
    Where that cannot be, because the file is mounted alone, belongs to somebody else, has a second
    name or lies in a folder that is not ours to write in, it is written in place, only from its
    first different byte on, and put back if the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[_State, Text] | None = None

    reviewed = False

    @property
    def name(self) -> str:
        return str(self._path)

    def read(self) -> Text:
        found = self._stat()
        if self._seen and self._seen[0] == _state(found):
            return self._seen[1]
        # Looked at before it is read: what changes meanwhile has another state the next time.
        data = self._bytes()
        text = Text(decoded(data, self.name), _revision(data))
        is_sure = time.time_ns() - found.st_mtime_ns > _SURE_AFTER_NANOSECONDS
        self._seen = (_state(found), text) if is_sure else None
        return text

    def write(self, drafts: Sequence[Draft], revision: str) -> Text:
        text, real = drafts[-1].text, self._real()
        with self._locked(real):
            try:
                found = real.stat()
                old = self._bytes()
                if _revision(old) != revision:
                    raise _OtherError
                data = encoded(text, old)
                self._put(real, found, old, data)
            except _OtherError as error:
                raise ShelfConflictError(
                    f"{self._path} was changed by somebody else just now"
                ) from error
            except OSError as error:
                raise ShelfUnwritableError(self._why_not_written(error)) from error
        return Text(text, _revision(data))

    def unwritable(self) -> str:
        try:
            found = self._stat()
            real = self._real()
            if not os.access(real, os.W_OK):
                return self._read_only(found)
        except (ShelfUnreadableError, ShelfUnwritableError, OSError) as error:
            return str(error)
        return ""

    def _stat(self) -> os.stat_result:
        """Return what the path leads to; raises ShelfUnreadableError unless it is a file."""
        try:
            found = self._path.stat()
        except OSError as error:
            raise ShelfUnreadableError(self._why_not_read(error)) from error
        if not stat.S_ISREG(found.st_mode):
            kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no file")
            raise ShelfUnreadableError(
                f"{self._path} is {kind}; let ALLOWLIST_URL name a file of exceptions"
            )
        if found.st_size > MOST_BYTES:
            raise ShelfUnreadableError(too_large(self.name, found.st_size))
        return found

    def _bytes(self) -> bytes:
        self._stat()
        try:
            # What was a file a moment ago may be a pipe by now, and would be waited for.
            handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise ShelfUnreadableError(self._why_not_read(error)) from error
        if len(data) > MOST_BYTES:
            raise ShelfUnreadableError(f"{self._path} has grown too large while it was read")
        return data

    def _real(self) -> Path:
        try:
            return self._path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise ShelfUnwritableError(self._why_not_read(error)) from error

    @contextmanager
    def _locked(self, real: Path) -> Iterator[None]:
        """Hold the lock of every bot that writes this file; a dead process has none.

        Beside the file, for the file itself is replaced; where nothing can stand beside it, the
        file itself, for then it is written in place.
        """
        lock = FileLock(f"{real}.lock", timeout=_LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise ShelfBusyError(self._busy()) from error
        except OSError:
            with self._locked_itself(real):
                yield
            return
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _locked_itself(self, real: Path) -> Iterator[None]:
        try:
            handle = os.open(real, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ShelfUnwritableError(self._why_not_read(error)) from error
        deadline = time.monotonic() + _LOCK_SECONDS
        try:
            while not _takes_lock(handle):
                if time.monotonic() > deadline:
                    raise ShelfBusyError(self._busy())
                time.sleep(0.02)
            yield
        finally:
            os.close(handle)

    def _put(self, real: Path, found: os.stat_result, old: bytes, new: bytes) -> None:
        if not os.access(real, os.W_OK):
            raise ShelfUnwritableError(self._read_only(found))
        if found.st_nlink > 1 or not _replace(real, found, new):
            _require_same(real, found)
            _write_in_place(real, old, new)

    def _why_not_read(self, error: Exception) -> str:
        number = getattr(error, "errno", None)
        if self._path.is_symlink() and number == errno.ENOENT:
            return f"{self._path} is a link to what is not there; mend the link"
        if number == errno.ENOENT:
            return f"{self._path} is not there; create it with the line 'exceptions: []'"
        if number == errno.ENOTDIR:
            return (
                f"{self._path} leads through something that is not a folder; correct ALLOWLIST_URL"
            )
        if number in {errno.EACCES, errno.EPERM}:
            return f"{self._path} is not for {_us()} to read; give this user the right to"
        if number == errno.ELOOP or isinstance(error, RuntimeError):
            return f"{self._path} is a link to itself; mend the link"
        return f"{self._path} cannot be read: {os.strerror(number) if number else error}"

    def _why_not_written(self, error: OSError) -> str:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return f"the disk of {self._path} is full; make room"
        if error.errno == errno.EROFS:
            return f"{self._path} lies on a disk that is mounted to be read only; mount it to write"
        if error.errno in {errno.EACCES, errno.EPERM}:
            return f"{self._path} is not for {_us()} to write; give this user the right to"
        return f"{self._path} cannot be written: {os.strerror(error.errno or 0)}"

    def _read_only(self, found: os.stat_result) -> str:
        return (
            f"{self._path} is not for {_us()} to write: it belongs to user {found.st_uid}, "
            f"with mode {stat.S_IMODE(found.st_mode):04o}; give this user the right to, or mount "
            "it to be written"
        )

    def _busy(self) -> str:
        return f"another process writes {self._path} just now; try again in a moment"


def _replace(real: Path, found: os.stat_result, new: bytes) -> bool:
    """Put *new* in the file's place in one step; False where only writing in it is left.

    A reader sees the old file or the new one, whatever ends the process in between.
    """
    # The lock is held, so the process that left one of this name behind is dead.
    temporary = real.with_name(f".{real.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            os.fchown(handle, found.st_uid, found.st_gid)
            # The mode and, where the filesystem has them, access lists and labels.
            shutil.copystat(real, temporary)
            os.utime(temporary)
            file.flush()
            os.fsync(handle)
        _require_same(real, found)
        temporary.replace(real)
        _sync_folder(real.parent)
    except _OtherError:
        temporary.unlink(missing_ok=True)
        raise
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in _NOT_REPLACEABLE:
            return False
        raise
    return True


def _require_same(real: Path, found: os.stat_result) -> None:
    """Raise where somebody has put another text there while ours was being prepared.

    An editor takes no lock: this is asked as late as can be.
    """
    if _state(real.stat()) != _state(found):
        raise _OtherError


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_in_place(real: Path, old: bytes, new: bytes) -> None:
    """Write *new* over *old*, from the first different byte on."""
    handle = os.open(real, os.O_RDWR | os.O_CLOEXEC)
    try:
        same = _common(old, new)
        try:
            _write_at(handle, new[same:], same)
        except OSError:
            # The old bytes have their room on the disk already.
            _write_at(handle, old[same:], same)
            raise
    finally:
        os.close(handle)


def _write_at(handle: int, data: bytes, at: int) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(handle, data[done:], at + done)
    os.ftruncate(handle, at + len(data))
    os.fsync(handle)


def _common(old: bytes, new: bytes) -> int:
    """Return how many bytes are the same from the beginning."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _takes_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # The filesystem knows no locks; the revision is compared all the same.
        return True
    return True


def _state(found: os.stat_result) -> _State:
    """What changes when the file does: a replaced file has another inode."""
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _revision(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _us() -> str:
    return f"user {os.geteuid()}"
