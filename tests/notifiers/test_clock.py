"""What the clock brings."""

import threading
import time as clocks
from datetime import time, timedelta

import pytest

from ledger.errors import LedgerUnavailableError
from ledger.periods import Periods
from notifiers.clock import Job, Nightly, every, ticking


def test_every_job_runs_at_once_and_again(eventually):
    runs = []

    with ticking([Job(lambda: runs.append(1), timedelta(seconds=0.05))]):
        eventually(lambda: len(runs) >= 3)


def test_a_job_that_outlasts_its_interval_never_runs_twice_at_a_time(eventually):
    begun, released, beats = [], threading.Event(), []

    def slow():
        begun.append(1)
        released.wait(60)

    # The other job, just as often due, shows that slow's turn came several times meanwhile.
    often = timedelta(seconds=0.05)
    with ticking([Job(slow, often), Job(lambda: beats.append(1), often)]):
        eventually(lambda: begun)
        so_far = len(beats)
        eventually(lambda: len(beats) >= so_far + 5)
        at_a_time = len(begun)
        released.set()
        eventually(lambda: len(begun) >= 2)

    assert at_a_time == 1


def test_a_job_that_fails_runs_again(eventually):
    runs = []

    def job():
        runs.append(1)
        raise ZeroDivisionError

    with ticking([Job(job, timedelta(seconds=0.05))]):
        eventually(lambda: len(runs) >= 2)


def test_the_end_waits_for_no_job():
    begun, released = threading.Event(), threading.Event()

    def job():
        begun.set()
        released.wait(60)

    with ticking([Job(job, timedelta(seconds=60.0))]):
        assert begun.wait(20)

    left = [each for each in threading.enumerate() if each.name == "clock"]
    released.set()
    assert left
    assert all(each.daemon for each in left)


def test_a_job_that_is_woken_runs_at_once(eventually):
    runs = []
    job = Job(lambda: runs.append(1), timedelta(hours=1))

    with ticking([job]):
        eventually(lambda: runs == [1])
        job.woken.set()

        eventually(lambda: runs == [1, 1])


def test_a_job_says_itself_when_it_is_in_a_hurry(eventually):
    runs = []

    def hurry():
        runs.append(1)
        return timedelta(milliseconds=10)

    with ticking([Job(hurry, timedelta(hours=1))]):
        eventually(lambda: len(runs) >= 3)


def test_a_job_that_is_woken_all_the_time_leaves_a_pause(eventually):
    runs = []
    job = Job(lambda: (runs.append(clocks.monotonic()), job.woken.set()), timedelta(hours=1))

    with ticking([job]):
        eventually(lambda: len(runs) >= 3)

    assert runs[2] - runs[0] >= 0.19


def test_jobs_run_on_a_clock_that_nobody_sets_back(eventually, monkeypatch):
    runs = []
    with ticking([Job(lambda: runs.append(1), timedelta(milliseconds=20))]):
        eventually(lambda: runs)
        earlier = clocks.time() - 3600
        monkeypatch.setattr(clocks, "time", lambda: earlier)
        before = len(runs)

        eventually(lambda: len(runs) > before + 2)


@pytest.fixture
def nights(engine, clock):
    """Two replicas of a job at half past two, and what they did. It is nine in the morning."""
    done = []

    def sweep():
        done.append(clock())

    replicas = [Nightly(sweep, "sweep", time(2, 30), Periods(engine), clock) for _ in range(2)]

    def look(**passed):
        done.clear()
        clock.move(**passed)
        for each in replicas:
            each.round()
        return len(done)

    return look


def test_a_nights_job_is_done_once_by_one_replica(nights):
    first, later = nights(), nights(hours=1)
    night, again = nights(hours=17), nights(hours=1)

    assert (first, later, night, again) == (0, 0, 1, 0)


def test_a_night_that_was_missed_is_made_up_for(nights):
    nights()

    assert nights(days=2, hours=3) == 1


def test_a_job_that_failed_is_tried_again_when_its_lease_is_over(engine, clock):
    tries = []

    def sweep():
        tries.append(1)
        raise ZeroDivisionError

    nightly = Nightly(sweep, "sweep", time(2, 30), Periods(engine), clock)
    nightly.round()
    for hours in (18, 1, 3):
        clock.move(hours=hours)
        try:
            nightly.round()
        except ZeroDivisionError:
            continue

    assert len(tries) == 2


def test_a_job_that_could_not_do_everything_is_tried_again_that_night(engine, clock):
    left = [3, 2, 0]
    nightly = Nightly(lambda: left.pop(0), "sweep", time(2, 30), Periods(engine), clock)
    nightly.round()
    clock.move(hours=18)

    for _ in range(100):
        nightly.round()
        clock.move(minutes=1)

    assert left == []


def test_a_job_that_cannot_do_everything_all_night_is_tried_again_the_next_night(engine, clock):
    tries = []

    def sweep():
        tries.append(clock())
        return True

    nightly = Nightly(sweep, "sweep", time(2, 30), Periods(engine), clock)
    nightly.round()
    clock.move(hours=17, minutes=30)
    for _ in range(24 * 6):
        nightly.round()
        clock.move(minutes=10)

    assert {each.hour for each in tries} <= set(range(2, 8))
    assert len(tries) > 5


def test_a_job_that_finds_no_ledger_says_so_in_one_line_and_runs_again(caplog):
    def unreachable():
        raise LedgerUnavailableError("OperationalError: the database is away")

    pause = every(7, unreachable)._run()

    [record] = caplog.records
    assert (pause, record.exc_info) == (timedelta(seconds=7), None)
    assert "away" in record.why
