"""Slack's errors in the words of every chat product.

https://docs.slack.dev/reference/methods/chat.postMessage and chat.update list them by method.
"""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from notifiers.chat import (
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
)

#: What any call can end with: Slack's refusals and faults, and everything on the way to it.
FAILURES = (SlackClientError, OSError, HTTPException)
#: The message cannot be brought up to date any more.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
#: There is no message to reply to.
_NO_THREAD = frozenset({"thread_not_found", "cannot_reply_to_message"})
_INVITE = "Invite the bot to the channel with /invite, or correct the channel in teams.yaml."
_ALLOW = "Let apps post in the channel, or name another channel in teams.yaml."
#: The channel takes nothing, and what an operator can do.
_CHANNEL = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "is_archived": "Unarchive the channel, or name another channel in teams.yaml.",
    "restricted_action": _ALLOW,
    "restricted_action_read_only_channel": _ALLOW,
    "restricted_action_thread_only_channel": _ALLOW,
    "restricted_action_non_threadable_channel": _ALLOW,
    "restricted_action_thread_locked": _ALLOW,
    "channel_type_not_supported": "Name a public or private channel in teams.yaml.",
    "method_not_supported_for_channel_type": "Name a public or private channel in teams.yaml.",
    "messages_tab_disabled": "Name a channel in teams.yaml: the app takes no direct messages.",
    "no_permission": _INVITE,
    "team_not_found": "Name a channel of the workspace in which the app is installed.",
    "team_access_not_granted": "Give the app access to the channel's workspace.",
}
_INSTALL = "Install the app again and set SLACK_BOT_TOKEN to its new token."
_ASK_ADMIN = "Ask an administrator of the workspace to allow the app."
#: The token, the app or the workspace: no message at all is taken.
TOKEN = {
    "not_authed": "Set SLACK_BOT_TOKEN to the token of the installed app.",
    "invalid_auth": "Set SLACK_BOT_TOKEN to the token of the installed app.",
    "not_allowed_token_type": "Set SLACK_BOT_TOKEN to the bot token (xoxb-…) of the app.",
    "token_revoked": _INSTALL,
    "token_expired": _INSTALL,
    "account_inactive": _INSTALL,
    "app_not_installed": _INSTALL,
    "missing_scope": "Install the app again with the scopes of config/slack-manifest.yaml.",
    "access_denied": _ASK_ADMIN,
    "accesslimited": _ASK_ADMIN,
    "ekm_access_denied": _ASK_ADMIN,
    "enterprise_is_restricted": _ASK_ADMIN,
    "org_login_required": "Wait until the workspace has moved to its organisation.",
    "team_added_to_org": "Wait until the workspace has moved to its organisation.",
    "two_factor_setup_required": _ASK_ADMIN,
    "method_deprecated": "Update the bot.",
    "deprecated_endpoint": "Update the bot.",
    "unknown_method": "Correct SLACK_API_URL.",
}
#: Slack has too much to do, and has not done it.
_LOAD = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "team_quota_exceeded"})
#: Slack began, and cannot say how far it came.
_HALF_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
#: How Slack names its errors.
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_OUTAGE = timedelta(seconds=5)
_REACH = "Open the way to Slack's Web API, or correct SLACK_API_URL."
_REPORT = "Report this to the people who maintain the bot."


def posting() -> AbstractContextManager[None]:
    """Turn Slack's errors into ours for a call that must not be made twice."""
    return _translated(InDoubtError, everywhere=False)


def changing() -> AbstractContextManager[None]:
    """Turn Slack's errors into ours for a call that can be repeated.

    Slack counts chat.update by workspace, so its pauses are for all channels.
    """
    return _translated(_try_again, everywhere=True)


@contextmanager
def in_thread() -> Iterator[None]:
    """Turn a refusal of the thread into the news that its message is gone."""
    try:
        yield
    except ContentRefusedError as error:
        if error.problem in _NO_THREAD:
            raise MessageGoneError(error.problem) from error
        raise


def reading() -> AbstractContextManager[None]:
    """Turn Slack's errors into ours for a call that changes nothing."""
    return _translated(_try_again, everywhere=False)


def why(error: Exception) -> str:
    """Return Slack's own word for a failure, else its kind: an error's text may contain a token."""
    if isinstance(error, SlackApiError) and isinstance(error.response.data, dict):
        word = str(error.response.data.get("error", ""))
        if error.response.status_code == 200 and _WORD.fullmatch(word):
            return word
        return f"HTTP {error.response.status_code}"
    return type(error).__name__


@contextmanager
def _translated(unanswered: Callable[[str], Exception], *, everywhere: bool) -> Iterator[None]:
    """*unanswered* makes the error of a call whose outcome nobody knows."""
    try:
        yield
    except SlackApiError as error:
        raise _in_our_words(error, unanswered, everywhere) from error
    except SlackRequestError as error:
        raise ChatRefusedError("Slack could not be asked", _REPORT) from error
    except FAILURES as error:
        if _is_unsent(error):
            raise ChatRefusedError("Slack is out of reach", _REACH) from error
        raise unanswered(type(error).__name__) from error


def _is_unsent(error: Exception) -> bool:
    """Say whether the call never reached anybody: then it is not in doubt."""
    cause = getattr(error, "reason", error)
    return isinstance(
        cause, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError
    )


def _in_our_words(
    error: SlackApiError, unanswered: Callable[[str], Exception], everywhere: bool
) -> Exception:
    answer = error.response
    if answer.status_code == 429:
        pause = str(answer.headers.get("Retry-After", "1"))
        seconds = int(pause) if pause.isascii() and pause.isdecimal() else 1
        return ChatBusyError(timedelta(seconds=seconds), everywhere=everywhere)
    word = str(answer.get("error", "")) if isinstance(answer.data, dict) else ""
    if answer.status_code >= 500 or not _WORD.fullmatch(word):
        # Not Slack's answer, but that of something on the way to it.
        return unanswered(f"HTTP {answer.status_code}")
    if word in _HALF_DONE:
        return unanswered(word)
    if word in _LOAD:
        return ChatBusyError(_OUTAGE, everywhere=everywhere)
    return _of_word(word, _details(answer.get("response_metadata")))


def _details(metadata: Any) -> tuple[str, ...]:
    """Return what Slack says of each part that it refuses."""
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return tuple(map(str, messages)) if isinstance(messages, list) else ()


def _of_word(word: str, details: tuple[str, ...]) -> Exception:
    """Return our error for Slack's word. What is about nothing else is about the content."""
    if word in _GONE:
        return MessageGoneError(word)
    if word in _CHANNEL:
        return ChannelClosedError(word, _CHANNEL[word])
    if word in TOKEN:
        return ChatRefusedError(word, TOKEN[word])
    return ContentRefusedError(word, _REPORT, details)


def _try_again(problem: str) -> Exception:
    return ChatBusyError(_OUTAGE)
