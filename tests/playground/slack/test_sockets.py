"""Socket Mode: envelopes, acknowledgements, several connections, disconnects."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from playground.slack.server import LocalSlack
from tests.playground.slack import world
from tests.playground.slack.world import HANNAH, HOUSING, Recorder, manifest, running


@pytest.fixture
def url(slack: LocalSlack, client: WebClient) -> str:
    answer = client.apps_connections_open(app_token=slack.credentials.app_token)
    return str(answer["url"])


def test_slack_says_hello(slack: LocalSlack, app: Recorder):
    assert app.hello["type"] == "hello"
    assert app.hello["num_connections"] == 1
    assert app.hello["connection_info"] == {"app_id": slack.credentials.app_id}
    assert slack.connection == "Socket Mode"


def test_an_address_is_good_for_one_connection(url: str):
    with connect(url) as websocket:
        websocket.recv()

    with pytest.raises(InvalidStatus), connect(url):
        pass


def test_a_debug_connection_lives_six_minutes(url: str):
    with connect(f"{url}&debug_reconnects=true") as websocket:
        hello = json.loads(websocket.recv())

    assert hello["debug_info"]["approximate_connection_time"] == 360


def test_each_kind_of_envelope_says_whether_it_takes_an_answer(slack: LocalSlack, app: Recorder):
    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    slack.do(slack.acting.shortcut(HANNAH, "form"))
    slack.do(slack.acting.say(HANNAH, HOUSING, "hello"))
    app.wait_for("message")

    kinds = {each["type"]: each["accepts_response_payload"] for each in app.envelopes}
    assert kinds == {"slash_commands": True, "interactive": False, "events_api": False}
    assert len({each["envelope_id"] for each in app.envelopes}) == 3


def test_an_event_that_is_not_acknowledged_comes_again_three_times(
    slack: LocalSlack, app: Recorder
):
    app.answers["message"] = app.SILENT

    slack.do(slack.acting.say(HANNAH, HOUSING, "hello"))

    tries = app.wait_for("message", 4)
    assert [each["retry_attempt"] for each in tries] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in tries] == ["", *["http_timeout"] * 3]
    assert len({each["payload"]["event_id"] for each in tries}) == 1


def test_what_a_person_does_never_comes_again(slack: LocalSlack, app: Recorder):
    app.answers["/echo"] = app.SILENT

    slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x"))
    slack.do(slack.acting.command(HANNAH, HOUSING, "/slow"))

    assert [each["command"] for each in app.acts] == ["/echo", "/slow"]


@pytest.mark.parametrize("nonsense", ["{", "[]", '{"envelope_id": "made up"}', b"bytes"])
def test_nonsense_from_the_app_harms_nobody(
    slack: LocalSlack, app: Recorder, nonsense: str | bytes
):
    app.socket.send(nonsense)

    assert not slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x")).problem


@pytest.fixture
def ten(slack: LocalSlack) -> Iterator[list[Recorder]]:
    apps = [Recorder(slack) for _ in range(10)]
    yield apps
    for app in apps:
        app.end()
    slack.wait_for(lambda: not len(slack.sockets))


def test_ten_connections_share_the_work_and_an_eleventh_is_refused(
    slack: LocalSlack, client: WebClient, ten: list[Recorder]
):
    for number in range(10):
        slack.do(slack.acting.command(HANNAH, HOUSING, f"/echo {number}"))

    answer = client.apps_connections_open(app_token=slack.credentials.app_token)
    with connect(str(answer["url"])) as eleventh:
        goodbye = json.loads(eleventh.recv())
        with pytest.raises(ConnectionClosed):
            eleventh.recv()

    assert [len(app.acts) for app in ten] == [1] * 10
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
def test_a_disconnect_is_announced(slack: LocalSlack, url: str, reason: str):
    with connect(url) as websocket:
        websocket.recv()

        slack.do(slack.sockets.disconnect(reason))

        goodbye = json.loads(websocket.recv())
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", reason)
        # Only after a warning the connection goes on, for ten seconds.
        assert len(slack.sockets) == (1 if reason == "warning" else 0)


def test_an_event_waits_for_an_app_that_comes_back(slack: LocalSlack, tmp_path: Path):
    with running(manifest(tmp_path), pace=world.PATIENT) as patient:
        first = Recorder(patient)
        patient.do(patient.sockets.disconnect("abrupt"))
        first.end()
        patient.do(patient.acting.say(HANNAH, HOUSING, "meanwhile"))
        patient.wait_for(lambda: len(world.calls(patient, "event message")) == 2)

        second = Recorder(patient)
        event = second.wait_for("message")[0]
        second.close()

    assert event["payload"]["event"]["text"] == "meanwhile"
    assert (event["retry_attempt"], event["retry_reason"]) == (2, "not_connected")


@pytest.mark.parametrize("reason", ["refresh_requested", "abrupt"])
def test_slacks_own_client_comes_back_and_has_missed_nothing(tmp_path: Path, reason: str):
    heard: list[str] = []
    with running(manifest(tmp_path), pace=world.PATIENT) as slack:
        app = App(client=world.client(slack), token_verification_enabled=False)
        app.event("message")(lambda event: heard.append(event["text"]))
        with world.by_socket(slack, app):
            slack.do(slack.sockets.disconnect(reason))
            slack.do(slack.acting.say(HANNAH, HOUSING, "still there"))

            slack.wait_for(lambda: heard)

    assert heard == ["still there"]


def test_without_socket_mode_there_is_no_address(slack: LocalSlack, tmp_path: Path):
    with running(manifest(tmp_path, socket_mode_enabled=False)) as over_http:
        client = world.client(over_http)

        with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
            client.apps_connections_open(app_token=over_http.credentials.app_token)
