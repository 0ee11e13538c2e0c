"""What people press and submit about all findings of one message."""

import json
from datetime import timedelta
from functools import partial

import pytest

from commands.bulk import Bulk
from commands.forms import Origin
from compliance.card import Button, Press
from compliance.finding import State
from compliance.gathering import content_of_message
from compliance.request import Verb
from ledger.closed import ClosedChannels
from ledger.messages import Messages
from notifiers.courier import Courier
from notifiers.slack import group
from notifiers.troubles import Troubles
from tests.builders import PAIRED_RULE, change, member
from tests.notifiers.slack import test_listeners as listeners
from tests.notifiers.slack.test_listeners import CHANNEL, dispatch, entered, press
from tests.notifiers.slack.workspace import HOME, user

NUMBER = 25


def posted(context, clock, chat, workspace, **named):
    """Post a group's card; return the id that its buttons carry."""
    context.ledger.record([change(resource=f"bucket-{each}", **named) for each in range(NUMBER)])
    messages = Messages(context.ledger.engine, context.teams, clock, timedelta())
    content = partial(content_of_message, catalogue=context.catalogue, accounts={})
    chats = {"slack": chat}
    troubles = Troubles(chats, context.teams, ClosedChannels(context.ledger.engine, clock))
    Courier(messages, content, chats, troubles, start=lambda work: work()).round()
    [sent] = workspace.called("chat.postMessage")
    [actions] = [block for block in sent["blocks"] if block["type"] == "actions"]
    return actions["elements"][0]["value"]


@pytest.fixture
def one(context, clock, chat, workspace):
    return posted(context, clock, chat, workspace)


def submit(app, button, finding, values=None, by="U0HANNAH", verb=None):
    return listeners.submit(app, listeners.origin(button, finding, verb=verb), by, values)


def listed(app, workspace, value, action="list", by="U0NOBODY", is_ephemeral=False):
    """Press for a page of the list; return what was answered where it was pressed."""
    container = {"type": "message", "channel_id": CHANNEL, "is_ephemeral": is_ephemeral}
    url = f"{workspace.url}respond"
    press(app, action, value, by=by, container=container, response_url=url)
    return workspace.called("respond")[-1]


def states(context):
    return {each.state for each in context.ledger.each(State)}


def test_the_list_is_shown_to_the_presser_alone_and_leaves_the_card(app, workspace, one):
    answer = listed(app, workspace, one)

    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert "25 findings, page 1 of 3" in answer["text"]
    rows = [each for each in answer["blocks"] if each["type"] == "actions"]
    assert [row["elements"][1]["action_id"] for row in rows[:10]] == ["remediate"] * 10


def test_a_page_that_is_turned_takes_the_place_of_the_one_before(app, workspace, one):
    answer = listed(app, workspace, f"{one} 1", group.NEXT, is_ephemeral=True)

    assert answer["replace_original"] is True
    assert "page 2 of 3" in answer["text"]
    assert group.PREVIOUS in json.dumps(answer["blocks"])


def test_a_guest_sees_no_list(app, workspace, one, reports):
    workspace.users["U0GUEST"] = user("U0GUEST", is_restricted=True)

    answer = listed(app, workspace, one, by="U0GUEST")

    assert "guests" in answer["text"]
    assert reports.history(one)[-1]["action"] == "list refused"


@pytest.mark.parametrize("action", ["remediate-all", "ignore-all"])
def test_a_press_opens_a_form_that_says_how_many_and_decides_nothing(
    app, context, workspace, one, action
):
    press(app, action, one)

    [opening] = workspace.called("views.open")
    assert "25 findings" in json.dumps(opening["view"])
    assert states(context) == {State.OPEN}


@pytest.mark.parametrize("action", ["remediate-all", "ignore-all", "agree-all"])
def test_whoever_may_not_decide_is_told_who_could(app, context, workspace, one, action):
    press(app, action, one, by="U0NOBODY")

    assert "@U0HANNAH" in listeners.refusal(workspace)
    assert states(context) == {State.OPEN}


def test_the_confirmation_remediates_all(app, context, workspace, one):
    submit(app, "remediate-all", one)

    assert states(context) == {State.APPROVED}
    assert workspace.heard() == ["25 findings: Approved. The card shows each step."]


def test_the_form_records_an_exception_for_all(app, context, workspace, one):
    submit(app, "ignore-all", one, entered())

    assert states(context) == {State.EXCEPTED}
    assert "25 findings: Recorded in the allowlist" in workspace.heard()[0]


def test_a_form_that_is_not_complete_stays_open(app, context, one):
    answer = submit(app, "ignore-all", one, entered(reason="no"))

    assert set(json.loads(answer.body)["errors"]) == {"reason"}
    assert states(context) == {State.OPEN}


def test_a_second_person_agrees_to_all_by_a_confirmation(
    app, context, reports, clock, chat, workspace
):
    one = posted(context, clock, chat, workspace, rule=PAIRED_RULE)
    asked = Origin(Press(Button.REMEDIATE_ALL, one), clock())
    Bulk(context, member).remediate_all(asked, member())

    submit(app, "agree-all", one, by="U0HARRY", verb=Verb.REMEDIATE)

    assert states(context) == {State.APPROVED}


def test_one_of_a_group_is_shown_as_ever(app, workspace, one):
    body = {"command": "/compliance", "text": f"show {one}", "user_id": "U0HANNAH"}
    place = {"team_id": HOME, "channel_id": CHANNEL, "response_url": f"{workspace.url}respond"}

    dispatch(app, {**body, **place})

    [answer] = workspace.called("respond")
    assert f"Finding {one}" in answer["text"]
    assert '"action_id": "remediate"' in json.dumps(answer["blocks"])
