"""Which messages are out of date, and who sees to them."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import compliance.finding as life
from ledger.cards import STORM, Cards, Posted
from ledger.store import Ledger
from tests.builders import ID, change, move, teams

PLACE = Posted("C0HOUSING", "1700000000.000100")
HOUSING, PAYMENTS = teams()["housing"], teams()["payments"]


@pytest.fixture
def cards(engine, clock):
    return Cards(engine, clock, patience=timedelta())


def post(cards, place=PLACE, team=HOUSING):
    """Take what is next and note that it was posted."""
    delivery = cards.take(team)
    cards.shown(delivery, place)
    return delivery


def ids(delivery):
    return [each.id for each in delivery.findings]


def test_a_new_finding_has_no_card_yet(cards, ledger):
    ledger.record([change()])

    delivery = cards.take(HOUSING)

    assert (ids(delivery), delivery.place) == ([ID], None)


def test_a_card_that_shows_the_newest_version_is_left_alone(cards, ledger):
    ledger.record([change()])

    post(cards)

    assert cards.take(HOUSING) is None


def test_a_finding_that_moved_while_its_card_was_drawn_stays_out_of_date(cards, ledger):
    ledger.record([change()])
    drawn = cards.take(HOUSING)
    move(ledger, life.ask, actor="U1", needed=0)

    cards.shown(drawn, PLACE)

    assert cards.take(HOUSING).place == PLACE


def test_an_older_drawing_that_is_noted_late_takes_nothing_back(cards, ledger, clock):
    ledger.record([change()])
    older = cards.take(HOUSING)
    clock.move(minutes=2)
    move(ledger, life.ask, actor="U1", needed=0)

    post(cards)
    cards.shown(older, PLACE)

    assert cards.take(HOUSING) is None


def test_each_team_sees_its_own_cards_only(cards, ledger):
    ledger.record([change()])

    assert cards.take(PAYMENTS) is None


def test_a_resource_that_never_broke_the_rule_gets_no_card(cards, ledger):
    ledger.record([change("COMPLIANT")])

    assert cards.take(HOUSING) is None


def test_a_card_that_somebody_looks_at_comes_before_one_that_nobody_has_seen(cards, ledger, clock):
    ledger.record([change()])
    post(cards)
    ledger.record([change(resource="never-shown")])
    clock.move(minutes=5)
    move(ledger, life.ask, actor="U1", needed=0)

    assert ids(cards.take(HOUSING)) == [ID]


def test_what_nobody_has_seen_comes_first_when_it_is_its_turn(cards, ledger, clock):
    ledger.record([change()])
    post(cards)
    move(ledger, life.ask, actor="U1", needed=0)
    clock.move(minutes=5)
    ledger.record([change(resource="never-shown")])

    assert ids(cards.take(HOUSING, new_first=True)) != [ID]


def test_of_cards_that_nobody_has_seen_the_oldest_comes_first(cards, ledger, clock):
    ledger.record([change()])
    clock.move(minutes=5)
    ledger.record([change(resource="newer")])

    assert ids(cards.take(HOUSING)) == [ID]


def test_what_is_in_a_closed_channel_is_left_out(cards, ledger):
    ledger.record([change()])

    assert cards.take(HOUSING, closed={HOUSING.channel}) is None
    post(cards, replace(PLACE, channel="C0OLD"))
    move(ledger, life.ask, actor="U1", needed=0)
    assert cards.take(HOUSING, closed={"C0OLD"}) is None
    assert cards.take(HOUSING, closed={HOUSING.channel}).place.channel == "C0OLD"


def test_a_card_that_is_gone_is_posted_anew(cards, ledger):
    ledger.record([change()])
    cards.forget(post(cards))

    assert cards.take(HOUSING).place is None


def test_a_finding_that_needs_no_card_is_not_asked_for_again(cards, ledger):
    ledger.record([change()])

    post(cards, None)

    assert cards.take(HOUSING) is None


@pytest.mark.parametrize("posted", [False, True], ids=["new", "posted"])
def test_what_one_replica_sees_to_no_other_takes(cards, ledger, posted):
    ledger.record([change()])
    if posted:
        post(cards)
        move(ledger, life.ask, actor="U1", needed=0)

    assert cards.take(HOUSING) is not None
    assert cards.take(HOUSING) is None


@pytest.mark.parametrize("posted", [False, True], ids=["new", "posted"])
def test_what_chat_did_not_take_is_free_again_as_it_was(cards, ledger, posted):
    ledger.record([change()])
    if posted:
        post(cards)
        move(ledger, life.ask, actor="U1", needed=0)
    before = cards.take(HOUSING)

    cards.release(before)

    assert cards.take(HOUSING) == before


def test_a_replica_that_died_is_relieved_when_its_lease_has_run_out(cards, ledger, clock):
    ledger.record([change()])
    died = cards.take(HOUSING)

    clock.move(seconds=59)
    assert cards.take(HOUSING) is None
    clock.move(seconds=1)
    assert cards.take(HOUSING) == died


@pytest.mark.parametrize("number", [1, STORM + 1], ids=["a card", "a group"])
def test_of_eight_replicas_one_sees_to_a_message(cards, ledger, number):
    ledger.record([change(resource=f"bucket-{each}") for each in range(number)])
    taken, together = [], threading.Barrier(8)

    def replica():
        together.wait()
        taken.append(cards.take(HOUSING))

    threads = [threading.Thread(target=replica) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(each.findings) for each in taken if each] == [number]


@pytest.mark.postgresql
def test_a_look_that_another_replicas_post_made_old_takes_nothing(
    on_postgresql, clock, monkeypatch
):
    cards, other = (Cards(on_postgresql, clock, timedelta()) for _ in range(2))
    Ledger(on_postgresql, clock, lambda key, tags: "housing").record([change()])
    lease = cards._lease

    def when_the_other_has_posted(*asked):
        post(other)
        return lease(*asked)

    monkeypatch.setattr(cards, "_lease", when_the_other_has_posted)

    assert cards.take(HOUSING) is None
