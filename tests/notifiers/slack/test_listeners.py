"""What people press, submit and type, from Slack's request to Slack's API."""

import json

import pytest
from slack_bolt import BoltRequest

from commands.forms import Origin
from commands.reception import UNAVAILABLE
from compliance import life
from compliance.card import Button, Press
from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.request import Verb
from notifiers.slack import app as slack
from notifiers.slack import modals
from notifiers.slack.listeners import Listeners
from tests.builders import ID, PACK_ARN, at, change, move
from tests.notifiers.slack.reading import live, seen
from tests.notifiers.slack.workspace import HOME, user

CHANNEL = "C0HOUSING"


def dispatch(app, body):
    """Hand Slack's request to the app; Socket Mode carries the same bodies."""
    request = BoltRequest(body=body, mode="socket_mode")
    answer = app.dispatch(request)
    # Bolt runs a listener in a thread of its own and answers at the acknowledgement.
    app.listener_runner.listener_executor.shutdown(wait=True)
    return answer


def press(app, action, finding=ID, by="U0HANNAH", team=HOME, **more):
    return dispatch(
        app,
        {
            "type": "block_actions",
            "user": {"id": by, "team_id": team},
            "team": {"id": HOME},
            "trigger_id": "t-1",
            "container": {"type": "message", "channel_id": CHANNEL},
            "channel": {"id": CHANNEL},
            "actions": [{"type": "button", "action_id": action, "value": finding}],
            **more,
        },
    )


def origin(button, finding=ID, minute=0, verb=None):
    return Origin(Press(Button(button), finding, verb), at(minute)).dump()


def submit(app, asked, by="U0HANNAH", values=None, channel=CHANNEL):
    """Send the form that has the origin *asked*, or the form of that button about the finding."""
    kept = asked if asked.startswith("[") else origin(asked)
    view = {
        "type": "modal",
        "callback_id": modals.FORM,
        "private_metadata": json.dumps({"origin": kept, "channel": channel}),
        "state": {"values": values or {}},
    }
    body = {"type": "view_submission", "user": {"id": by, "team_id": HOME}, "view": view}
    return dispatch(app, {**body, "team": {"id": HOME}})


def command(app, workspace, text, by="U0HANNAH", channel=CHANNEL):
    """Type ``/compliance text``; return what was answered through the response URL."""
    dispatch(
        app,
        {
            "command": "/compliance",
            "text": text,
            "user_id": by,
            "team_id": HOME,
            "channel_id": channel,
            "channel_name": "directmessage",
            "trigger_id": "t-1",
            "response_url": f"{workspace.url}respond",
        },
    )
    return workspace.called("respond")


def entered(reason="The public website's pictures.", expires="2026-12-01", chosen="accepted risk"):
    return {
        "exception_class": {"input": {"selected_option": {"value": chosen}}},
        "reason": {"input": {"value": reason}},
        "ticket": {"input": {"value": None}},
        "expires": {"input": {"selected_date": expires}},
    }


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


def refusal(workspace):
    """Return what stands in place of a form, or is said where Slack opens none."""
    [opening] = workspace.called("views.open")
    assert "submit" not in opening["view"]
    answers = workspace.called("chat.postEphemeral")
    return seen(answers[-1]["blocks"] if answers else opening["view"]["blocks"])


def state(context, finding=ID):
    return context.ledger.find(finding).state


def test_remediate_opens_a_confirmation_that_shows_the_impact_and_starts_nothing(
    app, opened, workspace
):
    assert press(app, "remediate").status == 200

    [opening] = workspace.called("views.open")
    shown = json.dumps(opening["view"])
    assert "turns all four blocks on" in shown
    assert state(opened) is State.OPEN


def test_the_confirmation_remediates_in_the_pressers_name(app, opened, workspace):
    submit(app, "remediate")

    assert opened.ledger.find(ID).actor == "slack:U0HANNAH"
    assert workspace.heard() == ["Approved. The card shows each step."]


@pytest.mark.parametrize("action", ["remediate", "ignore", "agree", "withdraw"])
@pytest.mark.parametrize(
    ("flags", "team"),
    [({"is_restricted": True}, HOME), ({}, "T0OTHER"), ({"deleted": True}, HOME)],
    ids=["guest", "external", "deactivated"],
)
def test_nobody_but_members_can_press_anything(
    app, opened, workspace, reports, action, flags, team
):
    workspace.users["U0HANNAH"] = user("U0HANNAH", **flags)

    press(app, action, team=team)

    assert state(opened) is State.OPEN
    assert "Nothing was changed" in refusal(workspace)
    assert reports.history(ID)[-1]["action"] == f"{action} refused"


