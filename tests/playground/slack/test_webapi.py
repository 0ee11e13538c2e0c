"""Who may call, in which form, how often; and what is answered besides."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.faults import Fault
from playground.slack.methods import METHODS
from playground.slack.server import LocalSlack
from tests.playground.slack.world import HOUSING, actions, button, calls, manifest, running, texts
from tests.playground.slack.world import client as connect

BLOCKS = [actions(button())]
#: One for all: making one takes longer than a call.
HTTP = httpx2.Client()


def post(slack: LocalSlack, method: str, **request: Any) -> httpx2.Response:
    bearer = {"Authorization": f"Bearer {slack.credentials.bot_token}"}
    headers = {**bearer, **request.pop("headers", {})}
    return HTTP.post(f"{slack.url}/api/{method}", headers=headers, **request)


def test_a_call_is_read_from_json_form_multipart_and_query(slack: LocalSlack):
    said = {"channel": HOUSING, "text": "x"}
    in_form = {**said, "blocks": json.dumps(BLOCKS)}

    answers = [
        post(slack, "chat.postMessage", json={**said, "blocks": BLOCKS}),
        post(slack, "chat.postMessage", data=in_form),
        post(slack, "chat.postMessage", files={key: (None, v) for key, v in in_form.items()}),
    ]
    slack.workspace.clock.advance(timedelta(minutes=1))
    query = {**in_form, "token": slack.credentials.bot_token}
    answers.append(HTTP.get(f"{slack.url}/api/chat.postMessage", params=query))

    assert all(answer.json()["ok"] for answer in answers)
    named = [each.blocks[0]["elements"][0] for each in slack.workspace.messages(HOUSING)]
    assert named == [button()] * 4


def test_a_token_comes_in_the_header_or_in_a_form(slack: LocalSlack):
    url, token = f"{slack.url}/api/auth.test", slack.credentials.bot_token

    assert HTTP.post(url, data={"token": token}).json()["ok"]
    assert HTTP.post(url, json={"token": token}).json()["error"] == "not_authed"
    assert HTTP.post(url).json()["error"] == "not_authed"
    wrong = {"Authorization": "Bearer xoxb-wrong"}
    assert HTTP.post(url, headers=wrong).json()["error"] == "invalid_auth"


def test_each_kind_of_token_is_for_its_own_methods(slack: LocalSlack, client: WebClient):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.apps_connections_open(app_token=slack.credentials.bot_token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.auth_test(token=slack.credentials.app_token)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "invalid_json"),
        ({"json": ["list"]}, "json_not_object"),
        (
            {"content": b'{"a": "\\ud800"}', "headers": {"Content-Type": "application/json"}},
            "invalid_json",
        ),
        (
            {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
            "invalid_json",
        ),
        ({"content": b"x", "headers": {"Content-Type": "image/png"}}, "invalid_post_type"),
        ({"content": b"x"}, "missing_post_type"),
        (
            {"content": b"{}", "headers": {"Content-Type": "application/json; charset=koi8"}},
            "invalid_charset",
        ),
        (
            {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
            "invalid_form_data",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_body_that_cannot_be_read_is_refused(
    slack: LocalSlack, request_: dict[str, Any], error: str
):
    assert post(slack, "auth.test", **request_).json()["error"] == error


def test_json_without_a_charset_is_warned_of(slack: LocalSlack):
    answer = post(slack, "auth.test", json={}).json()

    assert answer["ok"]
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


@pytest.mark.parametrize("method", ["chat.scheduleMessage", "files.upload", "nonsense", ""])
def test_every_other_method_is_unknown(slack: LocalSlack, method: str):
    assert post(slack, method).json()["error"] == "unknown_method"


def test_every_answer_tells_the_scopes(slack: LocalSlack):
    answer = post(slack, "users.info", data={"user": "U0HANNAH"})

    assert "users:read" in answer.headers["x-oauth-scopes"].split(",")
    assert answer.headers["x-accepted-oauth-scopes"] == "users:read"


SCOPED = sorted(name for name, each in METHODS.items() if each.scopes and not each.for_app)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory):
    """The workspace of an app without a single scope."""
    path = manifest(tmp_path_factory.mktemp("bare"), scopes=["commands"])
    with running(path, strict=False) as slack:
        yield slack


@pytest.mark.parametrize("method", SCOPED)
def test_without_the_scope_a_method_is_refused(bare: LocalSlack, method: str):
    answer = post(bare, method).json()

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == ",".join(METHODS[method].scopes)
    assert answer["provided"] == "commands"


def test_a_kind_of_conversation_needs_its_own_scope(tmp_path: Path):
    with running(manifest(tmp_path, scopes=["channels:read", "chat:write"])) as slack:
        client = connect(slack)
        with pytest.raises(SlackApiError) as raised:
            client.conversations_list(types="public_channel,private_channel")
        assert raised.value.response["needed"] == "groups:read"
        direct = client.chat_postMessage(channel="U0HANNAH", text="x")["channel"]
        with pytest.raises(SlackApiError, match="missing_scope"):
            client.conversations_info(channel=direct)


def test_chat_write_public_opens_public_channels(tmp_path: Path):
    with running(manifest(tmp_path, scopes=["chat:write", "chat:write.public"])) as slack:
        connect(slack).chat_postMessage(channel="C0GENERAL", text="hello")

        assert texts(slack, "C0GENERAL") == ["hello"]


def test_an_address_is_shown_only_with_its_scope(tmp_path: Path):
    with running(manifest(tmp_path, scopes=["users:read"])) as slack:
        profile = connect(slack).users_info(user="U0HANNAH")["user"]["profile"]

        assert "email" not in profile


def test_a_method_is_limited_by_its_tier(slack: LocalSlack, client: WebClient):
    for _ in range(20):
        client.users_list()

    with pytest.raises(SlackApiError) as raised:
        client.users_list()

    assert raised.value.response.status_code == 429
    assert 1 <= int(raised.value.response.headers["Retry-After"]) <= 60
    slack.workspace.clock.advance(timedelta(minutes=1))
    client.users_list()


def test_without_strictness_there_are_no_limits(bare: LocalSlack):
    statuses = {post(bare, "users.list").status_code for _ in range(25)}

    assert statuses == {200}


def test_a_fault_hits_its_share_of_calls(slack: LocalSlack, client: WebClient):
    slack.faults.set([Fault("chat.*", status=503, share=0.5)])

    statuses = []
    for number in range(4):
        answer = post(slack, "chat.postMessage", json={"channel": HOUSING, "text": str(number)})
        statuses.append(answer.status_code)

    assert statuses == [200, 503, 200, 503]
    assert client.auth_test()["ok"]


def test_a_fault_may_lose_only_the_answer(slack: LocalSlack):
    slack.faults.set([Fault("chat.postMessage", status=500, after=True)])

    answer = post(slack, "chat.postMessage", json={"channel": HOUSING, "text": "it is there"})

    assert answer.status_code == 500
    assert texts(slack, HOUSING) == ["it is there"]


def test_a_fault_may_be_an_error_a_limit_or_only_time(slack: LocalSlack):
    slack.faults.set([Fault("auth.test", error="fatal_error", times=1)])
    assert post(slack, "auth.test").json()["error"] == "fatal_error"
    assert post(slack, "auth.test").json()["ok"]

    slack.faults.set([Fault(status=429, retry_after=7)])
    assert post(slack, "auth.test").headers["Retry-After"] == "7"

    slack.faults.set([Fault(latency=timedelta(seconds=0.1))])
    assert post(slack, "auth.test").elapsed >= timedelta(seconds=0.1)


def test_calls_are_logged_without_tokens(slack: LocalSlack):
    post(slack, "auth.test", data={"token": slack.credentials.bot_token, "other": "1"})

    call = calls(slack, "auth.test")[0]
    assert call.request == {"other": "1"}
    assert slack.credentials.bot_token not in repr(slack.workspace.calls)


def test_blocks_are_validated_without_being_sent(client: WebClient):
    assert client.blocks_validate(blocks=BLOCKS)["ok"]
    assert client.blocks_validate(message={"text": "x", "blocks": BLOCKS})["ok"]

    for kind, wrong in (
        ("blocks", [{"type": "section"}]),
        ("message", {"blocks": [{"type": "section"}]}),
        ("view", {"type": "modal", "blocks": []}),
    ):
        with pytest.raises(SlackApiError) as raised:
            client.blocks_validate(**{kind: wrong})
        assert raised.value.response["error"] == f"invalid_{kind}"
        assert {"pointer", "code", "message"} <= set(raised.value.response["errors"][0])
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.blocks_validate()
