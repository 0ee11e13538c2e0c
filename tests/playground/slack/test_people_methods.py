"""users.*, usergroups.*, team, bots and auth, called by Slack's own client."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.server import LocalSlack
from tests.playground.slack.world import EXTERNAL, GUEST, HANNAH


def test_a_person_is_told_with_what_makes_them_a_guest_or_a_stranger(client: WebClient):
    guest = client.users_info(user=GUEST)["user"]
    external = client.users_info(user=EXTERNAL)["user"]

    assert guest["is_restricted"]
    assert external["is_stranger"]
    assert external["team_id"] != guest["team_id"]


def test_people_are_listed_without_those_of_other_workspaces(slack: LocalSlack, client: WebClient):
    ids = {each["id"] for answer in client.users_list(limit=3) for each in answer["members"]}

    assert {HANNAH, slack.credentials.bot_user} <= ids
    assert EXTERNAL not in ids


def test_a_person_is_found_by_address(client: WebClient):
    assert client.users_lookupByEmail(email="Hannah@riverside.example")["user"]["id"] == HANNAH
    with pytest.raises(SlackApiError, match="users_not_found"):
        client.users_lookupByEmail(email="nobody@riverside.example")


def test_groups_and_their_users_are_told(client: WebClient):
    groups = client.usergroups_list(include_users=True)["usergroups"]

    security = next(each for each in groups if each["handle"] == "security-analysts")
    assert security["users"] == client.usergroups_users_list(usergroup=security["id"])["users"]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        client.usergroups_users_list(usergroup="S0NONE")


def test_nobody_by_that_id(client: WebClient):
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.users_info(user="U0NOBODY")


def test_the_app_learns_who_and_where_it_is(slack: LocalSlack, client: WebClient):
    me = client.auth_test()

    bot = client.bots_info(bot=me["bot_id"])["bot"]
    assert bot["app_id"] == slack.credentials.app_id
    assert bot["user_id"] == me["user_id"] == slack.credentials.bot_user
    assert client.team_info()["team"]["id"] == me["team_id"]
    with pytest.raises(SlackApiError, match="bot_not_found"):
        client.bots_info(bot="B0NONE")
    with pytest.raises(SlackApiError, match="team_not_found"):
        client.team_info(team="T0NONE")
