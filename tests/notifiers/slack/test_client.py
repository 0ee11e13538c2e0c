"""Slack's refusals in the courier's words."""

import socket
from datetime import timedelta

import pytest

from compliance.card import Departed, card_of
from ledger.cards import Posted
from notifiers.courier import (
    CardGoneError,
    CardRefusedError,
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
)
from notifiers.slack.client import SlackNotifier, connect
from tests.builders import RULE, finding, rule

CARD = card_of(finding(), {RULE: rule()}, {})
PLACE = Posted("C0HOUSING", "1700000000.000100")


def test_a_card_is_posted_with_blocks_and_words_and_without_previews(notifier, workspace):
    place = notifier.post("C0HOUSING", CARD)

    [sent] = workspace.called("chat.postMessage")
    assert place.channel == "C0HOUSING"
    assert sent["blocks"]
    assert finding().id in sent["text"]
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


def test_a_card_is_brought_up_to_date_where_it_stands(notifier, workspace):
    notifier.replace(PLACE, CARD)

    [sent] = workspace.called("chat.update")
    assert (sent["channel"], sent["ts"]) == (PLACE.channel, PLACE.message)


def test_what_another_team_has_now_keeps_no_fact_and_no_button(notifier, workspace):
    notifier.replace(PLACE, Departed())

    [sent] = workspace.called("chat.update")
    assert sent["text"] == "This finding is now with another team."
    assert [block["type"] for block in sent["blocks"]] == ["section"]


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"Retry_After": "7"}, 7), ({}, 1), ({"Retry_After": "soon"}, 1)],
    ids=["seconds", "none", "odd"],
)
def test_a_rate_limit_is_a_pause_as_long_as_slack_says(notifier, workspace, headers, pause):
    workspace.refuse("chat.postMessage", "ratelimited", 429, **headers)

    with pytest.raises(ChatBusyError) as raised:
        notifier.post("C0HOUSING", CARD)

    assert raised.value.pause == timedelta(seconds=pause)


@pytest.mark.parametrize("body", ["<html>down</html>", '{"ok": false, "error": "fatal_error"}'])
def test_an_outage_of_slack_is_a_pause_whatever_it_answers(notifier, workspace, body):
    workspace.refuse("chat.postMessage", status=503, body=body)

    with pytest.raises(ChatBusyError):
        notifier.post("C0HOUSING", CARD)


def test_a_page_that_is_not_slacks_is_told_as_such(notifier, workspace):
    workspace.refuse("chat.postMessage", body="<html>proxy</html>")

    with pytest.raises(ChatRefusedError):
        notifier.post("C0HOUSING", CARD)


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "invalid_auth", "odd_error"])
def test_a_refusal_names_slacks_own_word_and_what_to_do(notifier, workspace, error):
    workspace.refuse("chat.postMessage", error)

    with pytest.raises(ChatRefusedError) as raised:
        notifier.post("C0HOUSING", CARD)

    assert raised.value.problem == error
    assert bool(raised.value.remedy) is (error != "odd_error")


def test_a_card_whose_blocks_slack_does_not_take_is_told_in_words(notifier, workspace):
    workspace.refuse("chat.postMessage", "invalid_blocks")

    notifier.post("C0HOUSING", CARD)

    _, sent = workspace.called("chat.postMessage")
    assert [each["type"] for each in sent["blocks"]] == ["section"]
    assert finding().id in sent["blocks"][0]["text"]["text"]


def test_a_card_that_slack_does_not_take_at_all_is_the_cards_fault_and_not_the_channels(
    notifier, workspace
):
    workspace.refuse("chat.postMessage", "invalid_blocks", times=2)

    with pytest.raises(CardRefusedError):
        notifier.post("C0HOUSING", CARD)


def test_a_message_that_somebody_deleted_is_gone(notifier, workspace):
    workspace.refuse("chat.update", "message_not_found")

    with pytest.raises(CardGoneError):
        notifier.replace(PLACE, CARD)


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "not_in_channel"])
def test_a_channel_that_takes_nothing_is_closed(notifier, workspace, error):
    workspace.refuse("chat.update", error)

    with pytest.raises(ChannelClosedError):
        notifier.replace(PLACE, CARD)


def test_a_slack_out_of_reach_is_told():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gone = SlackNotifier(connect("xoxb-test", f"http://127.0.0.1:{unused.getsockname()[1]}"))

        with pytest.raises(ChatRefusedError, match="out of reach"):
            gone.post("C0HOUSING", CARD)


def test_whether_slack_can_be_used_is_told_for_readiness(notifier, workspace):
    assert notifier.problem() == ""

    workspace.refuse("auth.test", "invalid_auth")

    assert notifier.problem() == "SlackApiError"


def test_an_answer_to_a_person_waits_until_slack_takes_it(workspace):
    workspace.refuse("chat.postEphemeral", "ratelimited", 429, **{"Retry-After": "0"})

    patient = connect("xoxb-test", workspace.url, rate_limit_retries=1)
    patient.chat_postEphemeral(channel="C0HOUSING", user="U0HANNAH", text="Approved.")

    assert workspace.heard() == ["Approved.", "Approved."]
