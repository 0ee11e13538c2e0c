"""The way from Slack over HTTP: signed, or not at all."""

import json
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.testclient import TestClient

from commands.forms import Origin
from commands.reception import Reception
from compliance.card import Button, Press
from compliance.finding import State
from notifiers.slack import app as slack
from notifiers.slack.client import connect
from notifiers.slack.listeners import Listeners
from notifiers.slack.modals import FORM
from notifiers.slack.people import People
from playground.slack.faults import Fault
from tests.builders import ID, at, change
from tests.notifiers.slack.workspace import HOME
from tests.playground.slack import world
from tests.playground.slack.world import HANNAH, HOUSING, message_of

MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"

ORIGIN = Origin(Press(Button.REMEDIATE, ID), at(0)).dump()
SUBMITTED = {
    "type": "view_submission",
    "team": {"id": HOME},
    "user": {"id": "U0HANNAH", "team_id": HOME},
    "view": {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps({"origin": ORIGIN, "channel": "C0HOUSING"}),
    },
}


@pytest.fixture
def post(client, reception, people):
    """Post a form that was submitted, with *signed_with* *age* seconds ago."""
    app = slack.build(client, "right", Listeners(reception, people))
    web = TestClient(Starlette(routes=[slack.route(app, "right")]))

    def post(signed_with="right", age=0, **forged):
        body = urlencode({"payload": json.dumps(SUBMITTED)})
        at = str(int(time.time()) - age)
        signature = SignatureVerifier(signed_with).generate_signature(timestamp=at, body=body)
        headers = {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
            **{name.replace("_", "-"): value for name, value in forged.items()},
        }
        return web.post("/slack/events", content=body, headers=headers).status_code

    return post


def test_a_signed_request_does_what_it_asks(post, context, eventually):
    context.ledger.record([change()])

    assert post() == 200
    assert eventually(lambda: context.ledger.find(ID).state is State.APPROVED)


class Slow:
    """Listeners whose answers take as long as *done* is not set."""

    def __init__(self):
        self.done = threading.Event()

    def register(self, app):
        app.command("/compliance")(self.answer)

    def answer(self, ack):
        ack()
        self.done.wait(20)


def test_answers_that_take_long_keep_no_request_from_being_acknowledged(client):
    slow = Slow()
    app = slack.build(client, "", slow)
    command = urlencode({"command": "/compliance", "text": "status", "user_id": "U0HANNAH"})

    statuses = [app.dispatch(BoltRequest(body=command)).status for _ in range(30)]
    slow.done.set()

    assert set(statuses) == {200}


@pytest.mark.parametrize(
    "forged",
    [
        {"signed_with": "wrong"},
        {"age": 400},
        {"X_Slack_Request_Timestamp": "soon"},
        {"X_Slack_Signature": "v0=\xff".encode("latin-1")},
    ],
    ids=["forged", "replayed", "no time", "no ASCII"],
)
def test_a_request_that_slack_did_not_sign_now_is_refused_and_answered_to_nobody(
    post, context, workspace, forged
):
    context.ledger.record([change()])

    assert post(**forged) == 401
    assert context.ledger.find(ID).state is State.OPEN
    assert workspace.calls == []


def test_slack_may_look_at_the_certificate(client, reception, people):
    app = slack.build(client, "right", Listeners(reception, people))
    web = TestClient(Starlette(routes=[slack.route(app, "right")]))

    assert web.post("/slack/events", content="token=x&ssl_check=1").status_code == 200


def test_a_socket_that_slack_refuses_says_why_nothing_is_heard(
    client, reception, people, workspace, eventually
):
    workspace.refuse("apps.connections.open", "invalid_auth", times=50)
    app = slack.build(client, "", Listeners(reception, people))
    kept, stop = slack.Socket(app, "xapp-old"), threading.Event()
    before = kept.problem
    keeping = threading.Thread(target=kept.keep, args=[stop])
    keeping.start()

    told = eventually(lambda: kept.problem if "invalid_auth" in kept.problem else "")

    stop.set()
    keeping.join()
    assert before == "the socket is not connected"
    assert "SLACK_APP_TOKEN" in told


@pytest.fixture
def cut():
    """A server whose every answer ends too early; how many there were."""
    answers = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    answers.append(1)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", answers
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_an_answer_that_is_cut_off_ends_no_connecting(cut, reception, people, eventually):
    url, answers = cut
    app = slack.build(connect("xoxb-1", url), "", Listeners(reception, people))
    kept, stop = slack.Socket(app, "xapp-1"), threading.Event()
    keeping = threading.Thread(target=kept.keep, args=[stop])
    keeping.start()

    eventually(lambda: len(answers) >= 2)
    stop.set()
    keeping.join()

    assert kept.problem == "IncompleteRead"


@pytest.fixture
def connected(context, reports, clock, eventually):
    """The strict local Slack, and the bot connected to it by Socket Mode."""
    with world.running(MANIFEST, pace=world.PATIENT) as local:
        client = world.client(local)
        people = People(client, context.teams.groups(), clock)
        listeners = Listeners(Reception(context, reports, {}, people.fresh), people)
        app = slack.build(client, "", listeners)
        kept, stop = slack.Socket(app, local.credentials.app_token), threading.Event()
        keeping = threading.Thread(target=kept.keep, args=[stop])
        keeping.start()
        eventually(lambda: len(local.sockets) == 1)
        yield local
        stop.set()
        keeping.join()


def test_a_command_is_answered_after_slack_disabled_the_link_and_refused_the_next(
    connected, eventually
):
    refusal = Fault("apps.connections.open", error="internal_error", times=1)
    connected.faults.set([refusal])
    connected.do(connected.sockets.disconnect("link_disabled"))

    eventually(lambda: len(connected.sockets) == 1)
    connected.do(connected.acting.command(HANNAH, HOUSING, "/compliance help"))

    assert message_of(connected, HOUSING, "/compliance", HANNAH)
