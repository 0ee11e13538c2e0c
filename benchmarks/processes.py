"""Processes of the bot's own, and what the kernel says that they cost.

https://docs.kernel.org/filesystems/proc.html: CPU time from ``stat``, resident memory from
``status``.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_MEMORY = re.compile(r"(Vm\w+):\s+(\d+) kB")
#: Of ``stat``, behind the name in brackets: user and system time.
_UTIME, _STIME = 11, 12
_PATIENCE_SECONDS = 60.0
_LONG_PATIENCE_SECONDS = 300.0
#: Percent of one core.
_NEXT_TO_NOTHING = 3.0


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has taken since its start, in all its threads."""
    behind_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(behind_name[_UTIME]) + int(behind_name[_STIME])) / _TICKS


def megabytes(pid: int, which: str = "VmRSS") -> float:
    """Return the resident memory of a process, or what else ``status`` says in kilobytes."""
    said = dict(_MEMORY.findall(Path(f"/proc/{pid}/status").read_text()))
    return int(said.get(which, 0)) / 1000


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started here."""

    process: subprocess.Popen[bytes]

    @property
    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process.pid)

    @property
    def megabytes(self) -> float:
        return megabytes(self.process.pid)

    @property
    def peak_megabytes(self) -> float:
        """The most resident memory that it ever had."""
        return megabytes(self.process.pid, "VmHWM")

    def share_of_a_core(self, seconds: float) -> float:
        """Return the percentage of one core that it takes, observed for so many seconds."""
        before, began = self.cpu_seconds, time.monotonic()
        time.sleep(seconds)
        return (self.cpu_seconds - before) / (time.monotonic() - began) * 100

    def quiet(self, look_seconds: float) -> None:
        """Wait until it does next to nothing; raises TimeoutError."""
        deadline = time.monotonic() + _LONG_PATIENCE_SECONDS
        while self.share_of_a_core(look_seconds) > _NEXT_TO_NOTHING:
            if time.monotonic() > deadline:
                raise TimeoutError("it was still busy")

    def settled(self, look_seconds: float) -> float:
        """Return the megabytes that it has when two looks, so far apart, find the same."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        before, now = 0.0, self.megabytes
        while now != before:
            if time.monotonic() > deadline:
                raise TimeoutError("its memory did not settle")
            time.sleep(look_seconds)
            before, now = now, self.megabytes
        return now


@contextmanager
def running(arguments: Sequence[str], variables: Mapping[str, str]) -> Iterator[Running]:
    """Start Python with *arguments*; it has to be alive at the end, and is ended then."""
    process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of our own
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Running(process)
        if process.poll() is not None:
            raise ChildProcessError(f"{arguments[0]} ended with {process.returncode}")
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def running_bot(variables: Mapping[str, str]) -> Iterator[Running]:
    """Run ``bot.py run`` with *variables* beside those of this process."""
    with running(["bot.py", "run"], {**os.environ, **variables}) as bot:
        yield bot
