"""A workspace to test against, and apps that connect to it in either way."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from playground.slack.acting import Where
from playground.slack.blocks import placed
from playground.slack.delivery import Pace
from playground.slack.entities import Call, Message
from playground.slack.server import LocalSlack, start

HANNAH, HARRY, GUEST, EXTERNAL = "U0HANNAH", "U0HARRY", "U0GUEST", "U0EXTERNAL"
HOUSING, PAYMENTS, GENERAL = "C0HOUSING", "C0PAYMENTS", "C0GENERAL"

SCOPES = [
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "assistant_thread_started",
    "message.channels",
    "message.im",
    "message.mpim",
    "reaction_added",
]
#: Slack's patience, shortened: nobody waits for a clock here.
QUICK = Pace(timedelta(seconds=0.3), (timedelta(), timedelta(), timedelta()))
#: As Slack waits: an app on a busy machine has its three seconds.
PACE = Pace()
#: As Slack waits between redeliveries, when it is the app's return that ends the wait.
PATIENT = Pace(timedelta(seconds=0.3))


def manifest(folder: Path, **settings: Any) -> Path:
    """Write the manifest of an app that may do everything; *settings* change that part of it."""
    path = folder / "manifest.yaml"
    scopes = settings.pop("scopes", SCOPES)
    content = {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Contract"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "assistant_view": {"assistant_description": "Answers"},
            "bot_user": {"display_name": "contract"},
            "slash_commands": [
                {"command": "/echo", "description": "Says it again"},
                {"command": "/slow", "description": "Never answers", "should_escape": True},
            ],
            "shortcuts": [
                {"name": "Form", "type": "global", "callback_id": "form", "description": "A form"},
                {"name": "Note", "type": "message", "callback_id": "note", "description": "It"},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": EVENTS},
            "socket_mode_enabled": True,
            **settings,
        },
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@contextmanager
def running(manifest_path: Path, **options: Any) -> Iterator[LocalSlack]:
    slack = start(manifest_path, port=0, **{"pace": QUICK, **options})
    try:
        yield slack
    finally:
        slack.stop()


def client(slack: LocalSlack, token: str = "") -> WebClient:
    environment = slack.environment()
    return WebClient(token or environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])


@contextmanager
def by_socket(slack: LocalSlack, app: App) -> Iterator[None]:
    """Connect *app* by Socket Mode."""
    before = len(slack.sockets)
    handler = SocketModeHandler(app, slack.credentials.app_token, ping_interval=0.5)
    handler.connect()
    try:
        slack.wait_for(lambda: len(slack.sockets) > before)
        yield
    finally:
        handler.close()


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


@contextmanager
def by_http(listener: socket.socket, app: App) -> Iterator[None]:
    """Serve *app* with Bolt's own adapter at /slack/events."""
    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    served = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    config = uvicorn.Config(served, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def texts(slack: LocalSlack, channel: str, reader: str = "") -> list[str]:
    return [message.text for message in slack.workspace.messages(channel, reader)]


def message_of(slack: LocalSlack, channel: str, text: str, reader: str = "") -> Message:
    """Return the first message with *text* in it, as soon as it is there."""

    def found() -> Message | None:
        messages = slack.workspace.messages(channel, reader)
        return next((each for each in messages if text in each.text), None)

    message = slack.wait_for(found)
    assert message is not None
    return message


def element_of(message: Message, action_id: str) -> Where:
    """Return where a message's element is used."""
    block_id = next(p.key[0] for p in placed(message.blocks) if p.key[1] == action_id)
    return Where(block_id, action_id, channel=message.channel, ts=message.ts)


def calls(slack: LocalSlack, name: str) -> list[Call]:
    return [call for call in slack.workspace.calls if call.name == name]


def button(action_id: str = "press", **facts: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Press"}
    return {"type": "button", "action_id": action_id, "text": text, **facts}


def actions(*elements: Mapping[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def modal(*blocks: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "A form"}
    submit = {"type": "plain_text", "text": "Send"}
    filled = list(blocks) or [text_input()]
    return {"type": "modal", "title": title, "submit": submit, "blocks": filled, **facts}


def text_input(block_id: str = "reason", *, optional: bool = False, **facts: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value", **facts}
    return field(element, block_id, optional=optional)


def field(
    element: Mapping[str, Any], block_id: str = "field", *, optional: bool = False
) -> dict[str, Any]:
    label = {"type": "plain_text", "text": block_id}
    return {
        "type": "input",
        "block_id": block_id,
        "label": label,
        "element": element,
        "optional": optional,
    }


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.title()}, "value": value}


class Recorder:
    """An app at its barest: one socket that keeps what comes and acknowledges it.

    *answers* gives, by payload type, command or event, what the acknowledgement carries; SILENT
    is none at all.
    """

    SILENT = object()

    def __init__(self, slack: LocalSlack) -> None:
        self.answers: dict[str, Any] = {}
        self.envelopes: list[dict[str, Any]] = []
        self._slack = slack
        opened = client(slack).apps_connections_open(app_token=slack.credentials.app_token)
        url = opened["url"]
        self._ended = ExitStack()
        self.socket = self._ended.enter_context(connect(str(url), open_timeout=5))
        self.hello = json.loads(self.socket.recv(timeout=5))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [each["payload"] for each in self.envelopes if "payload" in each]

    @property
    def acts(self) -> list[dict[str, Any]]:
        """What people did: all but events."""
        return [each for each in self.payloads if "event" not in each]

    def last(self) -> dict[str, Any]:
        """Return the newest act: each is acknowledged before the next."""
        return self.acts[-1]

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Return the envelopes of that kind, as soon as there are *count*."""

        def found() -> list[dict[str, Any]] | None:
            envelopes = [each for each in self.envelopes if _kind(each) == kind]
            return envelopes if len(envelopes) >= count else None

        envelopes = self._slack.wait_for(found)
        assert envelopes is not None
        return envelopes

    def end(self) -> None:
        self._ended.close()
        self._thread.join()

    def close(self) -> None:
        self.end()
        self._slack.wait_for(lambda: not len(self._slack.sockets))

    def _read(self) -> None:
        try:
            for text in self.socket:
                envelope = json.loads(text)
                self.envelopes.append(envelope)
                answer = self.answers.get(_kind(envelope))
                if "envelope_id" in envelope and answer is not self.SILENT:
                    body = {} if answer is None else {"payload": answer}
                    self.socket.send(json.dumps({"envelope_id": envelope["envelope_id"], **body}))
        except ConnectionClosed:
            return


def _kind(envelope: dict[str, Any]) -> str:
    payload = envelope.get("payload", {})
    event = payload.get("event", {}).get("type")
    return str(event or payload.get("command") or payload.get("type") or envelope["type"])
