"""What people write to the bot, the buttons that ask on, and lists as files."""

import json
from dataclasses import replace

import pytest

from compliance.channel import Channel
from compliance.finding import State
from tests.builders import ID, change
from tests.notifiers.slack.test_listeners import CHANNEL, command, dispatch
from tests.notifiers.slack.workspace import HOME, user

BOT = "U0BOT"


@pytest.fixture
def context(context):
    """Housing reads a second channel, which teams.yaml has by its name."""
    housing, *others = context.teams.ordered
    channels = (*housing.channels, Channel("slack", "#housing"))
    ordered = (replace(housing, channels=channels), *others)
    return replace(context, teams=replace(context.teams, ordered=ordered))


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


def say(app, text, by="U0HANNAH", channel=CHANNEL, **event):
    """Write a message that mentions the bot, or that is sent to it directly."""
    is_direct = channel.startswith("D")
    said = {
        "type": "message" if is_direct else "app_mention",
        "user": by,
        "text": text if is_direct else f"<@{BOT}> {text}",
        "channel": channel,
        "ts": "17.1",
        **({"channel_type": "im"} if is_direct else {}),
        **event,
    }
    return dispatch(app, {"type": "event_callback", "team_id": HOME, "event": said})


def ask(app, text, action="ask 1", by="U0HANNAH", **more):
    body = {
        "type": "block_actions",
        "user": {"id": by, "team_id": HOME},
        "team": {"id": HOME},
        "trigger_id": "t-1",
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "channel_id": CHANNEL, "is_ephemeral": True},
        "actions": [{"type": "button", "action_id": action, "value": text}],
        **more,
    }
    return dispatch(app, body)


@pytest.mark.parametrize(
    "text", ["status", "findings", f"show {ID}", "show photos", "help", "hepl"]
)
def test_a_mention_and_a_direct_message_are_answered_as_the_command_is(
    app, opened, workspace, text
):
    [answer] = command(app, workspace, text)

    say(app, text)
    say(app, text, channel="D0HANNAH")

    [mentioned] = workspace.called("chat.postEphemeral")
    [written] = workspace.called("chat.postMessage")
    assert mentioned["blocks"] == written["blocks"] == answer["blocks"]
    assert (mentioned["user"], mentioned["channel"]) == ("U0HANNAH", CHANNEL)
    assert written["channel"] == "U0HANNAH"


def test_a_mention_in_a_channel_that_is_configured_by_its_name_is_that_teams(
    app, opened, workspace
):
    workspace.conversations_info = lambda asked: {"channel": {"name": "housing"}}

    say(app, "findings", by="U0NOBODY", channel="C0ANY")

    [answer] = workspace.called("chat.postEphemeral")
    assert "repairs-photos" in answer["text"]


def test_a_mention_in_a_thread_is_answered_there_to_its_writer_alone(app, opened, workspace):
    say(app, "status", thread_ts="16.5")

    [answer] = workspace.called("chat.postEphemeral")
    assert answer["thread_ts"] == "16.5"


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B0BOT", "user": BOT},
        {"bot_id": "B0OTHER"},
        {"subtype": "message_changed", "message": {"text": "status"}},
        {"subtype": "file_share"},
        {"user": None},
    ],
    ids=["its own", "another bot's", "an edit", "a file", "nobody's"],
)
@pytest.mark.parametrize("channel", [CHANNEL, "D0HANNAH"])
def test_the_bot_answers_people_alone_and_never_itself(app, opened, workspace, event, channel):
    say(app, "status", channel=channel, **event)

    assert [name for name, _ in workspace.calls if name.startswith("chat.")] == []


def test_what_is_said_in_a_channel_without_a_mention_is_not_answered(app, opened, workspace):
    say(app, "status", type="message", channel_type="channel")

    assert workspace.called("chat.postEphemeral") == []


def test_a_guest_who_writes_is_told_nothing(app, opened, workspace):
    workspace.users["U0GUEST"] = user("U0GUEST", is_restricted=True)

    say(app, "findings", by="U0GUEST", channel="D0GUEST")

    [answer] = workspace.called("chat.postMessage")
    assert "guests" in answer["text"]
    assert "repairs-photos" not in json.dumps(answer)


def test_a_decision_that_was_written_opens_its_form_by_a_press(app, opened, workspace):
    say(app, "remediate photos")
    [offer] = workspace.called("chat.postEphemeral")
    [button] = offer["blocks"][-1]["elements"]

    ask(app, button["value"], button["action_id"])

    assert len(workspace.called("views.open")) == 1
    assert opened.ledger.find(ID).state is State.OPEN


def test_a_page_takes_the_place_of_the_one_before(app, context, workspace):
    context.ledger.record([change(resource=f"b-{each:02}") for each in range(12)])
    [first] = command(app, workspace, "findings")
    row = first["blocks"][-1]["elements"]
    [later] = [each for each in row if each["action_id"].startswith("turn")]

    ask(app, later["value"], later["action_id"], response_url=f"{workspace.url}respond")

    second = workspace.called("respond")[-1]
    assert second["replace_original"] is True
    assert "page 2 of 2" in second["text"]


def test_an_id_of_a_list_opens_its_finding(app, opened, workspace):
    [listed] = command(app, workspace, "findings")
    [button] = [
        each
        for block in listed["blocks"]
        for each in block.get("elements", ())
        if each.get("value") == f"show {ID}"
    ]

    ask(app, button["value"], button["action_id"])

    [shown] = workspace.called("chat.postEphemeral")
    assert "can be read by anybody" in json.dumps(shown["blocks"])
    assert button["accessibility_label"] == "Show repairs-photos"


def test_a_list_as_a_file_comes_to_its_asker_directly(app, opened, workspace):
    [answer] = command(app, workspace, "findings csv")

    [done] = workspace.called("files.completeUploadExternal")
    assert done["channel_id"] == "D0HANNAH"
    assert "findings-2026-11-02.csv is in your direct messages" in answer["text"]
    assert b"repairs-photos" in workspace.uploaded


def test_without_the_scope_for_files_the_answer_says_what_is_missing(app, opened, workspace):
    workspace.refuse("files.getUploadURLExternal", "missing_scope")

    [answer] = command(app, workspace, "findings csv")

    assert "files:write" in answer["text"]
