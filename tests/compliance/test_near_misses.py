"""Routes that a finding misses by a slip of a pen."""

import pytest

from compliance.accounts import Account
from compliance.channel import Channel
from compliance.near_misses import near_misses
from compliance.routing import Match, Team
from tests.builders import finding

KEY = finding().key


def missed(match, tags=None, account=None):
    team = Team("housing", (Channel.parse("C0HOUSING"),), frozenset(), frozenset(), (match,))
    return near_misses((team,), KEY, tags or {}, account)


@pytest.mark.parametrize(
    "tags",
    [{"team": "housing"}, {"Team": "Housing"}, {"Team": "housing "}, {"Team ": "housing"},
     {"Team": "hous\u200bing"}, {"TEAM": "HOUSING"}, {"Teams": "housing"}, {"Tema": "housing"}],
    ids=ascii,
)  # fmt: skip
def test_a_tag_that_seems_to_be_the_routes_is_named(tags):
    [slip] = missed(Match(tags={"Team": "housing"}), tags)

    name, value = next(iter(tags.items()))
    assert slip == (
        f"its tag {name!r} is {value!r}, and a route has 'Team': 'housing', so that it did not go "
        "to team housing"
    )


def test_a_pattern_stands_for_itself_and_is_named_where_it_would_fit():
    assert len(missed(Match(tags={"Team": "hous*"}), {"Team": "housing"})) == 1
    assert missed(Match(tags={"Team": "hous*"}), {"Team": "payments"}) == ()


def test_three_slips_are_named_and_no_more():
    tags = dict.fromkeys(("Teem", "Tean", "Tem", "Teams"), "housing")

    assert (
        len(missed(Match(tags=dict.fromkeys(("Team", "Teamm", "Teame", "TTeam"), "housing")), tags))
        == 3
    )


def test_an_environment_that_seems_to_be_the_routes_is_named():
    account = Account(KEY.account, "housing", "production")

    [slip] = missed(Match(environments=frozenset({"Production"})), account=account)

    assert "its account's environment is 'production', and a route has 'Production'" in slip


@pytest.mark.parametrize(
    "match",
    [
        Match(accounts=frozenset({f"{KEY.account[:-1]}9"})),
        Match(accounts=frozenset({KEY.account.replace("1122", "1212")})),
        Match(regions=frozenset({KEY.region.upper()})),
        Match(resource_types=frozenset({KEY.resource_type.lower()})),
        Match(rules=frozenset({f"{KEY.rule}s"})),
    ],
    ids=["account", "two digits", "region", "type", "rule"],
)
def test_a_condition_that_seems_to_hold_is_named(match):
    assert len(missed(match)) == 1


@pytest.mark.parametrize(
    ("match", "tags"),
    [
        (Match(tags={"Team": "housing"}), {"Team": "housing"}),
        (Match(tags={"Team": "housing"}), {"Team": "payments"}),
        (Match(tags={"Team": "housing"}), {"Owner": "housing"}),
        (Match(tags={"Team": "housing"}), {}),
        (Match(accounts=frozenset({"999988887777"})), {}),
        (Match(accounts=frozenset({KEY.account, f"{KEY.account[:-1]}9"})), {}),
    ],
    ids=["covered", "other value", "other name", "no tag", "other account", "the account too"],
)
def test_what_is_plainly_another_route_is_not_named(match, tags):
    assert missed(match, tags) == ()
