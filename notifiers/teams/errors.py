"""Microsoft's errors in the words of every chat product.

https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from notifiers.chat import (
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
)
from notifiers.teams.microsoft import RefusedError, UnansweredError

_ADD_APP = (
    "Add the app to the team in Teams (Apps, Manage your apps), or name another channel in "
    "teams.yaml."
)
#: The channel or the conversation takes nothing, and what an operator can do.
_CLOSED = {
    "BotNotInConversationRoster": _ADD_APP,
    "ConversationNotFound": _ADD_APP,
    "ConversationBlockedByUser": "This person has blocked the app, and can unblock it in Teams.",
    "ForbiddenOperationException": _ADD_APP,
    "InvalidBotApiHost": _ADD_APP,
    "MessageWritesBlocked": "Ask an owner of the team to let apps post in this channel.",
    "BotDisabledByAdmin": "Ask an administrator of Teams to allow the app.",
    "TeamArchived": "Restore the team in Teams, or name another channel in teams.yaml.",
}
_GONE = frozenset({"ActivityNotFoundInConversation", "MessageNotFound", "ActivityNotFound"})
_TOO_LARGE = frozenset({"MessageSizeTooBig", "RequestEntityTooLarge"})
_CREDENTIALS = "Set TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET and TEAMS_TENANT_ID to the app's own."
_REACH = "Open the way to login.microsoftonline.com and smba.trafficmanager.net."
_REPORT = "Report this to the people who maintain the bot."
#: Microsoft asks to repeat these a little later; 412 is another call on the same conversation.
#: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
TRANSIENT = frozenset({412, 500, 502, 503, 504})
#: These say that nothing was done, so that a post can be made again.
_NOT_DONE = frozenset({412, 429})
_OUTAGE = timedelta(seconds=5)


@contextmanager
def posting() -> Iterator[None]:
    """Turn Microsoft's errors into ours for a call that must not be made twice."""
    with _translated(InDoubtError):
        yield


@contextmanager
def changing() -> Iterator[None]:
    """Turn Microsoft's errors into ours for a call that can be repeated."""
    with _translated(lambda problem: ChatBusyError(soon())):
        yield


@contextmanager
def _translated(unanswered: Callable[[str], Exception]) -> Iterator[None]:
    """*unanswered* makes the error of a call whose outcome nobody knows."""
    try:
        yield
    except UnansweredError as error:
        if error.is_unsent:
            raise ChatRefusedError("Microsoft Teams is out of reach", _REACH) from error
        raise unanswered(str(error)) from error
    except RefusedError as error:
        raise _in_our_words(error, unanswered) from error


def _in_our_words(error: RefusedError, unanswered: Callable[[str], Exception]) -> Exception:
    if error.status in _NOT_DONE:
        return ChatBusyError(pause_of(error))
    if error.status in TRANSIENT:
        return unanswered(str(error))
    if error.code in _GONE:
        return MessageGoneError(error.code)
    if error.code in _CLOSED:
        return ChannelClosedError(error.code, _CLOSED[error.code])
    if error.status == 401:
        return ChatRefusedError(str(error), _CREDENTIALS)
    if error.status == 413 or error.code in _TOO_LARGE:
        return ContentRefusedError(error.code or "the message is too large", _REPORT)
    if error.status in (403, 404):
        return ChannelClosedError(str(error), _ADD_APP)
    return ContentRefusedError(f"{error}: {error.message[:200]}", _REPORT)


def pause_of(error: RefusedError) -> timedelta:
    """Return how long Microsoft asks to wait, and some more, so that not all come back at once."""
    return timedelta(seconds=error.retry_after) * _jitter() if error.retry_after else soon()


def soon() -> timedelta:
    return _OUTAGE * _jitter()


def _jitter() -> float:
    return random.uniform(1.0, 1.3)  # noqa: S311 - it spreads calls, and keeps nothing secret
