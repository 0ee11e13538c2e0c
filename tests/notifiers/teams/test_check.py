"""``bot.py check`` names each thing of Teams that is missing, and how to mend it."""

import pytest

from compliance.routing import Approvers, Teams
from notifiers.teams.chat import MicrosoftTeams
from notifiers.teams.microsoft import Credentials
from playground.teams.faults import Fault
from tests.notifiers.teams.conftest import ANALYSTS, GIL, HANNAH, HENRY, HOUSING, LENA, now

ROSTER = r"GET /teams/v3/conversations/.*/pagedmembers"
SEND = r"POST /teams/v3/conversations/.*/activities"
HISTORY = r"GET /graph/v1\.0/teams/.*/messages"
GROUP = r"GET /graph/v1\.0/groups/.*/transitiveMembers"
CHANNEL = f"channel teams:{HOUSING} of team housing"


@pytest.fixture
def teams_yaml(teams_yaml):
    """Only those approve for housing who may."""
    housing, payments = teams_yaml.ordered
    approvers = frozenset({f"teams:{HANNAH}", f"teams:{HENRY}"})
    housing = type(housing)("housing", housing.channels, approvers, frozenset(), (), outsiders=True)
    everywhere = Approvers(groups=frozenset({f"teams:{ANALYSTS}"}))
    return Teams((housing, payments), "housing", everywhere=everywhere)


@pytest.fixture
def missing(bot):
    """Return what check finds missing, and the remedy of each."""
    return lambda: {each.what: (each.problem, each.remedy) for each in bot.checks() if each.problem}


def test_all_that_is_there_is_named_and_nothing_is_missing(bot, local):
    checks = {each.what: each for each in bot.checks()}

    assert not [each for each in checks.values() if each.problem]
    assert {"Teams' credentials", "permission User.Read.All", CHANNEL} <= set(checks)
    assert f"approver group teams:{ANALYSTS} of every team" in checks
    assert checks[CHANNEL].warning == "Gil Marsh, Erin Supplier can read it"
    assert local.tenant.in_channel(HOUSING) == []


@pytest.mark.parametrize(
    ("fault", "what", "problem", "remedy"),
    [
        (Fault(ROSTER, 403, "BotNotInConversationRoster", 0), CHANNEL, "BotNotIn", "Add the app"),
        (Fault(SEND, 403, "MessageWritesBlocked", 0), CHANNEL, "WritesBlocked", "let apps post"),
        (Fault(SEND, 404, "ConversationNotFound", 0), CHANNEL, "NotFound", "Add the app"),
        (Fault(HISTORY, 403, "Forbidden", 0), f"the history of {CHANNEL}", "403",
         "ChannelMessage.Read.Group"),
        (Fault(GROUP, 403, "Authorization_RequestDenied", 0),
         f"approver group teams:{ANALYSTS} of every team", "Authorization_RequestDenied",
         "let an administrator consent"),
        (Fault(GROUP, 404, "Request_ResourceNotFound", 0),
         f"approver group teams:{ANALYSTS} of every team", "NotFound", "Correct the group's id"),
    ],
    ids=["not installed", "not writable", "gone", "not readable", "no consent", "no group"],
)  # fmt: skip
def test_each_thing_that_is_missing_is_named(missing, local, fault, what, problem, remedy):
    local.faults.set([fault])

    found = missing()

    assert problem in found[what][0]
    assert remedy in found[what][1]
    assert set(found) == {what}


def test_a_sign_that_teams_does_not_take_says_nothing_about_writing(missing, local):
    local.faults.set([Fault(SEND, 400, "BadArgument", 0)])

    assert missing() == {}


def test_a_permission_without_consent_is_named(missing, local):
    local.tenant.app.permissions.remove("GroupMember.Read.All")

    assert "administrator" in missing()["permission GroupMember.Read.All"][1]


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"secret": "another"}, "TEAMS_CLIENT_SECRET"),
        ({"client_id": "11111111-2222-4333-8444-555555555555"}, "TEAMS_CLIENT_ID"),
        ({"tenant": "11111111-2222-4333-8444-555555555555"}, "TEAMS_TENANT_ID"),
    ],
    ids=["secret", "client", "tenant"],
)
def test_wrong_credentials_say_which_of_them_is_wrong(local, context, wrong, remedy):
    app = local.tenant.app
    known = {"client_id": app.id, "secret": app.secret, "tenant": local.tenant.id}
    teams = MicrosoftTeams(Credentials(**known | wrong), local.url, None, context.teams, now)

    [check] = teams.checks()

    assert "AADSTS" in check.problem
    assert check.remedy.startswith(f"Set {remedy}")


class TestOfApprovers:
    """A guest and a disabled person, whom teams.yaml names."""

    @pytest.fixture
    def teams_yaml(self, teams_yaml):
        guests = Approvers(frozenset({f"teams:{GIL}", f"teams:{LENA}"}))
        return Teams(teams_yaml.ordered, "housing", everywhere=guests)

    def test_those_who_cannot_approve_are_named(self, missing):
        found = missing()

        assert set(found) == {f"approver teams:{each} of every team" for each in (GIL, LENA)}
        assert all("cannot approve" in problem for problem, _ in found.values())
