"""What the clock brings."""

import threading

from notifiers.clock import ticking


def test_every_job_runs_at_once_and_again_and_never_twice_at_a_time(eventually):
    running, most, runs = 0, 0, []
    lock = threading.Lock()

    def job():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        runs.append(1)
        with lock:
            running -= 1

    with ticking({job: 0.05}, {}):
        eventually(lambda: len(runs) >= 3)

    assert most == 1


def test_a_job_that_fails_runs_again(eventually):
    runs = []

    def job():
        runs.append(1)
        raise ZeroDivisionError

    with ticking({job: 0.05}, {}):
        eventually(lambda: len(runs) >= 2)


def test_the_end_waits_for_no_job():
    begun, released = threading.Event(), threading.Event()

    def job():
        begun.set()
        released.wait(60)

    with ticking({job: 60.0}, {}):
        assert begun.wait(20)

    left = [each for each in threading.enumerate() if each.name == "clock"]
    released.set()
    assert left
    assert all(each.daemon for each in left)