@pytest.mark.parametrize("opens", [True, False], ids=["in the confirmation", "in words"])
def test_a_denial_names_the_finding_and_who_could(app, opened, workspace, opens):
    if not opens:
        workspace.refuse("views.open", "expired_trigger_id")

    press(app, "remediate", by="U0NOBODY")

    words = refusal(workspace)
    assert words.startswith(f"{ID}: Only the approvers of team housing")
    assert words.endswith("Ask one of: @S0SECURITY, @U0HANNAH, @U0HARRY.")
    answers = workspace.called("chat.postEphemeral")
    assert [each["user"] for each in answers] == [] if opens else ["U0NOBODY"]


@pytest.mark.parametrize(
    ("arn", "steps", "told"),
    [
        ("", [life.start], "running already"),
        (PACK_ARN, [], "An AWS service owns this rule"),
    ],
    ids=["running", "owned by AWS"],
)
def test_what_cannot_be_remediated_says_why_instead_of_a_form(
    app, context, workspace, arn, steps, told
):
    context.ledger.record([change(rule_arn=arn)])
    if steps:
        move(context.ledger, life.ask, actor="slack:U0HARRY", needed=0)
    for step in steps:
        move(context.ledger, step)

    press(app, "remediate")

    assert told in refusal(workspace)


@pytest.fixture
def asked(context):
    """Hannah has asked for a remediation that one other person has to agree to."""
    context.ledger.record([change()])
    move(context.ledger, life.ask, actor="slack:U0HANNAH", needed=1)
    return context


@pytest.mark.parametrize("action", ["agree", "agree remediate"], ids=["first version", "verb"])
def test_agree_opens_a_confirmation_with_the_same_consequences(app, asked, workspace, action):
    press(app, action, by="U0HARRY")

    [opening] = workspace.called("views.open")
    assert "turns all four blocks on" in json.dumps(opening["view"])
    assert state(asked) is State.APPROVAL_PENDING


@pytest.mark.parametrize(
    ("button", "after"), [("agree", State.APPROVED), ("withdraw", State.OPEN)], ids=str
)
def test_a_second_person_agrees_or_withdraws_by_a_confirmation(
    app, asked, workspace, button, after
):
    submit(app, origin(button, verb=Verb.REMEDIATE), by="U0HARRY")

    assert state(asked) is after


def test_a_button_names_the_request_that_it_is_about(app, asked, workspace):
    move(asked.ledger, life.ask, actor="slack:U0HANNAH", needed=1, verb="except")

    press(app, "withdraw except", f"{ID} except")

    [opening] = workspace.called("views.open")
    assert "The exception will not be carried out." in json.dumps(opening["view"])


def test_ignore_opens_a_form_with_every_field(app, opened, workspace):
    press(app, "ignore")

    [opening] = workspace.called("views.open")
    fields = [block["block_id"] for block in opening["view"]["blocks"] if "block_id" in block]
    assert fields == ["exception_class", "reason", "control", "ticket", "expires"]


def test_the_form_records_the_exception(app, opened, workspace):
    submit(app, "ignore", values=entered())

    assert state(opened) is State.EXCEPTED
    assert workspace.heard() == ["Recorded in the allowlist until the end of 1 December 2026."]


def test_a_form_that_is_not_complete_stays_open_with_the_fault_beside_its_field(app, opened):
    answer = submit(app, "ignore", values=entered(reason="no", expires=None, chosen=""))

    told = json.loads(answer.body)
    assert told["response_action"] == "errors"
    assert set(told["errors"]) == {"exception_class", "reason", "expires"}


def test_an_allowlist_that_cannot_be_written_is_told(app, opened, workspace, tmp_path):
    (tmp_path / "allowlist.yaml").write_text("exceptions: [oops")

    submit(app, "ignore", values=entered())

    assert "the allowlist could not be written" in workspace.heard()[0]


def test_an_answer_reaches_its_person_where_the_bot_is_not_in_the_channel(app, opened, workspace):
    workspace.refuse("chat.postEphemeral", "channel_not_found")

    submit(app, "remediate", channel="D0ELSEWHERE")

    [direct] = workspace.called("chat.postMessage")
    assert (direct["channel"], "Approved" in direct["text"]) == ("U0HANNAH", True)


def test_a_form_that_came_too_late_is_told(app, opened, workspace):
    workspace.refuse("views.open", "expired_trigger_id")

    press(app, "remediate")

    assert "press again" in workspace.heard()[0].lower()


