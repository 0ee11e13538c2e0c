"""What the clock brings: jobs that do what is due, so that a missed run costs nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time

from apscheduler.schedulers.background import BackgroundScheduler

Job = Callable[[], object]


@contextmanager
def ticking(every: Mapping[Job, float], nightly: Mapping[Job, time]) -> Iterator[None]:
    """Call each job of *every* now and so many seconds apart, of *nightly* at that time, UTC.

    A job never runs twice at once. APScheduler would drop a run that is a second late.
    """
    jobs = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
    )
    for job, seconds in every.items():
        jobs.add_job(job, "interval", seconds=seconds, next_run_time=datetime.now(UTC))
    for job, at in nightly.items():
        jobs.add_job(job, "cron", hour=at.hour, minute=at.minute)
    jobs.start()
    try:
        yield
    finally:
        jobs.shutdown(wait=False)
