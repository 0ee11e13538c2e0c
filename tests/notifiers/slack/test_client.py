"""What the bot sends to Slack, and Slack's refusals in the words of every chat product."""

import json
import socket
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest

from compliance.card import Departed, card_of
from compliance.channel import Channel, Message
from compliance.group import gather
from notifiers.chat import (
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
    Post,
)
from notifiers.slack.client import SlackChat, connect
from tests.builders import RULE, at, finding, rule
from tests.notifiers.slack.reading import seen

CARD = card_of(finding(), {RULE: rule()}, {})
HOUSING = Channel("slack", "C0HOUSING")
MESSAGE = Message(HOUSING, "1700000000.000100")
POST = Post("p1", (finding().id,))


def post(chat):
    return chat.post(HOUSING, CARD, POST)


def test_a_card_is_posted_with_blocks_and_words_and_without_previews(chat, workspace):
    message = post(chat)

    [sent] = workspace.called("chat.postMessage")
    assert message.channel == HOUSING
    assert sent["blocks"]
    assert finding().id in sent["text"]
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


def test_a_post_carries_our_id_and_its_findings(chat, workspace):
    post(chat)

    [sent] = workspace.called("chat.postMessage")
    assert sent["metadata"]["event_payload"] == {"post": "p1", "findings": [finding().id]}


def test_a_post_is_found_by_our_id_alone(chat, workspace):
    def message(ts, post_id, event_type="compliance_post"):
        return {
            "ts": ts,
            "metadata": {"event_type": event_type, "event_payload": {"post": post_id}},
        }

    workspace.history = [
        message("3.0", "p1"), message("2.0", "p2"), {"ts": "1.5"}, message("1.0", "p1", "other"),
    ]  # fmt: skip

    assert chat.find(HOUSING, "p1", at(0)) == (Message(HOUSING, "3.0"),)
    [asked] = workspace.called("conversations.history")
    assert float(asked["oldest"]) < at(0).timestamp()


def test_a_history_that_may_not_be_read_says_so(chat, workspace):
    workspace.refuse("conversations.history", "missing_scope")

    with pytest.raises(ChatRefusedError, match="slack-manifest"):
        chat.find(HOUSING, "p1", at(0))


def test_a_second_message_becomes_a_pointer_without_buttons(chat, workspace):
    chat.point(Message(HOUSING, "2.0"), MESSAGE)

    [sent] = workspace.called("chat.update")
    assert (sent["ts"], [block["type"] for block in sent["blocks"]]) == ("2.0", ["rich_text"])
    assert "https://council.slack.com/archives/C0HOUSING/p1" in sent["text"]


def test_a_card_is_brought_up_to_date_where_it_stands(chat, workspace):
    chat.replace(MESSAGE, CARD)

    [sent] = workspace.called("chat.update")
    assert (sent["channel"], sent["ts"]) == (HOUSING.id, MESSAGE.id)


def test_what_another_team_has_now_keeps_no_fact_and_no_button(chat, workspace):
    chat.replace(MESSAGE, Departed())

    [sent] = workspace.called("chat.update")
    assert [block["type"] for block in sent["blocks"]] == ["rich_text"]


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"Retry_After": "7"}, 7), ({}, 1), ({"Retry_After": "soon"}, 1)],
    ids=["seconds", "none", "odd"],
)
def test_a_rate_limit_is_a_pause_as_long_as_slack_says(chat, workspace, headers, pause):
    workspace.refuse("chat.postMessage", "ratelimited", 429, **headers)

    with pytest.raises(ChatBusyError) as raised:
        post(chat)

    assert raised.value.pause == timedelta(seconds=pause)
    assert not raised.value.everywhere


def test_a_rate_limit_of_updates_is_for_all_channels(chat, workspace):
    workspace.refuse("chat.update", "ratelimited", 429, Retry_After="7")

    with pytest.raises(ChatBusyError) as raised:
        chat.replace(MESSAGE, CARD)

    assert raised.value.everywhere


OUTAGES = [
    (503, "<html>down</html>"),
    (500, '{"ok": false, "error": "fatal_error"}'),
    (200, '{"ok": false, "error": "fatal_error"}'),
    (200, "<html>proxy</html>"),
]


@pytest.mark.parametrize(("status", "body"), OUTAGES)
def test_a_post_to_which_slack_gives_no_answer_is_in_doubt(chat, workspace, status, body):
    workspace.refuse("chat.postMessage", status=status, body=body)

    with pytest.raises(InDoubtError):
        post(chat)


@pytest.mark.parametrize(("status", "body"), OUTAGES)
def test_an_update_to_which_slack_gives_no_answer_is_repeated(chat, workspace, status, body):
    workspace.refuse("chat.update", status=status, body=body)

    with pytest.raises(ChatBusyError):
        chat.replace(MESSAGE, CARD)