def test_a_command_without_bot_in_the_channel_still_decides(app, opened, workspace):
    command(app, workspace, f"remediate {ID}", channel="D0DIRECT")

    assert len(workspace.called("views.open")) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("status", "1 finding: 1 open"),
        ("findings", "repairs-photos"),
        (f"show {ID}", "repairs-photos can be read by anybody"),
        (f"explain {ID}", "went to team housing because its account"),
        (f"history {ID}", "found it non-compliant"),
        ("rules", "Rule catalogue"),
        ("help", "/compliance remediate F-…"),
        ("statsu", "Did you mean status?"),
        ("status team:housng", "Did you mean team:housing?"),
        ("findings account:111122223334", "Did you mean account:111122223333?"),
        ("digest", "The digest covers all teams"),
    ],
)
def test_a_command_is_answered_privately_and_in_words_for_screen_readers(
    app, opened, workspace, text, told
):
    [answer] = command(app, workspace, text)

    assert answer["response_type"] == "ephemeral"
    assert told in answer["text"]
    assert answer["blocks"]


def test_the_tda_reads_the_digest_in_its_own_channel(app, opened, workspace):
    [answer] = command(app, workspace, "digest", by="U0NOBODY", channel="C0TDA")

    assert "Weekly compliance digest" in json.dumps(answer["blocks"])


@pytest.mark.parametrize("text", ["status", "rules", "findings", f"show {ID}"])
def test_a_guest_is_told_nothing(app, opened, workspace, text):
    workspace.users["U0GUEST"] = user("U0GUEST", is_restricted=True)

    [answer] = command(app, workspace, text, by="U0GUEST")

    assert "guests" in answer["text"]


def test_a_press_while_slack_cannot_say_who_it_was_changes_nothing(app, opened, workspace):
    workspace.refuse("users.info", "ratelimited", 429)

    submit(app, "remediate")

    assert state(opened) is State.OPEN
    assert "did not confirm who you are" in workspace.heard()[0]


def test_a_hostile_name_pings_nobody(app, context, workspace):
    context.ledger.record([change(resource="<!channel> & *bold*")])
    [finding] = context.ledger.each([State.OPEN])

    [answer] = command(app, workspace, f"show {finding.id}")

    assert "&lt;!channel&gt; &amp; *bold*" in answer["text"]
    assert "<!channel> & *bold*" in seen(answer["blocks"])
    assert {each["type"] for each in live(answer["blocks"])} == {"date", "link"}


def test_a_finding_that_nobody_knows_is_named(app, workspace, context):
    press(app, "remediate", finding="F-00000")

    assert "F-00000 is not a finding" in refusal(workspace)


def test_whoever_waits_for_an_answer_gets_one_when_the_ledger_fails(app, opened, workspace):
    with opened.ledger.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE findings")

    press(app, "agree")

    assert workspace.heard() == [UNAVAILABLE]


@pytest.mark.parametrize(
    ("who", "words"),
    [("U0HANNAH", ID), ("U0NOBODY", "You are not an approver")],
    ids=["an approver", "somebody else"],
)
def test_home_shows_each_person_their_own_open_work(app, opened, workspace, who, words):
    event = {"type": "app_home_opened", "user": who, "tab": "home", "channel": "D1"}

    dispatch(app, {"type": "event_callback", "team_id": HOME, "event": event})

    [published] = workspace.called("views.publish")
    assert published["user_id"] == who
    assert words in json.dumps(published["view"])


def test_a_decision_in_the_home_tab_is_seen_there(app, opened, workspace):
    submit(app, "remediate", channel="")

    assert workspace.heard("chat.postMessage") == ["Approved. The card shows each step."]
    assert "approved" in json.dumps(workspace.called("views.publish")[-1]["view"])


def test_an_answer_that_slack_refuses_comes_again_in_words_privately(app, opened, workspace):
    workspace.refuse("respond", "invalid_blocks", status=400)

    command(app, workspace, "status")

    [told] = workspace.called("chat.postEphemeral")
    assert (told["user"], told["channel"]) == ("U0HANNAH", CHANNEL)
    assert "1 finding: 1 open" in told["text"]
    assert [block["type"] for block in told["blocks"]] == ["rich_text"]


def test_a_private_answer_whose_blocks_slack_refuses_comes_again_in_words(app, opened, workspace):
    workspace.refuse("chat.postEphemeral", "msg_blocks_too_long")

    submit(app, "remediate")

    assert len(workspace.called("chat.postEphemeral")) == 2
    assert workspace.called("chat.postMessage") == []


def test_each_press_says_which_card_it_was_made_on(client, reception, people, opened):
    pressed = []
    listeners = Listeners(reception, people, lambda *where: pressed.append(where))
    shown = {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1"}

    reply = {**shown, "message_ts": "2.2", "thread_ts": "1.1"}
    for container in (shown, reply, {**shown, "is_ephemeral": True}, {"type": "view"}):
        press(slack.build(client, "", listeners), "remediate", container=container)

    assert pressed == [(ID, Message(Channel("slack", CHANNEL), "1.1"))]
