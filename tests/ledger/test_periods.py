"""Who runs a scheduled job."""

import threading
from datetime import timedelta

import pytest

from ledger.periods import Periods
from tests.builders import at

LEASE = timedelta(minutes=5)


@pytest.fixture
def periods(engine):
    return Periods(engine)


def claim(periods, minute=0, period="2026-11-02"):
    return periods.claim("digest", period, at(minute), LEASE)


def at_once(ask, number=6):
    """Ask from several threads together; return what each was told."""
    together, told = threading.Barrier(number), []

    def run():
        together.wait()
        told.append(ask())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_of_six_replicas_one_runs_the_job(periods):
    assert at_once(lambda: claim(periods)) == [False] * 5 + [True]


def test_of_six_replicas_one_takes_over_from_a_dead_one(periods):
    claim(periods, minute=0)

    assert at_once(lambda: claim(periods, minute=5)) == [False] * 5 + [True]


def test_a_claim_holds_until_its_lease_ends(periods):
    claim(periods, minute=0)

    assert not claim(periods, minute=4.9)


def test_a_job_that_is_done_is_never_run_again(periods):
    claim(periods)
    periods.finish("digest", "2026-11-02", at(1))

    assert not claim(periods, minute=60 * 24)


def test_each_period_is_run(periods):
    claim(periods)

    assert claim(periods, period="2026-11-09")


def test_of_six_replicas_that_start_first_one_counts_the_period_as_done(periods):
    told = at_once(lambda: periods.claim_first("digest", "2026-11-02", at(0)))

    assert told == [False] * 5 + [True]
    assert not claim(periods)


def test_a_job_that_has_run_before_owes_what_it_missed(periods):
    claim(periods, period="2026-10-26")

    assert not periods.claim_first("digest", "2026-11-02", at(0))
    assert claim(periods)
