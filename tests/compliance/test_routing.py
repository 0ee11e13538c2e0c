"""Which team owns a finding."""

import pytest

from compliance.routing import Match, Team, Teams
from tests.builders import key


def team(name, *matches):
    return Team(name, f"C0{name.upper()}", frozenset(), frozenset(), matches)


def owner(*ordered, tags=None, **place):
    return Teams(ordered, default=ordered[-1].name).owner(key(**place), tags or {}).name


@pytest.mark.parametrize(
    "match",
    [
        Match(tags={"Team": "payments"}),
        Match(accounts=frozenset({"111122223333"})),
        Match(regions=frozenset({"eu-west-2"})),
        Match(resource_types=frozenset({"AWS::S3::Bucket"})),
        Match(rules=frozenset({key().rule})),
        Match(),
    ],
    ids=["tag", "account", "Region", "resource type", "rule", "everything"],
)
def test_each_kind_of_condition_gives_the_finding_to_its_team(match):
    assert owner(team("first", match), team("last"), tags={"Team": "payments"}) == "first"


def test_all_conditions_of_one_entry_hold_together():
    both = Match(accounts=frozenset({"111122223333"}), regions=frozenset({"us-east-1"}))

    assert owner(team("first", both), team("last")) == "last"


def test_one_entry_of_several_is_enough():
    entries = Match(regions=frozenset({"us-east-1"})), Match(accounts=frozenset({"111122223333"}))

    assert owner(team("first", *entries), team("last")) == "first"


def test_the_first_team_in_the_files_order_wins():
    assert owner(team("first", Match()), team("second", Match())) == "first"


def test_what_no_team_owns_goes_to_the_default_team():
    assert owner(team("first"), team("last")) == "last"


def test_a_team_that_was_renamed_is_stood_in_for_by_the_default_team():
    teams = Teams((team("first"), team("last")), "last")

    assert teams["first"].name == "first"
    assert teams["renamed"].name == "last"


def test_every_group_that_approves_anything_is_looked_up():
    groups = Team("one", "C1", frozenset(), frozenset({"S1"}), ())

    assert Teams((groups, team("two")), "two").groups() == {"S1"}
