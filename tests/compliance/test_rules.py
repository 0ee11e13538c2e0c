"""The catalogue's entries."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.request import Verb
from compliance.rules import canonical_name, catalogue_entry
from tests.builders import RULE, rule


@pytest.mark.parametrize(
    "name",
    [
        RULE,
        f"securityhub-{RULE}-baa2cf8c",
        f"{RULE}-conformance-pack-qayjyopmd",
        f"OrgConfigRule-{RULE}-ab12cd34",
        f"AWSControlTower_AWS-GR_{rule().identifier}",
    ],
    ids=["ours", "Security Hub's", "a conformance pack's", "an organisation's", "Control Tower's"],
)
def test_a_rule_is_found_under_each_name_that_aws_gives_it(name):
    assert catalogue_entry({RULE: rule()}, name) == rule()


@pytest.mark.parametrize(
    "name",
    [
        "other",
        "securityhub-other-baa2cf8c",
        f"securityhub-{RULE}-baa2cf8",
        f"{RULE}-conformance-pack-",
        f"OrgConfigRule-{RULE}-ab12",
        "AWSControlTower_AWS-GR_OTHER",
        rule().identifier,
    ],
)
def test_what_only_looks_like_a_rule_of_ours_is_not_one_and_keeps_its_name(name):
    catalogue = {RULE: rule(), "next": replace(rule("next"), identifier="NEXT")}

    assert catalogue_entry(catalogue, name) is None
    assert canonical_name(catalogue, name) == name


def test_a_rule_of_the_catalogue_that_looks_like_one_of_a_service_is_itself():
    ours = f"{RULE}-conformance-pack-mine"

    assert canonical_name({RULE: rule(), ours: rule(ours)}, ours) == ours


def test_each_rule_of_control_tower_is_found_by_its_own_identifier():
    catalogue = {RULE: rule(), "next": replace(rule("next"), identifier="NEXT")}

    assert canonical_name(catalogue, "AWSControlTower_AWS-GR_NEXT") == "next"


@pytest.mark.parametrize(
    ("exception_approvers", "verb", "needed"),
    [
        (None, Verb.REMEDIATE, 2),
        (None, Verb.EXCEPT, 2),
        (None, Verb.EXTEND, 2),
        (None, Verb.UNDO, 2),
        (None, Verb.REVOKE, 0),
        (1, Verb.REMEDIATE, 2),
        (1, Verb.EXCEPT, 1),
        (1, Verb.EXTEND, 1),
        (1, Verb.UNDO, 2),
        (1, Verb.REVOKE, 0),
        (0, Verb.EXCEPT, 0),
    ],
)
def test_how_many_must_agree_depends_on_what_is_asked(exception_approvers, verb, needed):
    policy = replace(rule(approvers=2).decision, exception_approvers=exception_approvers)

    assert policy.needed(verb) == needed


def test_a_rule_says_nothing_special_unless_it_is_told_to():
    assert rule().unremediable == ""
    assert not rule().remediation.in_maintenance_window
    assert not rule().decision.ticket_required


def test_a_review_is_due_the_day_after_its_interval():
    assert not rule().review_due(date(2027, 3, 30))
    assert rule().review_due(date(2027, 3, 31))
