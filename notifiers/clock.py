"""What the clock brings: jobs that do what is due, so that a missed run costs nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

Job = Callable[[], object]

#: Jobs that are due together would only wait for one another, each in a thread of its own.
_APART = timedelta(milliseconds=150)


@contextmanager
def ticking(every: Mapping[Job, float], nightly: Mapping[Job, time]) -> Iterator[None]:
    """Call each job of *every* at once and so many seconds apart, of *nightly* at that time, UTC.

    A job never runs twice at once. APScheduler would drop a run that is a second late.
    """
    jobs = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
    )
    for number, (job, seconds) in enumerate(every.items()):
        first = datetime.now(UTC) + number * _APART
        jobs.add_job(job, "interval", seconds=seconds, next_run_time=first)
    for job, at in nightly.items():
        jobs.add_job(job, "cron", hour=at.hour, minute=at.minute)
    jobs.start()
    try:
        yield
    finally:
        jobs.shutdown(wait=False)
