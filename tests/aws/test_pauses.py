"""Pauses that grow while AWS cannot be asked, each place for itself."""

from aws.pauses import Pauses

HERE, THERE = ("111122223333", "eu-west-2"), ("444455556666", "eu-west-2")


def test_each_pause_is_twice_the_one_before_and_five_minutes_at_most(clock):
    pauses = Pauses()

    seconds = [pauses.lengthen(HERE, clock()).total_seconds() for _ in range(9)]

    assert seconds == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_a_pause_holds_up_one_place_until_it_is_over(clock):
    pauses = Pauses()
    pauses.lengthen(HERE, clock())

    before = pauses.is_over(HERE, clock()), pauses.is_over(THERE, clock())
    clock.move(seconds=5)

    assert before == (False, True)
    assert pauses.is_over(HERE, clock())


def test_an_answer_begins_anew(clock):
    pauses = Pauses()
    pauses.lengthen(HERE, clock())

    pauses.end(HERE)

    assert pauses.is_over(HERE, clock())
    assert pauses.lengthen(HERE, clock()).total_seconds() == 5
