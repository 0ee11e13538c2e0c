"""Which rules AWS Config is asked about, and what it answered."""

from datetime import timedelta

import pytest

from compliance.finding import State
from compliance.known_rules import KnownRules, OtherRules
from ledger.config_rules import ConfigRules
from ledger.reports import Reports
from ledger.store import Ledger
from tests.builders import RULE, change, config_rule, rule

HOUSING = ("111122223333", "eu-west-2")
OTHER = "home-made"


@pytest.fixture
def known_rules():
    return KnownRules({RULE: rule()})


@pytest.fixture
def ledger(engine, clock, known_rules):
    return hearing(engine, clock, known_rules)


def hearing(engine, clock, known_rules):
    return Ledger(
        engine,
        clock,
        lambda key, tags: "housing",
        rules=known_rules,
    )


@pytest.fixture
def rules(engine, clock):
    return ConfigRules(engine, clock)


def opened(ledger):
    [finding] = ledger.each([State.OPEN])
    return finding


def test_aws_is_asked_about_a_rule_whose_name_says_nothing(ledger, rules):
    ledger.record([change(), change(rule=OTHER), change(rule=f"OrgConfigRule-{RULE}-ab12cd34")])

    assert rules.places() == (HOUSING,)
    assert rules.due(*HOUSING) == (OTHER,)


@pytest.mark.parametrize("others", [OtherRules.COUNT, OtherRules.DROP])
def test_it_is_asked_about_as_well_where_other_rules_make_no_findings(
    engine, clock, rules, reports, others
):
    ledger = hearing(engine, clock, KnownRules({RULE: rule()}, others))

    ledger.record([change(rule=OTHER)])

    assert rules.due(*HOUSING) == (OTHER,)
    assert reports.counts() == ()


def test_what_aws_answered_is_asked_again_after_a_day(ledger, rules, clock):
    ledger.record([change(rule=OTHER)])

    rules.answered([config_rule(OTHER)])
    ledger.record([change(rule=OTHER, minute=1)])
    assert rules.places() == ()

    clock.move(days=1)
    assert rules.due(*HOUSING) == (OTHER,)


def test_what_aws_does_not_answer_is_asked_later(ledger, rules, clock):
    ledger.record([change(rule=OTHER)])

    rules.postpone(*HOUSING, clock() + timedelta(minutes=5))
    assert rules.places() == ()

    clock.move(minutes=5)
    assert rules.due(*HOUSING) == (OTHER,)


def test_every_replica_reads_what_one_was_answered(engine, rules, clock):
    another = ConfigRules(engine, clock)
    assert another.news() == ()

    rules.answered([config_rule(OTHER, description="Widgets are polished.")])

    assert another.news() == (config_rule(OTHER, description="Widgets are polished."),)


def test_what_was_read_is_not_read_for_ever(rules, clock):
    rules.answered([config_rule(OTHER)])
    rules.news()
    clock.move(minutes=3)
    rules.news()

    assert rules.news() == ()


def test_messages_show_what_aws_answered_once_every_replica_has_read_it(ledger, rules, clock):
    ledger.record([change(rule=OTHER)])
    before = opened(ledger).version
    rules.answered([config_rule(OTHER)])

    assert rules.redraw() == 0
    clock.move(seconds=10)

    assert rules.redraw() == 1
    assert opened(ledger).version == before + 1
    assert rules.redraw() == 0


def test_the_same_answer_again_is_no_news_for_messages(ledger, rules, clock):
    ledger.record([change(rule=OTHER)])
    rules.answered([config_rule(OTHER)])
    clock.move(seconds=10)
    rules.redraw()

    rules.answered([config_rule(OTHER)])
    clock.move(seconds=10)

    assert rules.redraw() == 0


def test_two_replicas_note_a_rule_once(engine, clock, ledger, rules):
    another = hearing(engine, clock, KnownRules({RULE: rule()}))

    ledger.record([change(rule=OTHER)])
    another.record([change(rule=OTHER, minute=1)])

    assert rules.due(*HOUSING) == (OTHER,)


@pytest.fixture
def reports(engine):
    return Reports(engine)
