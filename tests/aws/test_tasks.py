"""One task a place: none waits for another, and none runs twice."""

import threading

import pytest

from aws.tasks import Place, Tasks
from ledger.errors import LedgerUnavailableError

HERE, THERE = Place("111122223333", "eu-west-2"), Place("222233334444", "eu-west-2")
SOON = 10


class Ticks:
    """A clock that a test moves on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Held:
    def __init__(self):
        self._let = threading.Event()
        self.let = self._let.set

    def __call__(self):
        self._let.wait()


@pytest.fixture
def held():
    """A work that does not end before the test lets it."""
    work = Held()
    yield work
    work.let()


def test_a_place_that_does_not_end_holds_up_no_other(held):
    tasks, done = Tasks(2), threading.Event()

    tasks.start({HERE: held, THERE: done.set})

    assert done.wait(SOON)
    assert tasks.busy() >= {HERE}


def test_what_still_runs_in_a_place_is_not_begun_again(held):
    tasks, begun = Tasks(2), []
    tasks.start({HERE: held})

    tasks.start({HERE: lambda: begun.append(HERE), THERE: lambda: begun.append(THERE)})
    tasks.wait(SOON, [THERE])
    held.let()
    tasks.wait(SOON)

    assert begun == [THERE]


def test_a_task_that_waits_for_the_ledger_leaves_a_line_and_no_traceback(caplog):
    def work():
        raise LedgerUnavailableError("read-only")

    tasks = Tasks(1)
    tasks.start({HERE: work})
    tasks.wait(SOON)

    [record] = caplog.records
    assert (record.levelname, record.why, record.exc_info) == ("WARNING", "read-only", None)


def test_what_follows_a_task_waits_for_what_waited_before_it():
    tasks, order = Tasks(1), []

    def first():
        order.append("first here")
        return lambda: order.append("then here")

    tasks.start({HERE: first, THERE: lambda: order.append("there")})
    tasks.wait(SOON)

    assert order == ["first here", "there", "then here"]


def test_a_task_that_fails_takes_nothing_from_the_others(caplog):
    tasks, done = Tasks(1), []

    tasks.start({HERE: lambda: 1 / 0, THERE: lambda: done.append(THERE)})
    ended = tasks.wait(SOON)

    assert ended
    assert done == [THERE]
    [record] = caplog.records
    assert (record.account, record.exc_info[0]) == (HERE.account, ZeroDivisionError)


def test_no_more_run_at_once_than_there_are_workers():
    tasks, running, most = Tasks(3), set(), []
    lock = threading.Lock()
    full = threading.Barrier(3)

    def work(number):
        with lock:
            running.add(number)
            most.append(len(running))
        full.wait(SOON)
        with lock:
            running.remove(number)

    tasks.start({Place(str(n), "r"): (lambda n=n: work(n)) for n in range(12)})

    assert tasks.wait(SOON)
    assert max(most) == 3


def test_slow_tasks_make_room_for_others(held):
    ticks = Ticks()
    tasks, begun, done = Tasks(1, clock=ticks), threading.Event(), threading.Event()
    tasks.start({HERE: lambda: begun.set() or held(), THERE: done.set})
    begun.wait(SOON)

    ticks.now = 60.0
    tasks.start({})

    assert done.wait(SOON)


def test_waiting_ends_when_its_time_is_over(held):
    tasks = Tasks(1)
    tasks.start({HERE: held})

    assert not tasks.wait(0.01)
