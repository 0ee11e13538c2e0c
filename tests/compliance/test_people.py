"""One person in two chat products counts once."""

import pytest

from compliance.attention import asked_of
from compliance.authority import may_agree, who_can
from compliance.people import People, Somebody
from compliance.routing import Approvers, Team, Teams
from tests.builders import member, request

SLACK_HANNAH, TEAMS_HANNAH, SLACK_HARRY, TEAMS_HENRY, TEAMS_WILL = (
    "slack:U0HANNAH", "teams:h", "slack:U0HARRY", "teams:henry", "teams:w",
)  # fmt: skip
PEOPLE = People(
    (
        Somebody("Hannah Osei", frozenset({SLACK_HANNAH, TEAMS_HANNAH})),
        Somebody("Will Adeyemi", frozenset({"slack:U0WILL", TEAMS_WILL})),
    )
)
TEAM = Team("housing", (), frozenset(), frozenset(), ())
EVERYBODY = Approvers(frozenset({SLACK_HANNAH, TEAMS_HANNAH, SLACK_HARRY, TEAMS_HENRY, TEAMS_WILL}))
TEAMS = Teams((TEAM,), "housing", everywhere=EVERYBODY, people=PEOPLE)


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        (SLACK_HANNAH, TEAMS_HANNAH, False),
        (SLACK_HANNAH, TEAMS_WILL, True),
        (SLACK_HANNAH, SLACK_HARRY, True),
        (TEAMS_HANNAH, SLACK_HARRY, True),
        (SLACK_HARRY, TEAMS_HENRY, False),
        (SLACK_HARRY, SLACK_HARRY, False),
    ],
    ids=[
        "one entry",
        "two entries",
        "two ids of one product",
        "an entry that has another id of the same product",
        "two products and no entry",
        "the same id",
    ],
)
def test_two_ids_are_two_people_where_that_can_be_proved(one, other, different):
    assert PEOPLE.are_different((one, other)) is different
    assert PEOPLE.are_different((other, one)) is different


def test_who_could_agree_is_named_without_any_id_that_may_be_the_askers():
    assert who_can(TEAM, TEAMS, [SLACK_HANNAH])[0] == (SLACK_HARRY, TEAMS_HENRY, TEAMS_WILL)
    assert asked_of(TEAM, TEAMS, frozenset({SLACK_HARRY}))[0] == (
        SLACK_HANNAH,
        TEAMS_HANNAH,
        TEAMS_WILL,
    )


@pytest.mark.parametrize(
    ("asked", "agreed", "who", "why"),
    [
        (SLACK_HANNAH, (), TEAMS_HANNAH, "You asked for"),
        (SLACK_HARRY, (SLACK_HANNAH,), TEAMS_HANNAH, "one person counts once"),
        (SLACK_HARRY, (), TEAMS_HENRY, "people.yaml does not say that you are two people"),
        (SLACK_HANNAH, (), TEAMS_WILL, ""),
    ],
    ids=["the asker", "who agreed already", "nobody knows", "provably another"],
)
def test_an_agreement_counts_from_somebody_who_is_provably_another(asked, agreed, who, why):
    asking = request(asked, 2, agreed=agreed)

    verdict = may_agree(member(who), asking, TEAM, TEAMS)

    assert verdict.allowed == (not why)
    assert why in verdict.reason


ZOE, YAN = "slack:U0ZOE", "teams:yan"
APART = People((Somebody("Zoe", frozenset({ZOE})), Somebody("Yan", frozenset({YAN}))))


@pytest.mark.parametrize(
    ("ids", "different"),
    [
        ((ZOE, YAN), True),
        ((ZOE, TEAMS_HENRY), False),
        ((SLACK_HARRY, YAN), False),
        ((ZOE, SLACK_HARRY, ZOE), False),
        ((ZOE, SLACK_HARRY, YAN), False),
        ((ZOE,), True),
        ((), True),
    ],
    ids=["both named", "one named", "the other named", "twice", "one in doubt", "one", "nobody"],
)
def test_people_are_different_where_each_two_of_them_provably_are(ids, different):
    assert APART.are_different(ids) is different


def test_who_may_be_one_of_the_barred_is_left_out():
    assert APART.without({ZOE, YAN, TEAMS_HENRY}, (ZOE, "")) == {YAN}
    assert APART.without({ZOE, SLACK_HARRY}, (YAN, ZOE)) == frozenset()
    assert APART.without({ZOE}, ("",)) == {ZOE}


def test_who_is_named_has_a_name():
    assert (APART.name(ZOE), APART.name(SLACK_HARRY)) == ("Zoe", "")
