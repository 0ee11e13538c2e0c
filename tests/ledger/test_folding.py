"""One finding of what an earlier version kept under several names."""

from dataclasses import replace

import pytest

from compliance import life
from compliance.allowlist import Allowlist
from compliance.enforcement import enforce
from compliance.finding import State
from compliance.known_rules import KnownRules
from ledger.folding import Folding
from ledger.observing import EveryRule
from ledger.reports import Reports
from ledger.store import Ledger
from tests.builders import ID, PACK_ARN, PAYMENTS, RULE, change, config_rule, entry, move, rule

HUB = f"securityhub-{RULE}-1a2b3c4d"


@pytest.fixture
def older(engine, clock):
    """A ledger that knows every name by itself alone, as that of an earlier version did."""
    return Ledger(engine, clock, lambda key, tags: "housing")


@pytest.fixture
def folding(engine, clock):
    return Folding(engine, KnownRules({RULE: rule()}).canonical, lambda finding: {}, clock)


def copied(minute=1, compliance="NON_COMPLIANT"):
    return change(compliance, minute, rule=HUB, rule_arn=PACK_ARN)


def test_a_copy_alone_becomes_the_rules_finding_under_its_old_id(older, folding):
    older.record([copied()])
    (before,) = older.each([State.OPEN])

    assert folding.round() == 1

    after = older.find(before.id)
    assert (after.key.rule, after.aws_key.rule, after.state) == (RULE, HUB, State.OPEN)


def test_a_copy_beside_its_rule_is_closed_and_says_where_it_is_shown(older, folding):
    older.record([change(), copied()])

    folding.round()

    (shown,), (closed,) = older.each([State.OPEN]), older.each([State.RESOLVED])
    assert (shown.id, [copy.rule for copy in shown.copies]) == (ID, [RULE, HUB])
    assert ID in closed.note


def test_what_was_made_one_is_counted_as_one(older, folding, engine):
    older.record([change(), copied()])

    folding.round()

    counted = {(each.rule, each.state): each.number for each in Reports(engine).counts()}
    assert counted[RULE, State.OPEN] == 1
    assert (HUB, State.OPEN) not in counted


def test_a_copy_that_is_broken_alone_reopens_the_rules_finding(older, folding):
    older.record([change("COMPLIANT", minute=0), copied()])

    folding.round()

    assert older.find(ID).state is State.OPEN


def test_a_copy_that_is_being_remediated_is_left_until_that_is_over(older, folding):
    older.record([copied()])
    (finding,) = older.each([State.OPEN])
    move(older, life.ask, finding.id)

    assert folding.round() == 0
    assert older.find(finding.id).key.rule == HUB


def test_what_is_being_remediated_under_its_own_name_is_followed_under_it(
    older, engine, clock, folding
):
    older.record([copied()])
    (finding,) = older.each([State.OPEN])
    move(older, life.ask, finding.id)

    class Recognising(EveryRule):
        canonical = staticmethod(folding.canonical)

    recognising = Ledger(engine, clock, lambda key, tags: "housing", rules=Recognising())

    recognising.record([copied(2, "COMPLIANT")])

    assert recognising.find(finding.id).state is State.RESOLVED
    assert folding.round() == 1
    assert recognising.find(finding.id).key.rule == RULE


def test_a_rule_is_folded_in_the_account_in_which_it_was_recognised(older, engine, clock):
    name = "our-own-name"
    known_rules = KnownRules({RULE: replace(rule(), identifier="BUCKETS")})
    known_rules.add([config_rule(name, identifier="BUCKETS")])
    older.record([change(rule=name), change(rule=name, account=PAYMENTS)])

    Folding(engine, known_rules.canonical, lambda finding: {}, clock).round()

    named = {each.key.account: each.key.rule for each in older.each([State.OPEN])}
    assert named == {"111122223333": RULE, PAYMENTS: name}


@pytest.mark.parametrize("compliance", ["NON_COMPLIANT", "COMPLIANT"])
def test_what_was_folded_counts_once_and_is_not_looked_at_again(older, folding, engine, compliance):
    older.record([change(compliance), copied(compliance=compliance)])

    folding.round()

    assert sum(each.number for each in Reports(engine).counts(applicable=True)) == 1
    assert folding.round() == 0


def test_an_exception_for_the_name_that_is_folded_holds_for_the_rules_finding(older, engine, clock):
    name = "our-own-name"
    known_rules = KnownRules({RULE: replace(rule(), identifier="BUCKETS")})
    known_rules.add([config_rule(name, identifier="BUCKETS")])
    allowlist = Allowlist((entry(rule=name),))
    older.record([change(rule=name), change()])

    Folding(
        engine,
        known_rules.canonical,
        lambda finding: {},
        clock,
        enforce=lambda finding: enforce(finding, allowlist, clock()),
    ).round()

    assert older.find(ID).state is State.EXCEPTED


def test_it_is_done_once(older, folding):
    older.record([change(), copied()])

    folding.round()

    assert folding.round() == 0
