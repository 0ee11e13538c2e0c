"""Brings payloads to the app, by Socket Mode or by HTTP, and waits for its acknowledgement."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import anyio.to_thread

from playground.slack import outgoing
from playground.slack.answers import Answer, Failure
from playground.slack.entities import Call, Channel, Direction
from playground.slack.installation import Installation
from playground.slack.interactions import event_callback
from playground.slack.sockets import Sockets

_FORM = "application/x-www-form-urlencoded"
_MEMBERS_ONLY = frozenset({"message", "app_mention", "reaction_added", "reaction_removed"})


@dataclass(frozen=True, slots=True)
class Pace:
    """How long Slack waits. Tests shorten it.

    https://docs.slack.dev/apis/events-api: an event is sent again at once, after a minute, and
    after five.
    """

    acknowledgement: timedelta = timedelta(seconds=3)
    redelivery: tuple[timedelta, ...] = (
        timedelta(),
        timedelta(minutes=1),
        timedelta(minutes=5),
    )


class Delivery:
    """The way to one app. *app_url* replaces the addresses in the manifest."""

    def __init__(self, slack: Installation, sockets: Sockets, pace: Pace, app_url: str) -> None:
        self._slack = slack
        self._sockets = sockets
        self._pace = pace
        self._app_url = _with_path(app_url)
        self._events: set[asyncio.Task[None]] = set()

    async def command(self, fields: Mapping[str, Any], url: str) -> Answer:
        """Deliver a slash command."""
        body = urlencode(fields).encode()
        return await self._send("slash_commands", fields["command"], fields, url, body, _FORM)

    async def interaction(self, payload: Mapping[str, Any]) -> Answer:
        """Deliver what a person did. It is never sent again: a press that is lost is lost."""
        manifest = self._slack.manifest
        if not manifest.is_interactive:
            return Answer(failure=Failure.NOT_INTERACTIVE)
        is_suggestion = payload["type"] == "block_suggestion"
        url = (manifest.options_url if is_suggestion else "") or manifest.interactivity_url
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send("interactive", payload["type"], payload, url, body, _FORM)

    def tell(self, event: Mapping[str, Any], channel: Channel | None) -> None:
        """Deliver an event, if the app subscribes to it, in a task of its own."""
        if not self._is_wanted(event, channel):
            return
        payload = event_callback(self._slack, event, channel)
        task = asyncio.get_running_loop().create_task(self._deliver_event(payload))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    def cancel(self) -> None:
        """Give up what has not been delivered."""
        for task in self._events:
            task.cancel()

    def _is_wanted(self, event: Mapping[str, Any], channel: Channel | None) -> bool:
        name = event["type"]
        if name in _MEMBERS_ONLY:
            if channel is None or self._slack.app.bot_user not in channel.members:
                return False
            if name == "message":
                kind = channel.kind
                name = f"message.{kind if kind in ('im', 'mpim') else f'{kind}s'}"
        return name in self._slack.manifest.bot_events

    async def _deliver_event(self, payload: Mapping[str, Any]) -> None:
        answer = await self._send_event(payload, {}, {"retry_attempt": 0, "retry_reason": ""})
        for attempt, wait in enumerate(self._pace.redelivery, start=1):
            if answer.failure is None or answer.is_final:
                return
            if answer.failure is Failure.NOT_CONNECTED:
                # An app that comes back is not kept waiting for what it missed.
                await self._sockets.connected(wait)
            else:
                await asyncio.sleep(wait.total_seconds())
            reason = str(answer.failure)
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
            retry = {"retry_attempt": attempt, "retry_reason": reason}
            answer = await self._send_event(payload, headers, retry)

    async def _send_event(
        self, payload: Mapping[str, Any], headers: Mapping[str, str], retry: Mapping[str, Any]
    ) -> Answer:
        url, body = self._slack.manifest.events_url, json.dumps(payload).encode()
        name = f"event {payload['event']['type']}"
        kind = "application/json"
        return await self._send("events_api", name, payload, url, body, kind, headers, retry)

    async def _send(
        self,
        envelope: str,
        name: str,
        payload: Mapping[str, Any],
        url: str,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] = {},
        retry: Mapping[str, Any] = {},
    ) -> Answer:
        started = time.perf_counter()
        wait = self._pace.acknowledgement
        if self._slack.uses_sockets:
            accepts = envelope == "slash_commands" or name in (
                "view_submission",
                "block_suggestion",
            )
            answer = await self._sockets.send(
                envelope, payload, wait, accepts_answer=accepts, **retry
            )
        elif address := self._app_url or url:
            secret = self._slack.app.signing_secret
            send = partial(outgoing.post, address, body, content_type, secret, wait, headers)
            answer = await self._within(wait, send)
        else:
            answer = Answer(failure=Failure.NOT_CONNECTED)
        self._log(name, payload, answer, time.perf_counter() - started)
        return answer

    @staticmethod
    async def _within(wait: timedelta, send: Any) -> Answer:
        """Wait for a thread no longer than *wait*, though the app sends a byte now and then."""
        try:
            async with asyncio.timeout(wait.total_seconds()):
                answer: Answer = await anyio.to_thread.run_sync(send, abandon_on_cancel=True)
                return answer
        except TimeoutError:
            return Answer(failure=Failure.TIMEOUT, status=0)

    def _log(self, name: str, payload: Mapping[str, Any], answer: Answer, seconds: float) -> None:
        workspace = self._slack.workspace
        response = {"failure": str(answer.failure)} if answer.failure else answer.body
        status = 0 if answer.failure and answer.status == 200 else answer.status
        workspace.log(
            Call(
                number=workspace.next_number(),
                at=workspace.clock(),
                direction=Direction.TO_APP,
                name=name,
                request={key: value for key, value in payload.items() if key != "token"},
                response=response,
                status=status,
                milliseconds=seconds * 1000,
            )
        )


def _with_path(app_url: str) -> str:
    """Return *app_url* with Bolt's own path where it has none."""
    if app_url and urlsplit(app_url).path in ("", "/"):
        return f"{app_url.rstrip('/')}/slack/events"
    return app_url
