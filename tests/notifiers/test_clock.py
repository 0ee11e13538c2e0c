"""What the clock brings."""

import threading
from datetime import time

import pytest

from ledger.periods import Periods
from notifiers.clock import Nightly, ticking


@pytest.fixture
def tick(engine, clock):
    """Run jobs as often as they say, and none at night."""
    return lambda every: ticking(every, {}, Periods(engine), clock)


def test_every_job_runs_at_once_and_again(eventually, tick):
    runs = []

    with tick({lambda: runs.append(1): 0.05}):
        eventually(lambda: len(runs) >= 3)


def test_a_job_that_outlasts_its_interval_never_runs_twice_at_a_time(eventually, tick):
    begun, released, beats = [], threading.Event(), []

    def slow():
        begun.append(1)
        released.wait(60)

    # The other job, just as often due, shows that slow's turn came several times meanwhile.
    with tick({slow: 0.05, lambda: beats.append(1): 0.05}):
        eventually(lambda: begun)
        so_far = len(beats)
        eventually(lambda: len(beats) >= so_far + 5)
        at_a_time = len(begun)
        released.set()
        eventually(lambda: len(begun) >= 2)

    assert at_a_time == 1


def test_a_job_that_fails_runs_again(eventually, tick):
    runs = []

    def job():
        runs.append(1)
        raise ZeroDivisionError

    with tick({job: 0.05}):
        eventually(lambda: len(runs) >= 2)


def test_the_end_waits_for_no_job(tick):
    begun, released = threading.Event(), threading.Event()

    def job():
        begun.set()
        released.wait(60)

    with tick({job: 60.0}):
        assert begun.wait(20)

    left = [each for each in threading.enumerate() if each.name == "clock"]
    released.set()
    assert left
    assert all(each.daemon for each in left)


@pytest.fixture
def nights(engine, clock):
    """Two replicas of a job at half past two, and what they did. It is nine in the morning."""
    done = []

    def sweep():
        done.append(clock())

    replicas = [Nightly(sweep, time(2, 30), Periods(engine), clock) for _ in range(2)]

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

    nightly = Nightly(sweep, time(2, 30), Periods(engine), clock)
    nightly.round()
    for hours in (18, 1, 3):
        clock.move(hours=hours)
        try:
            nightly.round()
        except ZeroDivisionError:
            continue

    assert len(tries) == 2
