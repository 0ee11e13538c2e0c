"""What ``bot.py check`` says of Slack."""

import json
from dataclasses import replace

import pytest

from compliance.channel import Channel
from compliance.routing import Approvers
from notifiers.slack.check import SCOPES, check_slack
from tests.builders import teams

GRANTED = {"x_oauth_scopes": ", ".join(sorted(SCOPES))}


@pytest.fixture
def problems(client, workspace):
    """Check a workspace that is set up but for what the test changes; return what is missing."""

    def check(app_token="", scopes=GRANTED, named=None):
        workspace.refuse("auth.test", body='{"ok": true, "team": "Council"}', **scopes)
        found = check_slack(client, app_token, named or teams())
        return {each.what: each.problem for each in found if each.problem}

    return check


def test_a_workspace_that_is_set_up_has_nothing_missing(problems):
    assert problems(app_token="xapp-1") == {}


def test_a_missing_scope_is_named(problems):
    some = {"x_oauth_scopes": ",".join(sorted(SCOPES - {"users:read"}))}

    assert problems(scopes=some) == {"Slack's scopes": "missing users:read"}


def test_a_wrong_token_is_all_that_is_told(client, workspace):
    workspace.refuse("auth.test", "invalid_auth")

    [check] = check_slack(client, "", teams())

    assert (check.problem, "SLACK_BOT_TOKEN" in check.remedy) == ("invalid_auth", True)
    assert str(check).startswith("missing  Slack's token: invalid_auth\n")


@pytest.mark.parametrize(
    ("method", "answer", "what", "problem"),
    [
        ("apps.connections.open", {"ok": False, "error": "not_allowed"}, "Socket", "not_allowed"),
        ("conversations.info", {"ok": False, "error": "channel_not_found"}, "channel", "not_found"),
        (
            "conversations.info",
            {"ok": True, "channel": {"is_archived": True}},
            "channel C0HOUSING of team housing",
            "is archived",
        ),
        (
            "conversations.info",
            {"ok": True, "channel": {"is_member": False}},
            "channel C0HOUSING of team housing",
            "the bot is not in it",
        ),
        (
            "conversations.history",
            {"ok": False, "error": "missing_scope", "needed": "channels:history"},
            "the history of channel C0HOUSING of team housing",
            "missing_scope (needs channels:history)",
        ),
        (
            "users.info",
            {"ok": True, "user": {"is_restricted": True}},
            "approver slack:U0HANNAH of team housing",
            "is a guest",
        ),
        (
            "users.info",
            {"ok": False, "error": "user_not_found"},
            "approver slack:U0HANNAH of team housing",
            "user_not_found",
        ),
        (
            "usergroups.users.list",
            {"ok": False, "error": "no_such_subteam"},
            "approver group slack:S0PAYMENTS of team payments",
            "no_such_subteam",
        ),
    ],
    ids=["socket", "channel", "archived", "not in it", "history", "guest", "no user", "no group"],
)
def test_each_thing_that_is_missing_is_named(problems, workspace, method, answer, what, problem):
    workspace.refuse(method, body=json.dumps(answer))

    [(found, said)] = problems(app_token="xapp-1").items()

    assert found.startswith(what)
    assert problem in said


def test_a_channel_of_a_product_that_is_not_connected_is_named(problems):
    ordered = teams().ordered
    elsewhere = replace(ordered[0], channels=(Channel("teams", "19:abc@thread.tacv2"),))

    assert problems(named=replace(teams(), ordered=(elsewhere, *ordered[1:]))) == {
        "channel teams:19:abc@thread.tacv2 of team housing": "the bot is not connected to teams"
    }


def test_those_who_approve_for_every_team_are_looked_up_like_a_teams_own(problems):
    gone = Approvers(frozenset({"slack:U0GONE"}), frozenset({"slack:S0GONE"}))

    assert problems(named=replace(teams(), everywhere=gone)) == {
        "approver slack:U0GONE of every team": "user_not_found",
        "approver group slack:S0GONE of every team": "no_such_subteam",
    }


@pytest.mark.parametrize(
    "answer",
    [{"status": 503, "body": "<html>"}, {"status": 500, "error": "internal_error"}],
    ids=["a page", "Slack's own word"],
)
def test_an_outage_in_between_is_told_as_one_and_not_as_a_wrong_id(client, workspace, answer):
    workspace.refuse("auth.test", body='{"ok": true}', **GRANTED)
    workspace.refuse("conversations.info", **answer)

    told = {each.what: each for each in check_slack(client, "", teams())}

    channel = told["channel C0HOUSING of team housing"]
    assert channel.problem.startswith("Slack is out of reach")
    assert "SLACK_API_URL" in channel.remedy
