"""Every message the bot sends to Slack, and Slack's refusals in the courier's words."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from commands.answers import Digest
from compliance.group import Content
from ledger.cards import Posted
from notifiers.courier import (
    CardGoneError,
    CardRefusedError,
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
)
from notifiers.slack.blocks import Block, section
from notifiers.slack.group import content_message
from notifiers.slack.replies import answer_message
from notifiers.slack.text import MESSAGE_MAX, outside

log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10
#: What any call can end with: Slack's refusals and faults, and everything on the way to it.
FAILURES = (SlackClientError, OSError, HTTPException)
#: chat.update answers these where the message cannot be brought up to date any more.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
#: Answers about what the message holds, not about where it goes.
_UNFIT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "block_mismatch"})
#: Answers about the channel.
_CLOSED = frozenset({"is_archived", "channel_not_found", "not_in_channel"})
_INVITE = "Invite the bot to the channel with /invite, or correct the channel in teams.yaml."
_REMEDIES = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "is_archived": "Unarchive the channel, or name another one in teams.yaml.",
    "invalid_auth": "Set SLACK_BOT_TOKEN to the token of the installed app.",
    "token_revoked": "Install the app again and set SLACK_BOT_TOKEN to its new token.",
    "missing_scope": "Install the app again with the scopes of config/slack-manifest.yaml.",
}


def connect(token: str, api_url: str = "", rate_limit_retries: int = 0) -> WebClient:
    """Return a client for Slack's Web API, or for whatever answers at *api_url*.

    It waits out a rate limit as often as *rate_limit_retries* says, as long as Slack asks for.
    """
    base = f"{api_url.rstrip('/')}/" if api_url else WebClient.BASE_URL
    client = WebClient(token, base, timeout=_TIMEOUT_SECONDS)
    if rate_limit_retries:
        patient = RateLimitErrorRetryHandler(max_retry_count=rate_limit_retries)
        client.retry_handlers.append(patient)
    return client


class SlackNotifier:
    """Cards and reports in Slack's channels."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, content: Content) -> Posted:
        sent = _else_in_words(partial(self._send, channel), content)
        return Posted(channel=sent["channel"], message=sent["ts"])

    def replace(self, place: Posted, content: Content) -> None:
        _else_in_words(partial(self._update, place), content)

    def problem(self) -> str:
        """Say why Slack cannot be reached, empty when it can."""
        try:
            self._client.auth_test()
        except FAILURES as error:
            return type(error).__name__
        return ""

    def post_digest(self, channel: str, digest: Digest) -> None:
        """Send the weekly report; raises ChatBusyError or ChatRefusedError."""
        self._send(channel, *answer_message(digest))

    def post_notice(self, channel: str, text: str) -> None:
        """Say a sentence; raises ChatBusyError or ChatRefusedError."""
        told = outside(text, MESSAGE_MAX)
        self._send(channel, told, [section(told)])

    def _update(self, place: Posted, text: str, blocks: list[Block]) -> None:
        with _slack_errors():
            self._client.chat_update(
                channel=place.channel, ts=place.message, text=text, blocks=blocks
            )

    def _send(self, channel: str, text: str, blocks: list[Block]) -> Any:
        with _slack_errors():
            return self._client.chat_postMessage(
                channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )


def _else_in_words(send: Callable[[str, list[Block]], Any], content: Content) -> Any:
    """Send *content*; where Slack does not take its blocks, its words alone: better than nothing.

    Not all workspaces have new kinds of blocks at once (slack FACTS, "2026 features").
    """
    text, blocks = content_message(content)
    try:
        return send(text, blocks)
    except CardRefusedError as error:
        log.error("Slack takes a card only in words", extra={"problem": error.problem})
        return send(text, [section(text)])


@contextmanager
def _slack_errors() -> Iterator[None]:
    """Turn Slack's errors into the courier's."""
    try:
        yield
    except SlackApiError as error:
        raise _in_our_words(error) from error
    except FAILURES as error:
        raise ChatRefusedError(f"Slack is out of reach: {type(error).__name__}") from error


def _in_our_words(error: SlackApiError) -> Exception:
    if error.response.status_code == 429:
        pause = error.response.headers.get("Retry-After", "1")
        return ChatBusyError(timedelta(seconds=int(pause) if str(pause).isdigit() else 1))
    if error.response.status_code >= 500:
        return ChatBusyError(timedelta(seconds=5))
    problem = str(error.response.get("error", "unknown error"))
    if problem in _GONE:
        return CardGoneError(problem)
    if problem in _UNFIT:
        return CardRefusedError(problem, "Report this to whoever maintains the bot.")
    refused = ChannelClosedError if problem in _CLOSED else ChatRefusedError
    return refused(problem, _REMEDIES.get(problem, ""))