def test_a_post_whose_connection_breaks_is_not_repeated():
    with socket.create_server(("127.0.0.1", 0)) as server:
        chat = SlackChat(connect("xoxb-test", f"http://127.0.0.1:{server.getsockname()[1]}/api/"))
        accepted = []

        def hang_up():
            # The end of the test closes the server, which ends this too.
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    accepted.append(connection.recv(100))
                    connection.close()

        Thread(target=hang_up, daemon=True).start()

        with pytest.raises(InDoubtError):
            post(chat)

    assert len(accepted) == 1


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "missing_scope"])
def test_a_refusal_of_the_token_says_what_to_do(chat, workspace, error):
    workspace.refuse("chat.postMessage", error)

    with pytest.raises(ChatRefusedError) as raised:
        post(chat)

    assert raised.value.problem == error
    assert raised.value.remedy
    assert len(workspace.called("chat.postMessage")) == 1


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "of_next_year"])
def test_a_card_that_slack_does_not_take_comes_in_words_whatever_the_reason(chat, workspace, error):
    workspace.refuse("chat.postMessage", error, times=2)

    post(chat)

    *_, sent = workspace.called("chat.postMessage")
    assert [each["type"] for each in sent["blocks"]] == ["rich_text"]
    assert finding().id in seen(sent["blocks"])


def types(sent):
    return {each["type"] for each in sent["blocks"]}


def without(workspace, *details):
    """Let the workspace refuse the next message, for these reasons in Slack's own words."""
    body = {"ok": False, "error": "invalid_blocks"}
    metadata = {"response_metadata": {"messages": [*details]}} if details else {}
    workspace.refuse("chat.postMessage", body=json.dumps({**body, **metadata}))


@pytest.mark.parametrize(
    "details",
    [(), ("[ERROR] unsupported type: container [json-pointer:/blocks/3/type]",)],
    ids=["without a reason", "by its name"],
)
def test_a_type_of_block_that_a_workspace_refused_once_is_not_sent_there_again(
    chat, workspace, details, caplog
):
    without(workspace, *details)

    post(chat)
    post(chat)

    refused, plainer, next_one = workspace.called("chat.postMessage")
    assert "container" in types(refused)
    for sent in (plainer, next_one):
        assert "container" not in types(sent)
        [menu] = [each for each in sent["blocks"][2]["elements"] if each["type"] == "overflow"]
        assert f"details {finding().id}" in [each["value"] for each in menu["options"]]
    assert "plainer ones were sent" in caplog.text


def test_a_kind_of_cell_that_a_workspace_refuses_is_its_tables_fault(chat, workspace):
    many = gather([finding(resource=each) for each in ("a", "b")], {RULE: rule()}, {})
    without(workspace, "[ERROR] unsupported type: action [json-pointer:/blocks/2/rows/1/1/type]")

    for name in ("one", "two"):
        chat.post(HOUSING, many, Post(name))

    *_, next_one = workspace.called("chat.postMessage")
    assert "data_table" not in types(next_one)
    assert "container" in types(next_one)


def test_a_refusal_of_one_cards_words_says_nothing_of_the_workspace(chat, workspace):
    without(workspace, "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text]")

    post(chat)
    post(chat)

    *_, next_one = workspace.called("chat.postMessage")
    assert "container" in types(next_one)


def test_a_card_that_slack_does_not_take_at_all_is_the_cards_fault_and_not_the_channels(
    chat, workspace
):
    workspace.refuse("chat.postMessage", "invalid_blocks", times=3)

    with pytest.raises(ContentRefusedError):
        post(chat)


def test_a_message_that_somebody_deleted_is_gone(chat, workspace):
    workspace.refuse("chat.update", "message_not_found")

    with pytest.raises(MessageGoneError):
        chat.replace(MESSAGE, CARD)


@pytest.mark.parametrize(
    "error", ["is_archived", "channel_not_found", "not_in_channel", "restricted_action"]
)
def test_a_channel_that_takes_nothing_is_closed(chat, workspace, error):
    workspace.refuse("chat.update", error)

    with pytest.raises(ChannelClosedError) as raised:
        chat.replace(MESSAGE, CARD)

    assert raised.value.remedy


def test_a_slack_out_of_reach_is_told_and_nothing_is_in_doubt():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gone = SlackChat(connect("xoxb-test", f"http://127.0.0.1:{unused.getsockname()[1]}"))

        with pytest.raises(ChatRefusedError, match="out of reach"):
            post(gone)


def test_whether_slack_can_be_used_is_told_for_readiness(chat, workspace):
    assert chat.problem() == ""

    workspace.refuse("auth.test", "invalid_auth")

    assert chat.problem() == "invalid_auth"


def test_a_slack_that_asks_for_patience_is_in_reach(chat, workspace):
    workspace.refuse("auth.test", "ratelimited", status=429)

    assert chat.problem() == ""


def test_an_answer_to_a_person_waits_until_slack_takes_it(workspace):
    workspace.refuse("chat.postEphemeral", "ratelimited", 429, **{"Retry-After": "0"})

    patient = connect("xoxb-test", workspace.url, rate_limit_retries=1)
    patient.chat_postEphemeral(channel="C0HOUSING", user="U0HANNAH", text="Approved.")

    assert workspace.heard() == ["Approved.", "Approved."]
