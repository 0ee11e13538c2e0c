"""Who somebody in Slack is."""

import pytest

from compliance.authority import Standing
from notifiers.slack.people import People
from tests.notifiers.slack.workspace import HOME, user


def standing(people, workspace, team_id="", **flags):
    workspace.users["U0HANNAH"] = user("U0HANNAH", **flags)
    return people.actor("U0HANNAH", team_id).standing


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, Standing.MEMBER),
        ({"deleted": True}, Standing.DEACTIVATED),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"is_stranger": True}, Standing.EXTERNAL),
        ({"team_id": "T0OTHER"}, Standing.EXTERNAL),
        ({"team_id": "T0OTHER", "enterprise_user": {"teams": [HOME]}}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_ultra_restricted": True}, Standing.GUEST),
    ],
    ids=["member", "deactivated", "bot", "slackbot", "stranger", "external", "same enterprise",
         "guest", "single-channel guest"],
)  # fmt: skip
def test_the_flags_of_a_user_say_who_they_are(people, workspace, flags, expected):
    assert standing(people, workspace, **flags) is expected


def test_a_press_from_another_workspace_is_external_whatever_the_profile_says(people, workspace):
    assert standing(people, workspace, team_id="T0OTHER") is Standing.EXTERNAL


def test_where_slack_does_not_name_the_bots_own_workspace_nobody_is_a_member(people, workspace):
    workspace.refuse("auth.test", body='{"ok": true}')

    assert standing(people, workspace) is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("method", "error", "status"),
    [
        ("users.info", "ratelimited", 429),
        ("users.info", "fatal_error", 200),
        ("auth.test", "internal_error", 200),
        ("usergroups.list", "ratelimited", 429),
        ("usergroups.list", "internal_error", 200),
    ],
)
def test_who_cannot_be_looked_up_just_now_is_unknown_and_asked_for_again(
    people, workspace, method, error, status
):
    workspace.refuse(method, error, status)

    assert people.actor("U0SAM").standing is Standing.UNKNOWN
    assert people.actor("U0SAM").groups == {"slack:S0SECURITY"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [("user_not_found", Standing.DEACTIVATED), ("user_not_visible", Standing.EXTERNAL)],
)
def test_whom_slack_does_not_know_any_more_is_nobody_to_wait_for(
    people, workspace, error, expected
):
    workspace.refuse("users.info", error)

    assert people.fresh("slack:U0GONE").standing is expected


@pytest.mark.parametrize("error", ["plan_upgrade_required", "missing_scope"])
def test_where_groups_cannot_be_read_for_good_users_by_name_still_decide(people, workspace, error):
    workspace.refuse("usergroups.list", error)

    actor = people.actor("U0SAM")

    assert (actor.standing, actor.groups) == (Standing.MEMBER, frozenset())


def test_a_group_that_is_gone_has_no_members(people, workspace):
    del workspace.groups["S0SECURITY"]

    assert people.actor("U0SAM").groups == frozenset()


def test_however_many_groups_approve_slack_is_asked_about_them_once(client, workspace, clock):
    workspace.groups = {f"S{number}": ["U0SAM"] for number in range(30)}
    people = People(client, frozenset(workspace.groups), clock)

    assert people.actor("U0SAM").groups == {f"slack:{group}" for group in workspace.groups}
    assert len(workspace.calls) == 3


def test_a_person_is_asked_about_once_in_five_minutes(people, workspace, clock):
    people.actor("U0HANNAH")
    people.actor("U0HANNAH")
    assert len(workspace.called("users.info")) == 1

    clock.move(minutes=5)
    people.actor("U0HANNAH")
    assert len(workspace.called("users.info")) == 2


def test_at_execution_a_person_is_looked_up_anew(people, workspace, clock):
    people.actor("U0HANNAH")
    workspace.users["U0HANNAH"]["deleted"] = True

    clock.move(seconds=10)

    assert people.fresh("slack:U0HANNAH").standing is Standing.DEACTIVATED


def test_a_person_is_called_by_the_name_that_they_chose(people, workspace):
    workspace.users["U0HANNAH"]["profile"] = {"display_name": "hannah.m"}

    assert people.actor("U0HANNAH").name == "hannah.m"
    assert people.actor("U0HARRY").name == "Harry"


def test_groups_are_asked_one_by_one_where_they_cannot_be_listed(people, workspace):
    workspace.refuse("usergroups.list", "unknown_method")

    assert people.actor("U0SAM").groups == {"slack:S0SECURITY"}


def test_without_any_answer_about_groups_the_people_named_can_still_approve(people, workspace):
    workspace.refuse("usergroups.list", "unknown_method")
    workspace.refuse("usergroups.users.list", "unknown_method", times=9)

    actor = people.actor("U0SAM")

    assert (actor.standing, actor.groups) == (Standing.MEMBER, frozenset())


def test_whoever_belongs_to_another_chat_product_is_nobody_in_slack(people, workspace):
    assert people.fresh("teams:29:hannah").standing is Standing.EXTERNAL
    assert workspace.called("users.info") == []


def test_people_are_known_by_their_product_and_id(people):
    assert people.actor("U0HANNAH").id == "slack:U0HANNAH"
    assert people.fresh("slack:U0HANNAH").id == "slack:U0HANNAH"
