"""The Bolt app, and the two ways in which Slack reaches it: Socket Mode and HTTP."""

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from notifiers.slack.answering import Answering
from notifiers.slack.errors import FAILURES, why
from notifiers.slack.listeners import Listeners

log = logging.getLogger(__name__)

_RETRY_AFTER = timedelta(seconds=5)
#: A connection that broke unnoticed is found out with the next ping.
_PING_SECONDS = 3
_REMEDY = "Set SLACK_APP_TOKEN to an app-level token of this app with connections:write."


def build(client: WebClient, signing_secret: str, listeners: Listeners) -> App:
    """Return the app. Slack need not be up: the token is looked at with the first press."""
    app = App(
        client=client,
        logger=logging.getLogger("slack_bolt"),
        signing_secret=signing_secret or None,
        listener_executor=Answering(),
        token_verification_enabled=False,
        # Socket Mode is authenticated by its connection; over HTTP every request is verified.
        request_verification_enabled=bool(signing_secret),
    )
    listeners.register(app)
    return app


def route(app: App, signing_secret: str) -> Route:
    """Return ``POST /slack/events``, for everything that Slack sends over HTTP.

    What Slack did not sign is answered here: nothing in it is read, or answered to anybody else.
    """
    verifier = SignatureVerifier(signing_secret)

    async def slack_events(request: Request) -> Response:
        body = await request.body()
        if b"ssl_check=1" in body.split(b"&"):
            # Slack looks at the certificate, unsigned.
            return Response()
        if not _is_signed(verifier, body, request.headers):
            return PlainTextResponse("not signed by Slack\n", 401)
        bolt_request = to_bolt_request(request, body)
        # Bolt's own Starlette adapter would hold up the event loop until the acknowledgement.
        return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    return Route("/slack/events", slack_events, methods=["POST"])


def _is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        return verifier.is_valid_request(body, headers)
    except (TypeError, ValueError):
        # A time that is no number, a signature that is no ASCII, a body that is no text.
        return False


class Socket:
    """A Socket Mode connection; once it was made, Slack's client mends a broken one itself.

    *problem* says why Slack's presses do not arrive, empty when they do.
    """

    def __init__(self, app: App, app_token: str) -> None:
        self._handler = SocketModeHandler(app, app_token, ping_interval=_PING_SECONDS)
        self._refused = ""

    @property
    def problem(self) -> str:
        if self._handler.client.is_connected():
            return ""
        return self._refused or "the socket is not connected"

    def keep(self, stop: threading.Event) -> None:
        """Be connected until *stop*."""
        while not stop.is_set():
            try:
                self._handler.connect()  # type: ignore[no-untyped-call]
            except FAILURES as error:
                self._refused = _why(error)
                log.warning("Slack's socket is out of reach", extra={"why": self._refused})
                stop.wait(_RETRY_AFTER.total_seconds())
                continue
            log.info("connected to Slack by Socket Mode")
            stop.wait()
        self._handler.close()  # type: ignore[no-untyped-call]


def _why(error: Exception) -> str:
    said = why(error)
    is_refusal = isinstance(error, SlackApiError) and error.response.status_code == 200
    return f"{said}: {_REMEDY}" if is_refusal else said
