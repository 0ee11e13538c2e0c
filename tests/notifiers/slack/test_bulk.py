"""What people press and submit about all findings of one message."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from ledger.cards import Cards

from commands.bulk import remediate_all
from compliance.finding import State
from compliance.group import draw
from notifiers.courier import Courier
from notifiers.slack import app as slack
from notifiers.slack import group, modals
from notifiers.slack.listeners import Listeners
from tests.builders import PAIRED_RULE, at, change, member
from tests.notifiers.slack.test_listeners import CHANNEL, dispatch, entered, press
from tests.notifiers.slack.workspace import HOME, user

NUMBER = 25


def posted(desk, clock, notifier, workspace, **named):
    """Post a group's card; return the id that its buttons carry."""
    desk.ledger.record([change(resource=f"bucket-{each}", **named) for each in range(NUMBER)])
    cards = Cards(desk.ledger.engine, clock, timedelta())
    face = partial(draw, catalogue=desk.catalogue, accounts={})
    Courier(cards, desk.teams.ordered, face, notifier, clock).round()
    [sent] = workspace.called("chat.postMessage")
    [actions] = [block for block in sent["blocks"] if block["type"] == "actions"]
    return actions["elements"][0]["value"]


@pytest.fixture
def one(desk, clock, notifier, workspace):
    return posted(desk, clock, notifier, workspace)


def submit(app, callback, finding, values=None):
    view = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": modals.Origin(finding, CHANNEL, at(0).isoformat()).dump(),
        "state": {"values": values or {}},
    }
    body = {"type": "view_submission", "user": {"id": "U0HANNAH", "team_id": HOME}, "view": view}
    return dispatch(app, {**body, "team": {"id": HOME}})


def listed(app, workspace, value, action="list", by="U0NOBODY", is_ephemeral=False):
    """Press for a page of the list; return what was answered where it was pressed."""
    container = {"type": "message", "channel_id": CHANNEL, "is_ephemeral": is_ephemeral}
    url = f"{workspace.url}respond"
    press(app, action, value, by=by, container=container, response_url=url)
    return workspace.called("respond")[-1]


def states(desk):
    return {each.state for each in desk.ledger.each(State)}


def test_the_list_is_shown_to_the_presser_alone_and_leaves_the_card(app, workspace, one):
    answer = listed(app, workspace, one)

    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert "25 findings, page 1 of 2" in answer["text"]


def test_a_page_that_is_turned_takes_the_place_of_the_one_before(app, workspace, one):
    answer = listed(app, workspace, f"{one} 1", group.NEXT, is_ephemeral=True)

    assert answer["replace_original"] is True
    assert "page 2 of 2" in answer["text"]
    assert group.PREVIOUS in json.dumps(answer["blocks"])


def test_a_guest_sees_no_list(app, workspace, one, reports):
    workspace.users["U0GUEST"] = user("U0GUEST", is_restricted=True)

    answer = listed(app, workspace, one, by="U0GUEST")

    assert "guests" in answer["text"]
    assert reports.history(one)[-1]["action"] == "list refused"


@pytest.mark.parametrize("action", ["remediate-all", "ignore-all"])
def test_a_press_opens_a_form_that_says_how_many_and_decides_nothing(
    app, desk, workspace, one, action
):
    press(app, action, one)

    [opening] = workspace.called("views.open")
    assert "25 findings" in json.dumps(opening["view"])
    assert states(desk) == {State.OPEN}


@pytest.mark.parametrize("action", ["remediate-all", "ignore-all", "agree-all"])
def test_whoever_may_not_decide_is_told_who_could(app, desk, workspace, one, action):
    press(app, action, one, by="U0NOBODY")

    assert workspace.called("views.open") == []
    assert "<@U0HANNAH>" in workspace.heard()[0]
    assert states(desk) == {State.OPEN}


def test_the_confirmation_remediates_all(app, desk, workspace, one):
    submit(app, group.REMEDIATE_ALL_FORM, one)

    assert states(desk) == {State.APPROVED}
    assert workspace.heard() == ["25 findings: Approved. The card shows each step."]


def test_the_form_records_an_exception_for_all(app, desk, workspace, one):
    submit(app, group.IGNORE_ALL_FORM, one, entered())

    assert states(desk) == {State.EXCEPTED}
    assert "25 findings: Recorded in the allowlist" in workspace.heard()[0]


def test_a_form_that_is_not_complete_stays_open(app, desk, one):
    answer = submit(app, group.IGNORE_ALL_FORM, one, entered(reason="no"))

    assert set(json.loads(answer.body)["errors"]) == {"reason"}
    assert states(desk) == {State.OPEN}


def test_a_second_person_agrees_to_all_by_a_press(app, desk, reports, clock, notifier, workspace):
    one = posted(desk, clock, notifier, workspace, rule=PAIRED_RULE)
    remediate_all(desk, reports, one, member(), clock())

    press(app, "agree-all", one, by="U0HARRY")

    assert states(desk) == {State.APPROVED}


def test_one_of_a_group_is_shown_as_ever(app, workspace, one):
    body = {"command": "/compliance", "text": f"show {one}", "user_id": "U0HANNAH"}
    place = {"team_id": HOME, "channel_id": CHANNEL, "response_url": f"{workspace.url}respond"}

    dispatch(app, {**body, **place})

    [answer] = workspace.called("respond")
    assert f"Finding {one}" in answer["text"]
    assert '"action_id": "remediate"' in json.dumps(answer["blocks"])


def test_the_list_is_shown_in_a_channel_that_is_configured_by_its_name(
    desk, clock, notifier, workspace, client, reports, people
):
    housing = replace(desk.teams["housing"], channel="#housing")
    teams = replace(desk.teams, ordered=(housing, *desk.teams.ordered[1:]))
    named = replace(desk, teams=teams)
    one = posted(named, clock, notifier, workspace)
    app = slack.build(client, "", Listeners(named, reports, {}, people))
    container = {"type": "message", "channel_id": CHANNEL, "is_ephemeral": False}
    pressed = {"channel": {"id": CHANNEL, "name": "housing"}, "container": container}

    press(app, "list", one, by="U0NOBODY", response_url=f"{workspace.url}respond", **pressed)

    assert "bucket-" in str(workspace.called("respond")[-1]["blocks"])
