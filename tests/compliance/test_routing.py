"""Which team owns a finding."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.accounts import Account
from compliance.channel import Channel
from compliance.routing import Approvers, Match, Notify, Team, Teams
from tests.builders import key

HOUSING = Account("111122223333", environment="production", unit="Workloads/Production")


def team(name, *matches):
    channel = Channel("slack", f"C0{name.upper()}")
    return Team(name, (channel,), frozenset(), frozenset(), matches)


def owner(*ordered, tags=None, **place):
    teams = Teams(ordered, default=ordered[-1].name)
    return teams.owner(key(**place), tags or {}, HOUSING).name


@pytest.mark.parametrize(
    "match",
    [
        Match(tags={"Team": "payments"}),
        Match(accounts=frozenset({"111122223333"})),
        Match(regions=frozenset({"eu-west-2"})),
        Match(resource_types=frozenset({"AWS::S3::Bucket"})),
        Match(rules=frozenset({key().rule})),
        Match(units=frozenset({"Workloads"})),
        Match(environments=frozenset({"production"})),
        Match(),
    ],
    ids=["tag", "account", "Region", "resource type", "rule", "unit", "environment", "everything"],
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
    groups = Team("one", (), frozenset(), frozenset({"slack:S1"}), ())

    assert Teams((groups, team("two")), "two").groups() == {"slack:S1"}


def test_an_account_that_is_not_known_is_in_no_unit_and_no_environment():
    match = Match(units=frozenset({"Workloads"}))

    assert not match.covers(key(), {}, None)
    assert Match().covers(key(), {}, None)


def test_faults_of_the_bot_are_reported_to_the_tda_else_to_the_default_team():
    teams = team("first"), team("last")
    tda = Channel("slack", "C0TDA")

    assert Teams(teams, "last", (tda,)).operator_channels == (tda,)
    assert Teams(teams, "last").operator_channels == (Channel("slack", "C0LAST"),)


def test_teams_that_read_one_channel_are_known_by_it():
    first = team("first")
    second = Team("second", first.channels, frozenset(), frozenset(), ())

    assert Teams((first, second), "first").of_channel(first.channels[0]) == {"first", "second"}


def few(*values):
    return st.frozensets(st.sampled_from(values), max_size=2)


UNITS = ["", "Workloads", "Workloads/Production", "Workloads/Test", "Sandbox"]
MATCHES = st.builds(
    Match,
    tags=st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"), max_size=2),
    accounts=few("111122223333", "222233334444"),
    regions=few("eu-west-2", "us-east-1"),
    resource_types=few("AWS::S3::Bucket", "AWS::SNS::Topic"),
    rules=few("one", "two"),
    units=few(*UNITS[1:]),
    environments=few("production", "test"),
)
ACCOUNTS = st.builds(
    Account,
    st.just("111122223333"),
    environment=st.sampled_from(["", "production", "test"]),
    unit=st.sampled_from(UNITS),
)


@given(
    st.lists(st.lists(MATCHES, max_size=4), min_size=1, max_size=6),
    st.builds(
        key,
        account=st.sampled_from(["111122223333", "222233334444"]),
        region=st.sampled_from(["eu-west-2", "us-east-1"]),
        rule=st.sampled_from(["one", "two"]),
        resource_type=st.sampled_from(["AWS::S3::Bucket", "AWS::SNS::Topic"]),
    ),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"), max_size=2),
    st.none() | ACCOUNTS,
)
def test_the_index_finds_the_team_that_comparing_all_matches_in_order_finds(
    matches, place, tags, account
):
    ordered = tuple(team(str(number), *some) for number, some in enumerate(matches))
    teams = Teams(ordered, default="0")

    naive = next(
        (
            each
            for each in ordered
            if any(match.covers(place, tags, account) for match in each.matches)
        ),
        teams["0"],
    )

    assert teams.owner(place, tags, account) == naive


def test_of_many_teams_only_those_are_compared_that_could_own_the_finding(monkeypatch):
    compared = []
    covers = Match.covers
    monkeypatch.setattr(Match, "covers", lambda *asked: compared.append(1) or covers(*asked))
    teams = [team(f"t{n}", Match(accounts=frozenset({f"{n:012}"}))) for n in range(250)]

    owned = Teams(tuple(teams), "t0").owner(key(account=f"{249:012}"), {})

    assert (owned.name, len(compared)) == ("t249", 1)


@pytest.mark.parametrize(
    "other",
    [
        Match(tags={"Team": "x"}, accounts=frozenset({"999988887777"})),
        Match(tags={"Team": "x"}, regions=frozenset({"us-east-1"})),
        Match(tags={"Team": "x"}, resource_types=frozenset({"AWS::SNS::Topic"})),
        Match(tags={"Team": "x"}, rules=frozenset({"another-rule"})),
        Match(tags={"Team": "x"}, units=frozenset({"Sandbox"})),
        Match(tags={"Team": "x"}, environments=frozenset({"staging"})),
        Match(tags={"Team": "x", "Stage": "live"}),
        Match(units=frozenset({"Sandbox"}), environments=frozenset({"production"})),
        Match(units=frozenset({"Workloads"}), environments=frozenset({"staging"})),
    ],
    ids=["account", "Region", "type", "rule", "unit", "environment", "tag", "unit alone",
         "environment alone"],
)  # fmt: skip
def test_one_condition_that_does_not_fit_is_enough(other):
    assert owner(team("first", other), team("last"), tags={"Team": "x"}) == "last"


def test_of_several_units_one_is_enough():
    units = Match(units=frozenset({"Sandbox", "Workloads"}))

    assert owner(team("first", units), team("last")) == "first"


TDA, FRONT = Channel("slack", "C0TDA"), Channel("slack", "C0FRONT")
WHO = Approvers(frozenset({"slack:U0ANA"}), frozenset({"slack:S0ANALYSTS"}))
OPEN_TEAM = replace(team("open"), channels=(FRONT, Channel("slack", "C0OPEN")), outsiders=True)
SHY_TEAM = replace(team("shy"), channels=(FRONT,), escalation=Channel("slack", "C0BOSS"))
ALL = Teams((SHY_TEAM, OPEN_TEAM), "shy", (TDA, FRONT), WHO)


def test_who_decides_for_every_team_is_a_team_that_reads_where_the_tda_does():
    theirs = Team("security-analysts", (TDA, FRONT), WHO.users, WHO.groups, ())

    assert ALL.analysts == ALL["security-analysts"] == theirs
    assert ALL.names == {"security-analysts", "open", "shy"}
    assert ALL["gone"] is SHY_TEAM


@pytest.mark.parametrize(
    ("who", "channels", "are_a_team"),
    [
        (Approvers(users=WHO.users), (TDA,), True),
        (Approvers(groups=WHO.groups), (TDA,), True),
        (Approvers(), (TDA,), False),
        (WHO, (), False),
    ],
    ids=["users", "groups", "nobody", "nowhere"],
)
def test_analysts_are_a_team_where_they_are_and_read(who, channels, are_a_team):
    teams = Teams((SHY_TEAM,), "shy", channels, who)

    assert (teams.analysts is not None, len(teams.names)) == (are_a_team, 1 + are_a_team)
    assert teams.tda == (TDA if channels else None)


def test_a_channel_is_read_by_its_teams_and_lets_others_read_where_one_of_them_does():
    assert ALL.of_channel(FRONT) == {"security-analysts", "open", "shy"}
    assert ALL.of_channel(TDA) == {"security-analysts"}
    assert ALL.channels == {TDA, FRONT, Channel("slack", "C0OPEN")}
    assert ALL.allows_outsiders(FRONT)
    assert not ALL.allows_outsiders(TDA)
    assert not Teams((SHY_TEAM,), "shy").allows_outsiders(FRONT)


def test_a_team_that_does_not_answer_is_spoken_of_where_it_says_or_where_the_tda_reads():
    assert ALL.escalation_of("shy") == Channel("slack", "C0BOSS")
    assert ALL.escalation_of("open") == TDA
    assert Teams((OPEN_TEAM,), "open").escalation_of("open") is None


def test_what_a_team_does_not_say_is_usual():
    assert team("usual").notify == Notify(mentions=True, reminds=True)
    assert not team("usual").outsiders
