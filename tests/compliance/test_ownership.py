"""Which team owns a finding, by routes and by what accounts are known as."""

from dataclasses import replace

import pytest

from compliance.accounts import Account, Directory
from compliance.ownership import Ownership
from tests.builders import PAYMENTS, key, teams


@pytest.fixture
def directory():
    return Directory([Account(PAYMENTS, "Payments")])


@pytest.mark.parametrize(
    ("where", "tags", "owner"),
    [
        ({}, {}, "housing"),
        ({"account": PAYMENTS}, {}, "housing"),
        ({"account": PAYMENTS}, {"Team": "payments"}, "payments"),
    ],
    ids=["account", "default", "tag"],
)
def test_the_first_route_that_matches_owns_it_and_the_default_what_none_does(
    directory, where, tags, owner
):
    assert Ownership(teams(), directory)(key(**where), tags) == owner


def test_the_fingerprint_is_another_one_with_other_routes_or_accounts(directory):
    before = Ownership(teams(), directory).fingerprint()
    fewer = replace(teams(), ordered=teams().ordered[:1])

    same = Ownership(teams(), Directory([Account(PAYMENTS, "Payments")])).fingerprint()
    rerouted = Ownership(fewer, directory).fingerprint()
    directory.refresh([Account("333344445555")])

    assert same == before
    assert len({before, rerouted, Ownership(teams(), directory).fingerprint()}) == 3


def test_each_channel_of_a_team_is_named_with_it(directory):
    named = Ownership(teams(), directory).channels()

    assert named == tuple(
        (each.name, channel) for each in teams().ordered for channel in each.channels
    )
    assert named
