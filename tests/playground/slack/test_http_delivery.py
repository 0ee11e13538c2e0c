"""Delivery by HTTP: signed, acknowledged, events sent again."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from playground.slack.server import LocalSlack
from tests.playground.slack import world
from tests.playground.slack.world import HANNAH, HOUSING

Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b"")


class Endpoint:
    """A web server that keeps what it gets and answers what *answer* says."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[], Answer] = lambda: OK
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                endpoint.requests.append((headers, body))
                status, extra, content = endpoint.answer()
                self.send_response(status)
                for key, value in extra.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/any/path"
        self._thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture
def over_http(endpoint: Endpoint, tmp_path: Path) -> Iterator[LocalSlack]:
    with world.running(world.manifest(tmp_path), app_url=endpoint.url) as slack:
        yield slack


def echo(slack: LocalSlack) -> str:
    return slack.do(slack.acting.command(HANNAH, HOUSING, "/echo x")).problem


def test_the_environment_is_that_of_http(over_http: LocalSlack):
    assert set(over_http.environment()) == {
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
    }
    assert over_http.connection == "HTTP"


def test_a_request_is_signed_as_slack_signs(over_http: LocalSlack, endpoint: Endpoint):
    assert not echo(over_http)

    headers, body = endpoint.requests[0]
    timestamp = headers["x-slack-request-timestamp"]
    secret = over_http.credentials.signing_secret.encode()
    base = f"v0:{timestamp}:".encode() + body
    digest = hmac.new(secret, base, hashlib.sha256).hexdigest()
    assert headers["x-slack-signature"] == f"v0={digest}"
    assert abs(time.time() - int(timestamp)) < 5
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["command"] == ["/echo"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"heard", "text/plain"), (b'{"text": "heard"}', "application/json")],
)
def test_a_command_is_answered_in_text_or_json(
    over_http: LocalSlack, endpoint: Endpoint, content: bytes, kind: str
):
    endpoint.answer = lambda: (200, {"Content-Type": kind}, content)

    assert not echo(over_http)

    assert world.texts(over_http, HOUSING, HANNAH) == ["heard"]


def test_an_event_is_sent_again_with_number_and_reason(over_http: LocalSlack, endpoint: Endpoint):
    endpoint.answer = lambda: (500, {}, b"")

    over_http.do(over_http.acting.say(HANNAH, HOUSING, "hello"))

    over_http.wait_for(lambda: len(world.calls(over_http, "event message")) == 4)
    tries = [headers for headers, _ in endpoint.requests]
    assert [each.get("x-slack-retry-num") for each in tries] == [None, "1", "2", "3"]
    assert {each.get("x-slack-retry-reason") for each in tries[1:]} == {"http_error"}
    assert len({body for _, body in endpoint.requests}) == 1


def test_an_event_is_sent_until_it_is_taken(over_http: LocalSlack, endpoint: Endpoint):
    answers = iter([(503, {}, b""), OK])
    endpoint.answer = lambda: next(answers)

    over_http.do(over_http.acting.say(HANNAH, HOUSING, "hello"))

    over_http.wait_for(lambda: any(c.response is None for c in over_http.workspace.calls))
    assert len(endpoint.requests) == 2


def test_an_app_may_refuse_to_hear_it_again(over_http: LocalSlack, endpoint: Endpoint):
    endpoint.answer = lambda: (500, {"x-slack-no-retry": "1"}, b"")

    over_http.do(over_http.acting.say(HANNAH, HOUSING, "hello"))
    over_http.wait_for(lambda: world.calls(over_http, "event message"))
    assert 'error "dispatch_failed"' in echo(over_http)

    assert len(endpoint.requests) == 2


def test_a_late_answer_is_none(over_http: LocalSlack, endpoint: Endpoint):
    enough = threading.Event()
    endpoint.answer = lambda: (enough.wait(5), OK)[1]

    problem = echo(over_http)
    enough.set()

    assert "operation_timeout" in problem


def test_a_redirect_is_no_answer(over_http: LocalSlack, endpoint: Endpoint):
    endpoint.answer = lambda: (302, {"Location": endpoint.url}, b"")

    assert "dispatch_failed" in echo(over_http)
    assert len(endpoint.requests) == 1


def test_nobody_there(over_http: LocalSlack, endpoint: Endpoint):
    endpoint.server.server_close()

    assert "dispatch_failed" in echo(over_http)


def test_the_manifest_says_where_the_app_is(endpoint: Endpoint, tmp_path: Path):
    path = world.manifest(
        tmp_path,
        socket_mode_enabled=False,
        interactivity={"is_enabled": True, "request_url": endpoint.url},
        event_subscriptions={"bot_events": ["message.channels"], "request_url": endpoint.url},
    )
    with world.running(path) as slack:
        slack.do(slack.acting.shortcut(HANNAH, "form"))
        slack.do(slack.acting.say(HANNAH, HOUSING, "hello"))
        slack.wait_for(lambda: world.calls(slack, "event message"))
        # The command has no URL in the manifest.
        assert "dispatch_failed" in echo(slack)

    kinds = [headers["content-type"] for headers, _ in endpoint.requests]
    assert kinds == ["application/x-www-form-urlencoded", "application/json"]
