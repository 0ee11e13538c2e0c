"""What ``bot.py check`` says of Slack."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from compliance.routing import Approvers
from notifiers.slack.check import SCOPES, check_slack
from notifiers.slack.client import connect
from notifiers.slack.trials import METHODS, check_methods
from playground.slack.methods import METHODS as SLACKS_METHODS
from tests.builders import teams
from tests.playground.slack.world import manifest, running

ROOT = Path(__file__).parents[3]
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


def test_scopes_that_the_answer_does_not_name_are_not_ok(problems):
    assert "could not be looked at" in problems(scopes={})["Slack's scopes"]


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


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        ({"is_ext_shared": True}, "people of another organisation (Slack Connect) can read it"),
        ({"is_pending_ext_shared": True}, "people of another organisation"),
        ({"is_org_shared": True}, "several workspaces of your organisation"),
        ({"is_private": False}, "is public: every member"),
    ],
    ids=["shared", "about to be", "in the organisation", "public"],
)
def test_a_channel_that_others_read_is_warned_of(client, workspace, said, warned):
    workspace.refuse("auth.test", body='{"ok": true}', **GRANTED)
    workspace.channel = said

    told = {each.what: each for each in check_slack(client, "", teams())}

    assert warned in told["channel C0HOUSING of team housing"].warning


def test_a_channel_with_a_guest_is_warned_of(client, workspace):
    workspace.refuse("auth.test", body='{"ok": true}', **GRANTED)
    workspace.users["U0NOBODY"]["is_ultra_restricted"] = True

    told = {each.what: each for each in check_slack(client, "", teams())}

    assert "guests" in told["channel C0HOUSING of team housing"].warning


def test_who_reads_a_channel_is_not_ok_where_slack_does_not_say(problems, workspace):
    workspace.users["U0NOBODY"]["is_restricted"] = True
    workspace.refuse("conversations.members", "missing_scope", times=9)

    [problem] = {each for what, each in problems().items() if what.startswith("who reads")}
    assert "could not be looked at: missing_scope" in problem


#: Methods that slack_sdk's own call with.
WITHIN = {"files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}


def called_in(folder):
    """The methods whose names stand in our own code, by the Web API's names."""
    known = {method.replace(".", "_"): method for method in SLACKS_METHODS}
    names = {
        node.attr
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    several = {method for name in names for method in WITHIN.get(name, ())}
    return {known[name] for name in names & known.keys()} | several


def test_every_method_that_the_bot_calls_is_tried():
    assert called_in(ROOT / "notifiers/slack") == {method.name for method in METHODS}


def test_the_manifest_asks_for_every_scope_and_for_no_other():
    manifest = yaml.safe_load((ROOT / "config/slack-manifest.yaml").read_text(encoding="utf-8"))

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_that_is_missing_is_named(tmp_path, scope):
    path = manifest(tmp_path, scopes=sorted(SCOPES - {scope}))
    with running(path, strict=False) as slack:
        environment = slack.environment()
        told = check_slack(
            connect(environment["SLACK_BOT_TOKEN"], environment["SLACK_API_URL"]), "", teams()
        )
        missing = {each.what: each.problem for each in told if each.problem}

    assert missing["Slack's scopes"] == f"missing {scope}"
    tried = {each.name for each in METHODS if each.scopes == (scope,) and each.asked is not None}
    assert {f"{name} of Slack" for name in tried} <= missing.keys()
    assert all("missing_scope" in missing[f"{name} of Slack"] for name in tried)


def test_where_the_app_has_every_scope_no_method_is_refused(tmp_path):
    with running(manifest(tmp_path, scopes=sorted(SCOPES)), strict=False) as slack:
        environment = slack.environment()
        client = connect(environment["SLACK_BOT_TOKEN"], environment["SLACK_API_URL"])
        told = [each for each in check_methods(client) if each.problem]

    assert told == []
