"""Which cards are out of date."""

from datetime import timedelta

import pytest

import compliance.finding as life
from ledger.cards import Cards, Posted
from tests.builders import ID, at, change, move, teams

PLACE = Posted("C0HOUSING", "1700000000.000100")


@pytest.fixture
def cards(engine, clock):
    return Cards(engine, clock, patience=timedelta())


def test_a_new_finding_has_no_card_yet(cards, ledger):
    ledger.record([change()])

    stale = cards.stale(teams()["housing"])

    assert (stale.finding.id, stale.place) == (ID, None)


def test_a_card_that_shows_the_newest_version_is_left_alone(cards, ledger):
    ledger.record([change()])

    cards.shown(ledger.find(ID), PLACE, at(1))

    assert cards.stale(teams()["housing"]) is None


def test_a_finding_that_moved_while_its_card_was_drawn_stays_out_of_date(cards, ledger):
    ledger.record([change()])
    drawn = ledger.find(ID)
    move(ledger, life.ask, actor="U1", needed=0)

    cards.shown(drawn, PLACE, at(1))

    assert cards.stale(teams()["housing"]).place == PLACE


def test_an_older_drawing_that_is_noted_late_takes_nothing_back(cards, ledger):
    ledger.record([change()])
    older = ledger.find(ID)
    newer = move(ledger, life.ask, actor="U1", needed=0)

    cards.shown(newer, PLACE, at(1))
    cards.shown(older, PLACE, at(1))

    assert cards.stale(teams()["housing"]) is None


def test_each_team_sees_its_own_cards_only(cards, ledger):
    ledger.record([change()])

    assert cards.stale(teams()["payments"]) is None


def test_a_resource_that_never_broke_the_rule_gets_no_card(cards, ledger):
    ledger.record([change("COMPLIANT")])

    assert cards.stale(teams()["housing"]) is None


def test_a_card_that_somebody_looks_at_comes_before_one_that_nobody_has_seen(cards, ledger, clock):
    ledger.record([change(resource="never-shown")])
    clock.move(minutes=5)
    ledger.record([change()])
    cards.shown(ledger.find(ID), PLACE, at(5))
    move(ledger, life.ask, actor="U1", needed=0)

    assert cards.stale(teams()["housing"]).finding.id == ID


def test_of_cards_that_nobody_has_seen_the_oldest_comes_first(cards, ledger, clock):
    ledger.record([change()])
    clock.move(minutes=5)
    ledger.record([change(resource="newer")])

    assert cards.stale(teams()["housing"]).finding.id == ID


def test_a_card_that_is_gone_is_posted_anew(cards, ledger):
    ledger.record([change()])
    cards.shown(ledger.find(ID), PLACE, at(1))
    move(ledger, life.ask, actor="U1", needed=0)

    cards.forget(ID)

    assert cards.stale(teams()["housing"]).place is None


def test_a_finding_that_needs_no_card_is_not_asked_for_again(cards, ledger):
    ledger.record([change()])

    cards.shown(ledger.find(ID), None, at(1))

    assert cards.stale(teams()["housing"]) is None
