"""What people do and cannot do, and what the app gets to know of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from playground.slack.acting import NotThereError, Outcome, Where
from playground.slack.server import LocalSlack
from tests.playground.slack.world import (
    EXTERNAL,
    GENERAL,
    GUEST,
    HANNAH,
    HARRY,
    HOUSING,
    PAYMENTS,
    Recorder,
    actions,
    button,
    element_of,
    field,
    manifest,
    message_of,
    modal,
    option,
    running,
    text_input,
    texts,
)

REASON = ("reason", "value")


def posted(slack: LocalSlack, client: WebClient, *elements: Any, **facts: Any):
    """Post a card with *elements* in a row; return the stored message."""
    sent = client.chat_postMessage(
        channel=HOUSING, text="card", blocks=[actions(*elements)], **facts
    )
    return slack.workspace.message(HOUSING, sent["ts"])


def press(slack: LocalSlack, message: Any, action_id: str = "press", user: str = HANNAH) -> Outcome:
    return slack.do(slack.acting.use(user, element_of(message, action_id), ()))


def show(slack: LocalSlack, app: Recorder, client: WebClient, *blocks: Any, **facts: Any) -> str:
    """Open a modal before Hannah; return its id."""
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    trigger = app.last()["trigger_id"]
    view = client.views_open(trigger_id=trigger, view=modal(*blocks, **facts))["view"]
    return str(view["id"])


def submit(slack: LocalSlack, view: str, **raw: list[str]) -> Outcome:
    """Submit by block id; every element here has its action id ``value``."""
    fields = {(block_id, "value"): values for block_id, values in raw.items()}
    return slack.do(slack.acting.submit(HANNAH, view, fields))


def test_a_press_tells_who_what_and_where(slack: LocalSlack, app: Recorder, client: WebClient):
    message = posted(slack, client, button(value="F-1"))

    outcome = press(slack, message)

    payload = app.last()
    assert outcome == Outcome()
    assert payload["type"] == "block_actions"
    assert payload["user"] == {
        "id": HANNAH,
        "username": "hannah",
        "name": "hannah",
        "team_id": "T0RIVERSIDE",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": HOUSING,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": HOUSING, "name": "housing-compliance"}
    assert payload["message"]["ts"] == message.ts
    assert payload["actions"][0] | {"action_ts": ""} == {
        **button(value="F-1"),
        "block_id": "row",
        "action_ts": "",
    }
    assert (payload["enterprise"], payload["is_enterprise_install"]) == (None, False)
    assert payload["api_app_id"] == slack.credentials.app_id


def test_an_ephemeral_message_is_not_in_the_payload(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    client.chat_postEphemeral(channel=HOUSING, user=HANNAH, text="psst", blocks=[actions(button())])
    message = message_of(slack, HOUSING, "psst", HANNAH)

    press(slack, message)

    assert app.last()["container"]["is_ephemeral"]
    assert "message" not in app.last()
    with pytest.raises(NotThereError):
        press(slack, message, user=HARRY)


def test_a_view_has_no_channel_and_no_response_url(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    client.views_publish(user_id=HANNAH, view={"type": "home", "blocks": [actions(button())]})
    home = slack.workspace.homes[HANNAH]

    slack.do(slack.acting.use(HANNAH, Where("row", "press", view=home.id), ()))

    payload = app.last()
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert payload["view"]["type"] == "home"
    assert not {"channel", "message", "response_url"} & set(payload)
    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(HARRY, Where("row", "press", view=home.id), ()))


def test_people_of_another_workspace_may_press_but_not_command(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    message = posted(slack, client, button())

    assert press(slack, message, user=EXTERNAL) == Outcome()
    assert app.last()["user"]["team_id"] == "T0SUPPLIER"
    assert app.last()["team"]["id"] == "T0RIVERSIDE"
    refused = slack.do(slack.acting.command(EXTERNAL, HOUSING, "/echo x"))
    assert "another workspace" in refused.problem
    assert app.last()["type"] == "block_actions"


@pytest.mark.parametrize(
    "where",
    [
        Where("row", "other", channel=HOUSING),
        Where("other", "press", channel=HOUSING),
        Where("row", "press", channel=PAYMENTS),
    ],
    ids=["no such action", "no such block", "no such message"],
)
def test_a_forged_press_is_refused(
    slack: LocalSlack, app: Recorder, client: WebClient, where: Where
):
    message = posted(slack, client, button())
    forged = Where(where.block_id, where.action_id, channel=where.channel, ts=message.ts)

    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(HANNAH, forged, ()))

    assert app.acts == []


def test_a_press_on_a_button_that_is_gone_is_refused(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    message = posted(slack, client, button())
    where = element_of(message, "press")
    client.chat_update(channel=HOUSING, ts=message.ts, text="done")

    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(HANNAH, where, ()))


@pytest.mark.parametrize("user", ["U0NOBODY", "", GUEST])
def test_who_does_not_see_the_channel_cannot_use_it(
    slack: LocalSlack, client: WebClient, user: str
):
    sent = client.chat_postMessage(channel=PAYMENTS, text="card", blocks=[actions(button())])
    where = Where("row", "press", channel=PAYMENTS, ts=sent["ts"])

    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(user, where, ()))
    with pytest.raises(NotThereError):
        slack.do(slack.acting.say(user, PAYMENTS, "hello"))


def test_an_option_that_is_not_offered_cannot_be_chosen(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    menu = {"type": "static_select", "action_id": "menu", "options": [option("one")]}
    message = posted(slack, client, menu)
    where = element_of(message, "menu")

    slack.do(slack.acting.use(HANNAH, where, ["one"]))

    assert app.last()["actions"][0]["selected_option"] == option("one")
    chosen = app.last()["state"]["values"]["row"]["menu"]["selected_option"]
    assert chosen == option("one")
    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(HANNAH, where, ["two"]))


def test_an_overflow_menu_tells_its_option_and_has_no_state(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    message = posted(
        slack, client, {"type": "overflow", "action_id": "more", "options": [option("one")]}
    )

    slack.do(slack.acting.use(HANNAH, element_of(message, "more"), ["one"]))

    assert app.last()["actions"][0]["selected_option"]["value"] == "one"
    assert app.last()["state"] == {"values": {}}


def test_what_one_person_chooses_is_not_anothers(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    menu = {"type": "users_select", "action_id": "who"}
    message = posted(slack, client, menu, button())
    slack.do(slack.acting.use(HANNAH, element_of(message, "who"), [HARRY]))

    press(slack, message, user=HARRY)
    assert app.last()["state"]["values"]["row"]["who"]["selected_user"] is None
    press(slack, message, user=HANNAH)
    assert app.last()["state"]["values"]["row"]["who"]["selected_user"] == HARRY


def test_a_form_is_submitted_and_closes(slack: LocalSlack, app: Recorder, client: WebClient):
    view = show(slack, app, client, private_metadata="F-1", callback_id="form")

    assert submit(slack, view, reason=["because"]) == Outcome()

    payload = app.last()
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "F-1"
    values = payload["view"]["state"]["values"]
    assert values["reason"]["value"] == {"type": "plain_text_input", "value": "because"}
    assert "channel" not in payload
    assert slack.workspace.top_view(HANNAH) is None


INPUTS: list[tuple[str, dict[str, Any], list[str], str]] = [
    ("required", {"type": "plain_text_input"}, [""], "required"),
    ("too short", {"type": "plain_text_input", "min_length": 20}, ["short"], "at least 20"),
    ("too long", {"type": "plain_text_input", "max_length": 3}, ["long"], "at most 3"),
    ("no number", {"type": "number_input", "is_decimal_allowed": False}, ["x"], "a number"),
    ("a fraction", {"type": "number_input", "is_decimal_allowed": False}, ["1.5"], "whole"),
    (
        "too small",
        {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
        ["1.5"],
        "2 or more",
    ),
    (
        "too large",
        {"type": "number_input", "is_decimal_allowed": False, "max_value": "2"},
        ["3"],
        "2 or less",
    ),
    ("no address", {"type": "email_text_input"}, ["hannah"], "email"),
    ("no URL", {"type": "url_text_input"}, ["example.com"], "https://"),
    ("no date", {"type": "datepicker"}, ["2026-02-30"], "a date"),
    ("no time", {"type": "timepicker"}, ["25:00"], "a time"),
    ("no moment", {"type": "datetimepicker"}, ["soon"], "date and a time"),
    ("nothing ticked", {"type": "checkboxes", "options": [option("a")]}, [], "required"),
    ("nothing chosen", {"type": "radio_buttons", "options": [option("a")]}, [], "required"),
    (
        "too many",
        {
            "type": "multi_static_select",
            "options": [option("a"), option("b")],
            "max_selected_items": 1,
        },
        ["a", "b"],
        "at most 1",
    ),
]


@pytest.mark.parametrize(
    ("element", "raw", "complaint"),
    [each[1:] for each in INPUTS],
    ids=[each[0] for each in INPUTS],
)
def test_a_form_that_is_filled_in_wrong_never_reaches_the_app(
    slack: LocalSlack,
    app: Recorder,
    client: WebClient,
    element: dict[str, Any],
    raw: list[str],
    complaint: str,
):
    view = show(slack, app, client, field({**element, "action_id": "value"}, "it"))

    outcome = submit(slack, view, it=raw)

    assert complaint in outcome.errors["it"]
    assert app.last()["command"] == "/echo"
    assert slack.workspace.top_view(HANNAH).id == view


FILLED: list[tuple[dict[str, Any], list[str], dict[str, Any]]] = [
    ({"type": "number_input", "is_decimal_allowed": True}, ["1.5"], {"value": "1.5"}),
    ({"type": "email_text_input"}, ["a@b.example"], {"value": "a@b.example"}),
    ({"type": "url_text_input"}, ["https://a.example"], {"value": "https://a.example"}),
    ({"type": "datepicker"}, ["2026-12-31"], {"selected_date": "2026-12-31"}),
    ({"type": "timepicker"}, ["14:30"], {"selected_time": "14:30"}),
    ({"type": "datetimepicker"}, ["1795634663"], {"selected_date_time": 1795634663}),
    (
        {"type": "checkboxes", "options": [option("a"), option("b")]},
        ["b"],
        {"selected_options": [option("b")]},
    ),
    (
        {"type": "radio_buttons", "options": [option("a")]},
        ["a"],
        {"selected_option": option("a")},
    ),
    ({"type": "users_select"}, [HARRY], {"selected_user": HARRY}),
    ({"type": "multi_users_select"}, [HARRY], {"selected_users": [HARRY]}),
    ({"type": "conversations_select"}, [HOUSING], {"selected_conversation": HOUSING}),
    ({"type": "channels_select"}, [HOUSING], {"selected_channel": HOUSING}),
]


@pytest.mark.parametrize(
    ("element", "raw", "stored"), FILLED, ids=[each[0]["type"] for each in FILLED]
)
def test_each_kind_of_input_arrives_as_slack_sends_it(
    slack: LocalSlack,
    app: Recorder,
    client: WebClient,
    element: dict[str, Any],
    raw: list[str],
    stored: dict[str, Any],
):
    view = show(slack, app, client, field({**element, "action_id": "value"}, "it"))

    assert submit(slack, view, it=raw) == Outcome()

    value = app.last()["view"]["state"]["values"]["it"]["value"]
    assert value == {"type": element["type"], **stored}


def test_an_optional_input_may_stay_empty(slack: LocalSlack, app: Recorder, client: WebClient):
    view = show(slack, app, client, text_input("note", optional=True))

    assert submit(slack, view, note=[""]) == Outcome()


def test_an_input_that_the_form_does_not_have_is_refused(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    view = show(slack, app, client)

    with pytest.raises(NotThereError):
        submit(slack, view, reason=["x"], role=["admin"])
    with pytest.raises(NotThereError):
        slack.do(slack.acting.submit(HARRY, view, {REASON: ["x"]}))


def test_an_input_tells_at_once_only_where_it_is_asked_to(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    loud = {**text_input("loud"), "dispatch_action": True}
    view = show(slack, app, client, loud, text_input("quiet"))

    for block_id in ("quiet", "loud"):
        slack.do(slack.acting.use(HANNAH, Where(block_id, "value", view=view), ["typed"]))

    told = [each for each in app.payloads if each.get("type") == "block_actions"]
    assert [each["actions"][0]["block_id"] for each in told] == ["loud"]
    values = told[0]["view"]["state"]["values"]
    assert values["quiet"]["value"]["value"] == values["loud"]["value"]["value"] == "typed"


def answered(slack: LocalSlack, app: Recorder, client: WebClient, answer: Any) -> Outcome:
    """Submit a form to which the app answers *answer*."""
    view = show(slack, app, client)
    app.answers["view_submission"] = answer
    return submit(slack, view, reason=["because"])


def test_the_apps_complaints_keep_the_form_open(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    errors = {"reason": "Say more."}

    outcome = answered(slack, app, client, {"response_action": "errors", "errors": errors})

    assert outcome.errors == errors
    assert slack.workspace.top_view(HANNAH) is not None


def test_a_submission_may_change_or_push_or_clear(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    done = modal({"type": "divider"}, callback_id="done")
    done.pop("submit")

    answered(slack, app, client, {"response_action": "update", "view": done})
    assert slack.workspace.top_view(HANNAH).payload["callback_id"] == "done"

    answered(slack, app, client, {"response_action": "push", "view": done})
    assert slack.workspace.top_view(HANNAH).previous

    app.answers.clear()
    answered(slack, app, client, {"response_action": "clear"})
    assert slack.workspace.top_view(HANNAH) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
    ids=["unknown block", "no errors", "wrong view", "unknown action"],
)
def test_a_wrong_answer_to_a_submission_shows_as_trouble(
    slack: LocalSlack, app: Recorder, client: WebClient, answer: Any
):
    outcome = answered(slack, app, client, answer)

    assert "trouble connecting" in outcome.problem
    assert slack.workspace.top_view(HANNAH) is not None


def test_closing_is_told_only_where_the_app_asked_for_it(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    slack.do(slack.acting.close(HANNAH, show(slack, app, client)))
    assert app.last().get("type") != "view_closed"

    view = show(slack, app, client, notify_on_close=True)
    slack.do(slack.acting.close(HANNAH, view, all_of_them=True))

    assert (app.last()["type"], app.last()["is_cleared"]) == ("view_closed", True)
    assert slack.workspace.top_view(HANNAH) is None


def test_a_command_is_told_as_a_form_and_answered_at_once(slack: LocalSlack, app: Recorder):
    app.answers["/echo"] = {"text": "heard"}

    outcome = slack.do(slack.acting.command(HANNAH, HOUSING, "/echo  age:>30d & more "))

    fields = app.last()
    assert outcome == Outcome()
    assert (fields["command"], fields["text"]) == ("/echo", "age:>30d & more")
    assert (fields["channel_id"], fields["channel_name"]) == (HOUSING, "housing-compliance")
    assert (fields["user_id"], fields["team_domain"]) == (HANNAH, "riverside")
    assert texts(slack, HOUSING, HANNAH) == ["heard"]
    assert texts(slack, HOUSING, HARRY) == []


def test_a_command_may_ask_for_links_instead_of_names(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.command(HANNAH, HOUSING, "/slow @harry in #general"))

    assert app.last()["text"] == f"<@{HARRY}> in <#{GENERAL}|general>"


def test_a_command_may_be_answered_to_all(slack: LocalSlack, app: Recorder):
    app.answers["/echo"] = {"text": "heard", "response_type": "in_channel"}

    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))

    assert texts(slack, HOUSING) == ["heard"]


def test_an_unknown_command_reaches_nobody(slack: LocalSlack, app: Recorder):
    outcome = slack.do(slack.acting.command(HANNAH, HOUSING, "/nonsense"))

    assert outcome.problem == "/nonsense is not a valid command."
    assert app.acts == []


def test_without_an_acknowledgement_slack_says_so(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    message, view = posted(slack, client, button()), show(slack, app, client)
    for kind in ("/echo", "block_actions", "view_submission"):
        app.answers[kind] = app.SILENT

    command = slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    pressed = press(slack, message)
    submitted = submit(slack, view, reason=["because"])

    assert command.problem == "/echo failed because the app did not respond (operation_timeout)."
    assert pressed.problem == "The app did not respond in time (operation_timeout)."
    assert submitted.problem == "We had some trouble connecting. Try again?"
    assert slack.workspace.top_view(HANNAH).id == view


def test_without_an_app_slack_says_so(slack: LocalSlack, client: WebClient):
    message = posted(slack, client, button())

    assert "dispatch_failed" in press(slack, message).problem
    command = slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    assert command.problem == "/echo failed because the app did not respond (dispatch_failed)."


def test_shortcuts_are_told_with_what_they_are_used_on(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    slack.do(slack.acting.shortcut(HANNAH, "form"))
    everywhere = app.last()
    message = posted(slack, client, button())
    slack.do(slack.acting.shortcut(HANNAH, "note", HOUSING, message.ts))
    here = app.last()

    assert (everywhere["type"], everywhere["callback_id"]) == ("shortcut", "form")
    assert "channel" not in everywhere
    assert (here["type"], here["message_ts"]) == ("message_action", message.ts)
    assert here["message"]["text"] == "card"
    for wrong in (("note",), ("form", HOUSING, message.ts), ("none",)):
        with pytest.raises(NotThereError):
            slack.do(slack.acting.shortcut(HANNAH, *wrong))


def test_a_select_asks_the_app_and_takes_only_what_it_offered(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    menu = {"type": "external_select", "action_id": "menu", "min_query_length": 0}
    message = posted(slack, client, menu, button())
    where = element_of(message, "menu")
    app.answers["block_suggestion"] = {"options": [option("one")]}

    found = slack.do(slack.acting.suggest(HANNAH, where, "on"))

    assert found == [option("one")]
    asked = app.last()
    assert (asked["type"], asked["value"], asked["action_id"]) == (
        "block_suggestion",
        "on",
        "menu",
    )
    slack.do(slack.acting.use(HANNAH, where, ["one"]))
    assert app.last()["actions"][0]["selected_option"] == option("one")
    with pytest.raises(NotThereError):
        slack.do(slack.acting.use(HANNAH, where, ["two"]))
    with pytest.raises(NotThereError):
        slack.do(slack.acting.suggest(HANNAH, element_of(message, "press"), "on"))


def test_what_is_said_is_an_event_and_a_mention_a_second_one(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.say(HANNAH, HOUSING, "ask @contract <now>"))

    message = app.wait_for("message")[0]["payload"]
    mention = app.wait_for("app_mention")[0]["payload"]["event"]
    bot = slack.credentials.bot_user
    assert message["event"]["text"] == mention["text"] == f"ask <@{bot}> &lt;now&gt;"
    assert message["event"]["channel_type"] == "channel"
    assert message["is_ext_shared_channel"]
    assert message["authorizations"][0]["user_id"] == bot
    assert message["type"] == "event_callback"


def test_the_app_hears_nothing_of_channels_it_is_not_in(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.say(HANNAH, GENERAL, "quiet"))
    slack.do(slack.acting.say(HANNAH, HOUSING, "loud"))

    app.wait_for("message")
    assert [each["event"]["text"] for each in app.payloads] == ["loud"]


def test_a_reaction_comes_and_goes(slack: LocalSlack, app: Recorder, client: WebClient):
    message = posted(slack, client, button())

    slack.do(slack.acting.react(HANNAH, HOUSING, message.ts, "eyes"))

    event = app.wait_for("reaction_added")[0]["payload"]["event"]
    assert (event["reaction"], event["item"]["ts"]) == ("eyes", message.ts)
    assert message.reactions == {"eyes": [HANNAH]}
    slack.do(slack.acting.react(HANNAH, HOUSING, message.ts, "eyes"))
    assert message.reactions == {}


def test_opening_the_home_tab_is_an_event(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.open_home(HANNAH))

    event = app.wait_for("app_home_opened")[0]["payload"]["event"]
    assert (event["user"], event["tab"]) == (HANNAH, "home")
    with pytest.raises(NotThereError):
        slack.do(slack.acting.open_home(EXTERNAL))


def test_who_only_reads_a_channel_does_not_speak_in_it(slack: LocalSlack):
    outcome = slack.do(slack.acting.say(HANNAH, PAYMENTS, "hello"))

    assert outcome.problem == "You are not in #payments-compliance."


def test_an_app_may_take_no_messages_and_no_presses(tmp_path: Path):
    path = manifest(tmp_path, interactivity={"is_enabled": False})
    quiet = path.read_text(encoding="utf-8").replace("messages_tab_enabled: true", "")
    path.write_text(quiet, encoding="utf-8")
    with running(path) as slack:
        direct = slack.workspace.direct(HANNAH, slack.credentials.bot_user)
        said = slack.do(slack.acting.say(HANNAH, direct.id, "hello"))
        used = slack.do(slack.acting.shortcut(HANNAH, "form"))

    assert said.problem == "Sending messages to this app has been turned off."
    assert used.problem == "This app is not configured to handle interactive responses."


def test_a_reply_joins_its_thread(slack: LocalSlack, client: WebClient):
    message = posted(slack, client, button())

    slack.do(slack.acting.say(HANNAH, HOUSING, "why", message.ts))

    reply = message_of(slack, HOUSING, "why")
    assert reply.thread_ts == message.ts


def respond(url: str, **body: Any) -> tuple[int, str]:
    response = WebhookClient(url).send_dict(body)
    return response.status_code, response.body


def test_a_response_url_replaces_adds_and_deletes(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    message = posted(slack, client, button())
    press(slack, message)
    url = app.last()["response_url"]

    assert respond(url, text="only you") == (200, "ok")
    assert respond(url, text="all", response_type="in_channel")[0] == 200
    respond(url, text="reply", response_type="in_channel", thread_ts=message.ts)
    respond(url, text="changed", replace_original=True)

    assert texts(slack, HOUSING, HANNAH) == ["changed", "only you", "all", "reply"]
    assert texts(slack, HOUSING, HARRY) == ["changed", "all", "reply"]
    respond(url, delete_original=True)
    assert "changed" not in texts(slack, HOUSING)


def test_a_response_url_works_five_times(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    url = app.last()["response_url"]

    statuses = [respond(url, text=str(number))[0] for number in range(6)]

    assert statuses == [200] * 5 + [404]


def test_a_response_url_works_for_half_an_hour(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    url = app.last()["response_url"]
    slack.workspace.clock.advance(timedelta(minutes=30))

    status, body = respond(url, text="late")

    assert status == 404
    assert "expired_url" in body


def test_an_ephemeral_message_is_changed_by_its_response_url(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    client.chat_postEphemeral(channel=HOUSING, user=HANNAH, text="psst", blocks=[actions(button())])
    message = message_of(slack, HOUSING, "psst", HANNAH)
    press(slack, message)

    respond(app.last()["response_url"], text="done", replace_original=True)

    assert texts(slack, HOUSING, HANNAH) == ["done"]
    assert texts(slack, HOUSING, HARRY) == []


def test_a_response_is_checked_as_a_message_is(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    url = app.last()["response_url"]

    assert "no_text" in respond(url, response_type="in_channel")[1]
    assert "invalid_blocks" in respond(url, text="x", blocks=[{"type": "section"}])[1]
    made_up = url.rsplit("/", 1)[0] + "/made-up"
    assert respond(made_up, text="x")[0] == 404
