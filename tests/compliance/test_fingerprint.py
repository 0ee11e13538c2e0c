"""Hashes of what was in force."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from compliance.fingerprint import InForce, fingerprint
from tests.builders import RULE, finding, rule, teams


def test_the_order_of_sets_and_mappings_does_not_count():
    assert fingerprint({"a": frozenset("xyz"), "b": 1}) == fingerprint(
        {"b": 1, "a": frozenset("zyx")}
    )


def test_the_order_of_a_list_counts():
    assert fingerprint([1, 2]) != fingerprint([2, 1])


def test_a_hash_is_the_same_in_every_release():
    known = "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777"

    assert fingerprint({"b": 2, "a": 1}) == known


@pytest.mark.parametrize("changed", ["title", "by_hand"])
def test_another_word_in_a_rule_is_another_hash(changed):
    assert fingerprint(replace(rule(), **{changed: "other"})) != fingerprint(rule())


def test_a_finding_is_under_its_rule_and_its_team():
    in_force = InForce({RULE: rule()}, teams())

    assert in_force(finding()) == {
        "rule": fingerprint(rule()),
        "team": fingerprint(teams()["housing"]),
    }


def test_a_rule_that_the_catalogue_has_not_has_no_hash():
    assert InForce({}, teams())(finding()).keys() == {"team"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (frozenset("xy"), frozenset("xz")),
        (timedelta(days=1), timedelta(days=2)),
        (date(2026, 1, 1), date(2026, 1, 2)),
        ({"a": 1}, {"a": 2}),
    ],
    ids=["sets", "durations", "days", "mappings"],
)
def test_what_differs_has_another_hash(one, other):
    assert fingerprint(one) != fingerprint(other)
