"""The control API, for tests and scripts that have no browser."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.server import LocalSlack
from tests.playground.slack.world import (
    EXTERNAL,
    HANNAH,
    HOUSING,
    Recorder,
    actions,
    button,
    modal,
)

#: One for all: making one takes longer than a call.
HTTP = httpx2.Client()
Control = Callable[..., httpx2.Response]


@pytest.fixture
def control(slack: LocalSlack) -> Control:
    def call(name: str, **body: Any) -> httpx2.Response:
        return HTTP.post(f"{slack.url}/control/{name}", json=body)

    return call


def state(slack: LocalSlack) -> dict[str, Any]:
    return dict(HTTP.get(f"{slack.url}/control/state").json())


def test_the_state_shows_everything_and_no_secret(
    slack: LocalSlack, app: Recorder, client: WebClient
):
    client.chat_postEphemeral(channel=HOUSING, user=HANNAH, text="psst")

    seen = state(slack)

    assert seen["connections"] == 1
    assert HANNAH in [each["id"] for each in seen["users"]]
    message = seen["messages"][HOUSING][0]
    assert (message["text"], message["reader"]) == ("psst", HANNAH)
    assert slack.credentials.bot_token not in repr(seen)


def test_a_workspace_can_lack_types_of_blocks_at_any_depth(client: WebClient, control: Control):
    details = {"type": "container", "title": {"type": "plain_text", "text": "Details"}}
    folded = {**details, "child_blocks": [{"type": "divider"}]}
    control("blocks", lacking=["container"])

    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=HOUSING, text="card", blocks=[folded])

    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: container [json-pointer:/blocks/0/type]"
    ]
    control("blocks", lacking=[])
    assert client.chat_postMessage(channel=HOUSING, text="card", blocks=[folded])["ok"]


def test_what_a_workspace_lacks_is_a_list_of_types(control: Control):
    assert control("blocks", lacking="container").status_code == 400


def test_a_script_acts_as_a_person(
    slack: LocalSlack, app: Recorder, client: WebClient, control: Control
):
    sent = client.chat_postMessage(channel=HOUSING, text="card", blocks=[actions(button())])
    where = {"channel": HOUSING, "ts": sent["ts"], "block_id": "row", "action_id": "press"}

    pressed = control("act", user=HANNAH, do="use", where=where, raw=[])
    view = client.views_open(trigger_id=app.last()["trigger_id"], view=modal())["view"]
    fields = [{"block_id": "reason", "action_id": "value", "values": ["because"]}]
    submitted = control("act", user=HANNAH, do="submit", view=view["id"], raw=fields)

    done = {"ok": True, "problem": "", "errors": {}, "thread": ["", ""]}
    assert pressed.json() == submitted.json() == done
    assert [each["type"] for each in app.acts] == ["block_actions", "view_submission"]


def test_a_script_cannot_do_what_a_person_cannot(slack: LocalSlack, control: Control):
    where = {"channel": HOUSING, "ts": "1.000001", "block_id": "row", "action_id": "press"}

    assert control("act", user=HANNAH, do="use", where=where, raw=[]).status_code == 404
    assert control("act", user=EXTERNAL, do="open_home").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("act", {"do": "dance"}, "do: expected one of"),
        ("act", {"do": "say", "user": HANNAH}, "missing"),
        ("faults", {"faults": [{"sort": "bad"}]}, "faults: expected maps with"),
        ("faults", {}, "faults: expected a list"),
        ("disconnect", {"reason": "boredom"}, "reason: expected"),
        ("clock", {"seconds": -1}, "seconds: expected"),
    ],
)
def test_a_wrong_call_is_told_what_was_expected(
    control: Control, name: str, body: dict[str, Any], complaint: str
):
    answer = control(name, **body)

    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_calls_are_found_by_name_and_direction(slack: LocalSlack, app: Recorder, client: WebClient):
    client.auth_test()
    slack.do(slack.acting.shortcut(HANNAH, "form"))

    def found(**query: Any) -> list[str]:
        answer = HTTP.get(f"{slack.url}/control/calls", params=query).json()
        return [each["name"] for each in answer["calls"]]

    assert found(name="auth.test") == ["auth.test"]
    assert found(direction="to the app") == ["shortcut"]
    assert found(after=slack.workspace.calls[-1].number) == []
    assert HTTP.get(f"{slack.url}/control/calls?after=x").status_code == 400


def test_faults_come_and_go(slack: LocalSlack, control: Control):
    control("faults", faults=[{"method": "auth.test", "error": "fatal_error", "latency": 0.01}])
    url = f"{slack.url}/api/auth.test"
    assert HTTP.post(url).json()["error"] == "fatal_error"
    control("faults", faults=[])
    assert HTTP.post(url).json()["error"] == "not_authed"


def test_the_clock_moves_on(slack: LocalSlack, control: Control):
    before = slack.workspace.clock()

    control("clock", seconds=3600)

    assert (slack.workspace.clock() - before).total_seconds() >= 3600


def test_a_disconnect_ends_every_connection(slack: LocalSlack, app: Recorder, control: Control):
    assert control("disconnect", reason="abrupt").json()["disconnected"] == 1
    assert len(slack.sockets) == 0


def test_a_reset_forgets_all_but_the_seed(slack: LocalSlack, client: WebClient, control: Control):
    client.chat_postMessage(channel=HOUSING, text="x")
    slack.workspace.channels[HOUSING].members.clear()

    control("reset")

    assert state(slack)["messages"][HOUSING] == []
    assert HANNAH in slack.workspace.channels[HOUSING].members


@pytest.mark.parametrize("path", ["/api/auth.test", "/control/reset", "/hooks/a/b/1/c"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8765"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_other_pages_are_kept_out(slack: LocalSlack, path: str, headers: dict[str, str]):
    assert HTTP.post(f"{slack.url}{path}", headers=headers).status_code == 403


def test_its_own_page_is_let_in_under_both_names(slack: LocalSlack):
    port = slack.url.rpartition(":")[2]

    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        assert HTTP.post(f"{slack.url}/control/reset", headers=headers).status_code == 200


def test_a_link_from_elsewhere_opens_the_page(slack: LocalSlack):
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert HTTP.get(f"{slack.url}/", headers=headers, follow_redirects=True).status_code == 200
