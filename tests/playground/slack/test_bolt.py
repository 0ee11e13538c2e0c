"""slack-bolt's App, unchanged, in both modes: what its own getting-started examples do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, Assistant

from playground.slack.acting import Outcome, Where
from playground.slack.server import LocalSlack
from tests.playground.slack import world
from tests.playground.slack.world import (
    HANNAH,
    HARRY,
    HOUSING,
    element_of,
    field,
    message_of,
    modal,
    option,
    text_input,
    texts,
)


def hello(message: dict[str, Any], say: Any) -> None:
    click = world.button("button_click", value="1")
    text = f"Hey there <@{message['user']}>"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}, "accessory": click}
    say(text=text, blocks=[section])


def clicked(body: dict[str, Any], ack: Any, say: Any) -> None:
    ack()
    say(f"<@{body['user']['id']}> clicked the button")


def mentioned(event: dict[str, Any], say: Any) -> None:
    say(text="You called", thread_ts=event["ts"])


def echo(ack: Any, command: dict[str, Any], respond: Any) -> None:
    ack(f"Acknowledged {command['text']}")
    respond("to you alone")
    respond("to all", response_type="in_channel")


def lazy_ack(ack: Any) -> None:
    ack("On it")


def lazy_work(respond: Any) -> None:
    respond("Done")


def form(ack: Any, shortcut: dict[str, Any], client: Any) -> None:
    ack()
    select = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    blocks = [text_input(), field(select, "owner", optional=True)]
    client.views_open(trigger_id=shortcut["trigger_id"], view=modal(*blocks, callback_id="sent"))


def offer(ack: Any, payload: dict[str, Any]) -> None:
    ack(options=[option(payload["value"])])


def sent(ack: Any, body: dict[str, Any], client: Any, view: dict[str, Any]) -> None:
    reason = view["state"]["values"]["reason"]["value"]["value"]
    if len(reason) < 5:
        ack(response_action="errors", errors={"reason": "Say more"})
        return
    ack()
    client.chat_postMessage(channel=body["user"]["id"], text=f"Noted: {reason}")


def note(ack: Any, shortcut: dict[str, Any], respond: Any) -> None:
    ack()
    respond(f"Noted: {shortcut['message']['text']}")


def home(client: Any, event: dict[str, Any]) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "Welcome home"}}
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [block]})


def greet(say: Any, set_suggested_prompts: Any) -> None:
    say("How can I help?")
    set_suggested_prompts(prompts=[{"title": "Status", "message": "How do things stand?"}])


def think(payload: dict[str, Any], set_status: Any, set_title: Any, say: Any) -> None:
    set_title(payload["text"])
    set_status("is counting")
    say(f"You asked: {payload['text']}")


def other() -> None:
    """Take every other message, the app's own changes too."""


def listen(app: App) -> None:
    """Register what Bolt's documentation shows: messages, actions, forms, Home, options."""
    app.message("hello")(hello)
    app.action("button_click")(clicked)
    app.event("app_mention")(mentioned)
    app.command("/echo")(echo)
    app.command("/slow")(ack=lazy_ack, lazy=[lazy_work])
    app.shortcut("form")(form)
    app.options("pick")(offer)
    app.view("sent")(sent)
    app.shortcut("note")(note)
    app.event("app_home_opened")(home)
    assistant = Assistant()
    assistant.thread_started(greet)
    assistant.user_message(think)
    app.use(assistant)
    app.event("message")(other)


@pytest.fixture(scope="module", params=["Socket Mode", "HTTP"])
def _connected(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalSlack]:
    path = world.manifest(Path(tmp_path_factory.mktemp("bolt")))
    if request.param == "Socket Mode":
        with world.running(path, pace=world.PACE) as slack:
            app = App(client=world.client(slack))
            listen(app)
            with world.by_socket(slack, app):
                yield slack
    else:
        with world.listening() as listener:
            address = world.url_of(listener)
            with world.running(path, pace=world.PACE, app_url=address) as slack:
                secret = slack.environment()["SLACK_SIGNING_SECRET"]
                app = App(client=world.client(slack), signing_secret=secret)
                listen(app)
                with world.by_http(listener, app):
                    yield slack


@pytest.fixture
def bolt(_connected: LocalSlack) -> LocalSlack:
    _connected.reset()
    return _connected


