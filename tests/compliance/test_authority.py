"""Who may decide: nobody, unless something says so."""

from itertools import product

import pytest

from compliance.authority import Actor, Standing, may_agree, may_decide, who_can
from compliance.routing import Approvers, Team, Teams
from tests.builders import member, request, teams

HOUSING, PAYMENTS = teams()["housing"], teams()["payments"]


@pytest.mark.parametrize(
    ("actor", "team", "allowed"),
    [
        (member("slack:U0HANNAH"), HOUSING, True),
        (member("slack:U0HANNAH"), PAYMENTS, False),
        (member("slack:U0PAT", "slack:S0PAYMENTS"), PAYMENTS, True),
        (member("slack:U0PAT", "slack:S0PAYMENTS"), HOUSING, False),
        (member("slack:U0SAM", "slack:S0SECURITY"), HOUSING, True),
        (member("slack:U0NOBODY", "slack:S0OTHER"), HOUSING, False),
    ],
    ids=["approver", "of another team", "group", "other team's group", "everywhere", "nobody"],
)
def test_a_member_decides_for_teams_that_name_them(actor, team, allowed):
    assert may_decide(actor, team, teams()).allowed is allowed


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.MEMBER}))
def test_whoever_is_no_member_decides_nothing_even_if_named(standing):
    named = Actor("slack:U0HANNAH", standing=standing, groups=frozenset({"slack:S0SECURITY"}))

    verdict = may_decide(named, HOUSING, teams())

    assert not verdict.allowed
    assert verdict.reason.endswith(".")


def test_a_team_without_approvers_can_be_decided_for_by_nobody():
    empty = Team("empty", "C0EMPTY", frozenset(), frozenset(), ())

    assert not may_decide(member(""), empty, Teams((empty,), "empty")).allowed


def test_the_asker_never_counts_among_those_who_agree():
    assert not may_agree(
        member("slack:U0HANNAH"), request("slack:U0HANNAH", 1), HOUSING, teams()
    ).allowed
    assert may_agree(
        member("slack:U0HARRY"), request("slack:U0HANNAH", 1), HOUSING, teams()
    ).allowed


def test_a_denial_says_who_could():
    assert who_can(PAYMENTS, teams()) == ((), ("slack:S0PAYMENTS", "slack:S0SECURITY"))


def test_every_denial_gives_its_reason_and_no_permission_needs_one():
    everywhere = Approvers(frozenset({"U1"}))
    for standing, user in product(Standing, ("U1", "U2")):
        verdict = may_decide(Actor(user, standing=standing), HOUSING, Teams((), "", "", everywhere))
        assert verdict.allowed is not bool(verdict.reason)


def test_those_who_may_not_decide_about_this_are_not_named():
    assert who_can(HOUSING, teams(), ["slack:U0HANNAH"]) == (
        ("slack:U0HARRY",),
        ("slack:S0SECURITY",),
    )
