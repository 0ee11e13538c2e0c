"""views.*, called by Slack's own client."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.acting import NotThereError
from playground.slack.server import LocalSlack
from tests.playground.slack.world import (
    HANNAH,
    HOUSING,
    Recorder,
    field,
    modal,
    option,
    text_input,
)

HOME = {"type": "home", "blocks": [{"type": "divider"}]}


def trigger(slack: LocalSlack, app: Recorder) -> str:
    """Return the trigger id of a fresh command."""
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    return str(app.last()["trigger_id"])


def opened(slack: LocalSlack, app: Recorder, client: WebClient, **facts: Any) -> dict[str, Any]:
    view = modal(**facts)
    return dict(client.views_open(trigger_id=trigger(slack, app), view=view)["view"])


def push(slack: LocalSlack, app: Recorder, client: WebClient, view: dict[str, Any]) -> Any:
    """Push *view* as an app does: on a submission of the modal on top."""
    top = slack.workspace.top_view(HANNAH)
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"reason": "wait"}}
    slack.do(slack.acting.submit(HANNAH, top.id, {("reason", "value"): ["because"]}))
    return client.views_push(trigger_id=app.last()["trigger_id"], view=view)


def test_a_modal_opens_before_the_person_who_acted(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    view = opened(slack, app, client, private_metadata="F-1", callback_id="form")

    assert slack.workspace.top_view(HANNAH).id == view["id"] == view["root_view_id"]
    assert (view["private_metadata"], view["callback_id"]) == ("F-1", "form")
    assert view["state"] == {
        "values": {"reason": {"value": {"type": "plain_text_input", "value": None}}}
    }


def test_a_trigger_works_once(slack: LocalSlack, app: Recorder, client: WebClient):
    used = trigger(slack, app)
    client.views_open(trigger_id=used, view=modal())

    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=used, view=modal())


def test_a_trigger_expires_after_three_seconds(slack: LocalSlack, app: Recorder, client: WebClient):
    late = trigger(slack, app)
    slack.workspace.clock.advance(timedelta(seconds=3))

    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=late, view=modal())


def test_a_made_up_trigger_is_invalid(client: WebClient):
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id="1.2.3", view=modal())


def test_a_wrong_view_is_explained_and_costs_no_trigger(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    fresh = trigger(slack, app)
    for wrong in ({**modal(), "title": {"type": "plain_text", "text": "x" * 25}}, HOME):
        with pytest.raises(SlackApiError) as raised:
            client.views_open(trigger_id=fresh, view=wrong)
        assert raised.value.response["error"] == "invalid_arguments"
        assert raised.value.response["response_metadata"]["messages"]

    client.views_open(trigger_id=fresh, view=modal())


def test_three_modals_stand_on_each_other_and_no_more(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    first = opened(slack, app, client)
    second = push(slack, app, client, modal())["view"]
    third = push(slack, app, client, modal())["view"]

    assert (second["previous_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    assert third["root_view_id"] == first["id"]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        push(slack, app, client, modal())
    slack.do(slack.acting.close(HANNAH, third["id"]))
    assert slack.workspace.top_view(HANNAH).id == second["id"]


def test_a_push_needs_a_trigger_from_a_modal(slack: LocalSlack, app: Recorder, client: WebClient):
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_push(trigger_id=trigger(slack, app), view=modal())


def test_an_update_keeps_what_was_typed_and_changes_the_hash(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    view = opened(slack, app, client)
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"reason": "no"}}
    slack.do(slack.acting.submit(HANNAH, view["id"], {("reason", "value"): ["typed"]}))

    both = modal(text_input(), text_input("ticket"))
    updated = client.views_update(view_id=view["id"], hash=view["hash"], view=both)["view"]

    assert updated["state"]["values"]["reason"]["value"]["value"] == "typed"
    assert updated["state"]["values"]["ticket"]["value"]["value"] is None
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=both)


def test_a_view_is_found_by_its_external_id_which_is_unique(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    opened(slack, app, client, external_id="mine")

    changed = client.views_update(external_id="mine", view=modal(external_id="mine"))["view"]

    assert changed["external_id"] == "mine"
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        opened(slack, app, client, external_id="mine")


def test_only_a_view_that_is_there_is_updated(client: WebClient):
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id="V0NONE", view=modal())
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.api_call("views.update", json={"view": modal()})


def test_a_home_tab_is_published_and_published_again(slack: LocalSlack, client: WebClient):
    first = client.views_publish(user_id=HANNAH, view=HOME)["view"]
    second = client.views_publish(user_id=HANNAH, view=HOME, hash=first["hash"])["view"]

    assert slack.workspace.homes[HANNAH].id == first["id"] == second["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_publish(user_id=HANNAH, view=HOME, hash=first["hash"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"user_id": "U0NOBODY", "view": HOME}, "user_not_found"),
        ({"user_id": HANNAH, "view": modal()}, "invalid_arguments"),
    ],
)
def test_a_home_tab_is_for_a_person(client: WebClient, arguments: dict[str, Any], error: str):
    with pytest.raises(SlackApiError, match=error):
        client.views_publish(**arguments)


def test_initial_values_are_in_the_state_from_the_start(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    blocks = [
        text_input("reason", initial_value="as agreed"),
        field(
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [option("one"), option("two")],
                "initial_option": option("two"),
            },
            "choice",
        ),
        field({"type": "datepicker", "action_id": "day", "initial_date": "2026-12-31"}, "until"),
        field(
            {
                "type": "conversations_select",
                "action_id": "where",
                "default_to_current_conversation": True,
                "response_url_enabled": True,
            },
            "place",
        ),
    ]
    view = client.views_open(trigger_id=trigger(slack, app), view=modal(*blocks))["view"]

    values = view["state"]["values"]

    assert values["reason"]["value"]["value"] == "as agreed"
    assert values["choice"]["pick"]["selected_option"]["value"] == "two"
    assert values["until"]["day"]["selected_date"] == "2026-12-31"
    assert values["place"]["where"]["selected_conversation"] == HOUSING
    slack.do(slack.acting.submit(HANNAH, view["id"], {}))
    urls = app.last()["response_urls"]
    assert [(each["block_id"], each["channel_id"]) for each in urls] == [("place", HOUSING)]


def test_a_modal_below_another_cannot_be_used(slack: LocalSlack, app: Recorder, client: WebClient):
    below = opened(slack, app, client)
    push(slack, app, client, modal())

    with pytest.raises(NotThereError):
        slack.do(slack.acting.submit(HANNAH, below["id"], {}))
