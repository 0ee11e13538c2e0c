"""By which words findings are found: within teams, and kept true by whatever moves a finding."""

import pytest

from compliance import life
from compliance.change import ResourceFacts
from compliance.finding import State
from compliance.naming import ASKED, OWNER
from ledger.names import Names
from tests.builders import PAYMENTS, at, change, key, move, reroute

HOUSING = ["housing"]


@pytest.fixture
def names(engine):
    return Names(engine)


def resources(findings):
    return sorted(each.key.resource_id for each in findings)


def facts(resource, minute=1, **named):
    of = key(resource)
    place = of.account, of.region, of.resource_type, of.resource_id
    return ResourceFacts(*place, at(minute), **named)


def test_a_finding_is_found_by_its_whole_name_and_by_beginnings_of_its_words(ledger, names):
    ledger.record([change(resource="housing-repairs-photos"), change(resource="repairs")])

    assert resources(names.called("housing-repairs-photos", HOUSING, 9)) == [
        "housing-repairs-photos"
    ]
    assert resources(names.search(["rep"], HOUSING, 9)) == ["housing-repairs-photos", "repairs"]
    assert resources(names.search(["rep", "pho"], HOUSING, 9)) == ["housing-repairs-photos"]
    assert names.search(["epairs"], HOUSING, 9) == ()


def test_another_teams_findings_are_not_found(ledger, names):
    ledger.record([change(), change(account=PAYMENTS)])

    assert len(names.search(["photos"], HOUSING, 9)) == 1
    assert len(names.search(["photos"], ["housing", "payments"], 9)) == 2
    assert names.search(["photos"], [], 9) == ()


def test_a_resource_that_never_broke_a_rule_is_not_found_until_it_does(ledger, names):
    ledger.record([change("COMPLIANT")])
    assert names.search(["photos"], HOUSING, 9) == ()

    ledger.record([change(minute=1)])
    assert len(names.search(["photos"], HOUSING, 9)) == 1

    ledger.record([change("COMPLIANT", minute=2)])
    assert len(names.search(["photos"], HOUSING, 9)) == 1


def test_a_new_name_takes_the_place_of_the_old_one(ledger, names):
    ledger.record([change(resource="db-1")], [facts("db-1", name="Tenancy Register")])
    assert len(names.search(["tenancy"], HOUSING, 9)) == 1

    ledger.record([], [facts("db-1", 2, name="Rent Ledger")])

    assert names.search(["tenancy"], HOUSING, 9) == ()
    assert resources(names.search(["rent"], HOUSING, 9)) == ["db-1"]
    assert resources(names.called("db-1", HOUSING, 9)) == ["db-1"]


def test_a_finding_that_changes_hands_is_found_by_its_new_team_alone(engine, ledger, names, clock):
    ledger.record([change()])

    reroute(engine, clock, lambda key, tags: "payments")

    assert names.search(["photos"], HOUSING, 9) == ()
    assert len(names.search(["photos"], ["payments"], 9)) == 1


def test_an_owner_is_found_by_a_tag_and_by_no_name(ledger, names):
    ledger.record([change()], [facts("repairs-photos", tags={"owner-email": "a@council.example"})])

    assert len(names.search([f"{OWNER}a@council"], HOUSING, 9)) == 1
    assert names.search(["a@council"], HOUSING, 9) == ()


def test_who_asked_is_found_while_it_waits_and_while_it_is_in_force(ledger, names):
    ledger.record([change()])
    asked = f"{ASKED}slack:u0hannah"

    move(ledger, life.ask, actor="slack:U0HANNAH", needed=1)
    assert len(names.called(asked, HOUSING, 9)) == 1
    move(ledger, life.withdraw, note="")
    assert names.called(asked, HOUSING, 9) == ()
    move(ledger, life.except_until, actor="slack:U0HANNAH", until=at(60), note="")
    assert len(names.called(asked, HOUSING, 9)) == 1
    ledger.record([change("COMPLIANT", minute=2)])
    assert names.called(asked, HOUSING, 9) == ()


def test_of_too_many_none_is_chosen_and_the_rarest_word_is_looked_up(ledger, names):
    ledger.record([change(resource=f"prod-{each}") for each in range(5)])

    assert names.search(["prod"], HOUSING, 5) is None
    assert resources(names.search(["prod", "3"], HOUSING, 5)) == ["prod-3"]
    assert len(names.beginning("prod", HOUSING, 2)) <= 2


@pytest.mark.parametrize("word", ["%", "_", "\\", "'; --", "ß", "\u202e", "😀", "a" * 500])
def test_odd_words_are_words(ledger, names, word):
    ledger.record([change(resource=f"x {word}")])

    assert names.search([word[:100]], HOUSING, 9) in ((), *[tuple(ledger.each([State.OPEN]))])
