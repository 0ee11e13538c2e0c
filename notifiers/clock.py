"""What the clock brings: jobs that do what is due, so that a missed run costs nothing.

The jobs run on the monotonic clock, which nobody sets back. What is due at a time of day each run
looks up in the ledger, and APScheduler, which knows zones and summer time, wakes the job then.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as TimeOfDay  # noqa: N812 - a class, named like one

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from ledger.errors import LedgerUnavailableError
from ledger.periods import Periods

log = logging.getLogger(__name__)

#: A job runs no more often than this however often it is woken, in seconds, and takes no more than
#: this share of a core: what it looks at can be a storm's.
_APART, _APART_MAX = 0.1, 0.5
_SHARE = 0.2
#: A replica that has not finished a night's job by then has died.
_NIGHT = timedelta(hours=3)
#: When a night's job that could not do everything is tried again, and how long after its time.
_AGAIN = timedelta(minutes=20)
_UNTIL = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is called again and again, and never twice at once.

    *run* returns when it wants to be called again, if that is sooner than *every*. Setting *woken*
    calls it at once. *at* is when APScheduler does that.
    """

    run: Callable[[], object]
    every: timedelta
    woken: threading.Event = field(default_factory=threading.Event)
    at: CronTrigger | None = None

    def keep(self, stop: threading.Event) -> None:
        """Run until *stop*, which wakes the job when it is set."""
        while not stop.is_set():
            self.woken.clear()
            began = time.monotonic()
            pause = min(self._run(), self.every)
            ran = time.monotonic() - began
            self.woken.wait(pause.total_seconds())
            apart = min(max(_APART, ran / _SHARE), _APART_MAX)
            stop.wait(began + apart - time.monotonic())

    def _run(self) -> timedelta:
        try:
            wanted = self.run()
        except LedgerUnavailableError as error:
            log.warning("a job waits for the ledger", extra={"why": str(error)})
            return self.every
        except Exception:
            # What one run could not do is still due in the next one.
            log.exception("a job failed and runs again")
            return self.every
        return wanted if isinstance(wanted, timedelta) else self.every


def every(seconds: float, run: Callable[[], object], woken: threading.Event | None = None) -> Job:
    """Return a job for *run*; setting *woken* calls it at once."""
    return Job(run, timedelta(seconds=seconds), woken or threading.Event())


class Bell:
    """Wakes the jobs that have something to do when a finding has moved."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []

    def event(self, event: threading.Event | None = None) -> threading.Event:
        """Return *event*, or one of its own, which is set from now on whenever it rings."""
        self._events.append(event or threading.Event())
        return self._events[-1]

    def ring(self) -> None:
        for event in self._events:
            event.set()


@dataclass(frozen=True, slots=True)
class Nightly:
    """Looks whether a night's job is owed: one replica does it, and a night that was missed too.

    *work* returns something true where it could not do everything. Then it is tried again.
    """

    work: Callable[[], object]
    name: str
    at: TimeOfDay
    periods: Periods
    now: Callable[[], datetime]

    def round(self) -> None:
        now = self.now()
        since = now - timedelta(hours=self.at.hour, minutes=self.at.minute)
        night = since.date().isoformat()
        # After the installation a person sweeps when the bot is ready (README).
        if self.periods.claim_first(self.name, night, now):
            return
        if not self.periods.claim(self.name, night, now, _NIGHT):
            return
        is_incomplete = self.work()
        done = self.now()
        is_night = done - datetime.combine(since.date(), self.at, UTC) < _UNTIL
        if is_incomplete and is_night:
            log.warning("a night's job is tried again", extra={"job": self.name})
            self.periods.postpone(self.name, night, done + _AGAIN)
        else:
            self.periods.finish(self.name, night, done)

    def job(self) -> Job:
        at = CronTrigger(hour=self.at.hour, minute=self.at.minute, timezone=UTC)
        return Job(self.round, timedelta(minutes=1), at=at)


@contextmanager
def ticking(jobs: Sequence[Job]) -> Iterator[None]:
    """Call each job at once and then as it says, in a thread of its own.

    The process does not wait for a job when it ends: what was not done is due after the next start.
    """
    stop = threading.Event()
    scheduler = BackgroundScheduler(timezone=UTC, daemon=True)
    for job in jobs:
        if job.at is not None:
            scheduler.add_job(
                job.woken.set, job.at, coalesce=True, misfire_grace_time=None, max_instances=1
            )
        threading.Thread(target=job.keep, args=[stop], name="clock", daemon=True).start()
    scheduler.start()
    try:
        yield
    finally:
        stop.set()
        for job in jobs:
            job.woken.set()
        scheduler.shutdown(wait=False)
