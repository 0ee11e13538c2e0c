"""What the clock brings: jobs that do what is due, so that a missed run costs nothing."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.schedulers.background import BackgroundScheduler

from ledger.periods import Periods

Job = Callable[[], object]

#: Jobs that are due together would only wait for one another, each in a thread of its own.
_APART = timedelta(milliseconds=150)
#: A replica that has not finished a night's job by then has died.
_NIGHT = timedelta(hours=3)


class _Threads(BaseExecutor):  # type: ignore[misc]
    """Runs each job in a thread that the process does not wait for when it ends.

    APScheduler's own pool does, however long AWS takes to answer. What a job leaves undone is still
    due after the next start.
    """

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        def run() -> None:
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)
            self._run_job_success(job.id, events)

        threading.Thread(target=run, name="clock", daemon=True).start()


@dataclass(frozen=True, slots=True)
class Nightly:
    """Looks whether a night's job is owed: one replica does it, and a night that was missed too."""

    job: Job
    at: time
    periods: Periods
    now: Callable[[], datetime]

    def round(self) -> None:
        now = self.now()
        night = (now - timedelta(hours=self.at.hour, minutes=self.at.minute)).date().isoformat()
        name = self.job.__name__
        # Whoever has just installed the bot sweeps when it is ready (README).
        if self.periods.claim_first(name, night, now):
            return
        if self.periods.claim(name, night, now, _NIGHT):
            self.job()
            self.periods.finish(name, night, self.now())


@contextmanager
def ticking(
    every: Mapping[Job, float],
    nightly: Mapping[Job, time],
    periods: Periods,
    now: Callable[[], datetime],
) -> Iterator[None]:
    """Call each job of *every* at once and so many seconds apart, of *nightly* at that time, UTC.

    A job never runs twice at once. APScheduler would drop a run that is a second late.
    """
    owed = (Nightly(job, at, periods, now).round for job, at in nightly.items())
    jobs = BackgroundScheduler(
        timezone=UTC,
        executors={"default": _Threads()},
        job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
    )
    for number, (job, seconds) in enumerate([*every.items(), *((each, 60) for each in owed)]):
        first = datetime.now(UTC) + number * _APART
        jobs.add_job(job, "interval", seconds=seconds, next_run_time=first)
    jobs.start()
    try:
        yield
    finally:
        jobs.shutdown(wait=False)
