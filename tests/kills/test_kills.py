"""Two kills at points that matter; ``python -m tests.kills`` tries many (docs/benchmarks.md)."""

import pytest

from tests.kills import trials

POINTS = ("audit:observed", "audit:remediate")


# What may have been posted twice is searched for once more after a minute.
@pytest.mark.timeout(300)
def test_what_is_killed_in_the_middle_is_neither_lost_nor_done_twice(shared_world):
    # Its AWS runs in this process, and moto knows only one.
    shared_world.end()

    trial, faults = trials.tried(kills=2, points=POINTS)

    assert faults == []
    assert sum(trial.sprung.values()) == 2