def test_a_greeting_is_answered_with_a_button_that_works(bolt: LocalSlack):
    bolt.do(bolt.acting.say(HANNAH, HOUSING, "hello"))
    greeting = message_of(bolt, HOUSING, "Hey there")

    outcome = bolt.do(bolt.acting.use(HARRY, element_of(greeting, "button_click"), ()))

    assert outcome == Outcome()
    assert message_of(bolt, HOUSING, "clicked").text == f"<@{HARRY}> clicked the button"


def test_a_mention_is_answered_in_its_thread(bolt: LocalSlack):
    bolt.do(bolt.acting.say(HANNAH, HOUSING, "@contract are you there?"))

    reply = message_of(bolt, HOUSING, "You called")
    assert reply.thread_ts == next(bolt.workspace.messages(HOUSING)).ts


def test_a_command_is_acknowledged_and_responded_to(bolt: LocalSlack):
    outcome = bolt.do(bolt.acting.command(HANNAH, HOUSING, "/echo x"))

    message_of(bolt, HOUSING, "to all")
    assert outcome == Outcome()
    assert sorted(texts(bolt, HOUSING, HANNAH)) == ["Acknowledged x", "to all", "to you alone"]
    assert texts(bolt, HOUSING, HARRY) == ["to all"]


def test_a_lazy_listener_works_after_the_acknowledgement(bolt: LocalSlack):
    bolt.do(bolt.acting.command(HANNAH, HOUSING, "/slow"))

    message_of(bolt, HOUSING, "Done", HANNAH)
    assert sorted(texts(bolt, HOUSING, HANNAH)) == ["Done", "On it"]


def test_a_shortcut_opens_a_form_that_complains_and_then_closes(bolt: LocalSlack):
    bolt.do(bolt.acting.shortcut(HANNAH, "form"))
    view = bolt.wait_for(lambda: bolt.workspace.top_view(HANNAH))
    assert view is not None
    reason = ("reason", "value")

    first = bolt.do(bolt.acting.submit(HANNAH, view.id, {reason: ["no"]}))
    second = bolt.do(bolt.acting.submit(HANNAH, view.id, {reason: ["long enough"]}))

    assert first.errors == {"reason": "Say more"}
    assert second == Outcome()
    direct = bolt.workspace.direct(HANNAH, bolt.credentials.bot_user)
    assert direct is not None
    message_of(bolt, direct.id, "Noted: long enough")
    assert bolt.workspace.top_view(HANNAH) is None


def test_a_select_is_filled_by_the_app(bolt: LocalSlack):
    bolt.do(bolt.acting.shortcut(HANNAH, "form"))
    view = bolt.wait_for(lambda: bolt.workspace.top_view(HANNAH))
    assert view is not None

    offered = bolt.do(bolt.acting.suggest(HANNAH, Where("owner", "pick", view=view.id), "ho"))

    assert offered == [option("ho")]


def test_a_message_shortcut_is_answered_privately(bolt: LocalSlack):
    bolt.do(bolt.acting.say(HANNAH, HOUSING, "remember this"))
    message = message_of(bolt, HOUSING, "remember this")

    bolt.do(bolt.acting.shortcut(HARRY, "note", HOUSING, message.ts))

    message_of(bolt, HOUSING, "Noted: remember this", HARRY)
    assert texts(bolt, HOUSING, HANNAH) == ["remember this"]


def test_the_home_tab_is_published_when_it_is_opened(bolt: LocalSlack):
    bolt.do(bolt.acting.open_home(HANNAH))

    home = bolt.wait_for(lambda: bolt.workspace.homes.get(HANNAH))
    assert home is not None
    assert home.payload["blocks"][0]["text"]["text"] == "Welcome home"


def test_an_assistant_greets_suggests_and_answers_in_the_thread_that_a_person_began(
    bolt: LocalSlack,
):
    direct, thread = bolt.do(bolt.acting.begin_thread(HANNAH, HOUSING)).thread
    message_of(bolt, direct, "How can I help?")
    root = bolt.workspace.message(direct, thread)
    assert root is not None
    [prompt] = bolt.wait_for(lambda: root.prompts)

    bolt.do(bolt.acting.say(HANNAH, direct, prompt.message, thread))

    answer = message_of(bolt, direct, "You asked: How do things stand?")
    assert (answer.thread_ts, root.title, root.status) == (thread, prompt.message, "")
    names = [call.name for call in bolt.workspace.calls]
    assert {"assistant.threads.setStatus", "event assistant_thread_started"} <= set(names)
