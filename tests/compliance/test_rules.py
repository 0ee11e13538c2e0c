"""The catalogue's entries."""

from datetime import date

import pytest

from compliance.rules import catalogue_entry
from tests.builders import RULE, rule


@pytest.mark.parametrize(
    "name",
    [RULE, f"securityhub-{RULE}-baa2cf8c", f"{RULE}-conformance-pack-qayjyopmd"],
    ids=["ours", "Security Hub's", "a conformance pack's"],
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
    ],
)
def test_what_only_looks_like_a_rule_of_ours_is_not_one(name):
    assert catalogue_entry({RULE: rule()}, name) is None


def test_a_review_is_due_the_day_after_its_interval():
    assert not rule().review_due(date(2027, 3, 30))
    assert rule().review_due(date(2027, 3, 31))
