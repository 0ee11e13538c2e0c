"""The tour ticks itself off by what the app and Slack have said to each other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from playground.slack.entities import Call, Direction
from playground.slack.tour import read

TOUR = """
- do: Press a button.
  call: block_actions
  has: '"action_id": "go"'
- do: Ask.
  call: /ask
  has: status
"""


@pytest.fixture
def tour(tmp_path):
    path = tmp_path / "tour.yaml"
    path.write_text(TOUR)
    return read(path)


def call(number, name, **request):
    now = datetime(2026, 12, 1, tzinfo=UTC)
    return Call(number, now, Direction.TO_APP, name, request, None, 200, 1.0)


def test_a_step_is_done_once_its_call_was_made(tour):
    steps = tour.look([call(1, "block_actions", actions=[{"action_id": "go"}])])

    assert steps == [("Press a button.", True), ("Ask.", False)]


@pytest.mark.parametrize(
    "other", [call(1, "block_actions", actions=[{"action_id": "no"}]), call(1, "/ask", text="help")]
)
def test_another_call_ticks_nothing_off(tour, other):
    assert not any(done for _, done in tour.look([other]))


def test_a_step_stays_done_when_the_log_has_forgotten_its_call(tour):
    tour.look([call(1, "/ask", text="status")])

    assert tour.look([call(2, "/ask", text="help")])[1] == ("Ask.", True)


def test_it_can_be_begun_anew(tour):
    made = [call(1, "/ask", text="status")]
    tour.look(made)

    tour.start()

    assert not any(done for _, done in tour.look(made))


def test_the_demos_tour_is_one():
    steps = read(Path("playground/tour.yaml")).look([])

    assert len(steps) == 6
    assert all(text.endswith((".", "week.")) and len(text) > 20 for text, _ in steps)
