"""How often a channel is served, on a clock that the test moves."""

from datetime import timedelta

from ledger.stale import Turn
from notifiers.pace import Lane

APART = timedelta(seconds=1)


def test_a_channel_in_which_nothing_could_be_shown_is_looked_at_again_less_and_less_often():
    lane, looks = Lane(), []

    now = 0.0
    for _ in range(5):
        lane.rest(now)
        looks.append(round(lane.next_at - now, 3))
        now = lane.next_at

    assert looks == [0.1, 0.2, 0.4, 1.0, 1.0]


def test_a_look_before_its_time_does_not_put_off_a_channels_next_message():
    lane = Lane()
    lane.serve(Turn.NEW, 0.0, APART)

    for tenth in range(10):
        lane.rest(tenth / 10)

    assert Turn.NEW in lane.turns(1.0)


def test_a_message_that_went_out_makes_the_next_rest_short_again():
    lane = Lane()
    lane.rest(0.0)
    lane.rest(0.1)
    lane.serve(Turn.NEW, 1.0, APART)

    lane.rest(2.0)

    assert lane.next_at == 2.1
