"""conversations.*, called by Slack's own client."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.entities import Channel
from playground.slack.server import LocalSlack
from tests.playground.slack.world import EXTERNAL, GENERAL, HANNAH, HARRY, HOUSING


def test_channels_are_listed_page_by_page(client: WebClient):
    names = [
        channel["name"]
        for answer in client.conversations_list(limit=2)
        for channel in answer["channels"]
    ]

    assert names[0] == "housing-compliance"
    assert len(names) == len(set(names)) == 6


def test_types_choose_what_is_listed(slack: LocalSlack, client: WebClient):
    secret = Channel("C0SECRET", "secret", {slack.credentials.bot_user}, is_private=True)
    hidden = Channel("C0HIDDEN", "hidden", {HANNAH}, is_private=True)
    for channel in (secret, hidden):
        slack.workspace.add_channel(channel)

    private = client.conversations_list(types="private_channel")["channels"]
    direct = client.conversations_list(types="im")["channels"]

    assert [each["id"] for each in private] == ["C0SECRET"]
    assert HANNAH in [each["user"] for each in direct]
    with pytest.raises(SlackApiError, match="invalid_types"):
        client.conversations_list(types="nonsense")


def test_info_tells_a_channel_and_whether_the_app_is_in_it(client: WebClient):
    housing = client.conversations_info(channel=HOUSING, include_num_members=True)["channel"]
    general = client.conversations_info(channel=GENERAL)["channel"]

    assert (housing["is_member"], housing["is_ext_shared"], housing["num_members"]) == (
        True,
        True,
        6,
    )
    assert not general["is_member"]


def test_a_private_channel_without_the_app_is_not_there(slack: LocalSlack, client: WebClient):
    slack.workspace.add_channel(Channel("C0HIDDEN", "hidden", {HANNAH}, is_private=True))

    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.conversations_info(channel="C0HIDDEN")


def test_members_are_told(slack: LocalSlack, client: WebClient):
    members = client.conversations_members(channel=HOUSING)["members"]

    assert {HANNAH, EXTERNAL, slack.credentials.bot_user} <= set(members)


def test_history_is_the_channel_without_threads_newest_first(client: WebClient):
    first = client.chat_postMessage(channel=HOUSING, text="first")
    client.chat_postMessage(channel=HOUSING, text="reply", thread_ts=first["ts"])
    client.chat_postMessage(channel=HOUSING, text="second")

    messages = client.conversations_history(channel=HOUSING)["messages"]

    assert [each["text"] for each in messages] == ["second", "first"]
    assert messages[1]["reply_count"] == 1


def test_history_has_pages_and_bounds(client: WebClient):
    sent = [client.chat_postMessage(channel=HOUSING, text=str(n))["ts"] for n in range(3)]

    pages = [
        [each["text"] for each in answer["messages"]]
        for answer in client.conversations_history(channel=HOUSING, limit=2)
    ]
    later = client.conversations_history(channel=HOUSING, oldest=sent[0])["messages"]
    first = client.conversations_history(channel=HOUSING, latest=sent[0], inclusive=True)

    assert pages == [["2", "1"], ["0"]]
    assert [each["text"] for each in later] == ["2", "1"]
    assert [each["text"] for each in first["messages"]] == ["0"]


def test_history_needs_the_app_to_be_in_the_channel(client: WebClient):
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.conversations_history(channel=GENERAL)


def test_replies_are_the_parent_and_then_its_thread(client: WebClient):
    first = client.chat_postMessage(channel=HOUSING, text="first")
    client.chat_postMessage(channel=HOUSING, text="reply", thread_ts=first["ts"])

    thread = client.conversations_replies(channel=HOUSING, ts=first["ts"])["messages"]

    assert [each["text"] for each in thread] == ["first", "reply"]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        client.conversations_replies(channel=HOUSING, ts="1.000001")


def test_one_person_has_one_direct_message(client: WebClient):
    short = client.conversations_open(users=HARRY)["channel"]
    full = client.conversations_open(users=HARRY, return_im=True)["channel"]

    assert short["id"] == full["id"]
    assert full["user"] == HARRY


def test_several_people_have_one_direct_message_that_only_they_see(
    slack: LocalSlack, client: WebClient
):
    first = client.conversations_open(users=[HANNAH, HARRY])["channel"]["id"]
    again = client.conversations_open(users=[HARRY, HANNAH])["channel"]["id"]

    client.chat_postMessage(channel=first, text="To both of you")
    listed = client.conversations_list(types="mpim")["channels"]
    assert first == again
    assert [(each["id"], each["is_mpim"]) for each in listed] == [(first, True)]
    assert [slack.workspace.can_read(each, first) for each in (HANNAH, EXTERNAL)] == [True, False]


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U0NOBODY", "user_not_found"),
        (f"{HANNAH},U0NOBODY", "user_not_found"),
        (
            "U0HANNAH,U0HARRY,U0PRIYA,U0PAVEL,U0WILL,U0MAYA,U0ANALYST,U0TDA,U0GUEST",
            "too_many_users",
        ),
    ],
)
def test_a_direct_message_needs_a_person(client: WebClient, users: str, error: str):
    with pytest.raises(SlackApiError, match=error):
        client.conversations_open(users=users)


def test_a_wrong_cursor_or_limit_is_refused(client: WebClient):
    for wrong in ({"cursor": "nonsense"}, {"limit": "many"}):
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            client.api_call("conversations.list", params=wrong)
