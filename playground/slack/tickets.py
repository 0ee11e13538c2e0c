"""What an app may use for a short while: trigger ids, response URLs, Socket Mode tickets."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.slack.errors import SlackError

#: https://docs.slack.dev/interactivity/handling-user-interaction
TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5
_TICKET_LIFE = timedelta(seconds=30)
_KEPT = 1000


@dataclass(slots=True)
class Trigger:
    """Lets the app open a modal for *user*. *channel* and *view* are where it came from, if from
    there: the conversation, the modal.
    """

    user: str
    channel: str
    view: str
    ends: datetime
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Lets the app answer in *channel*. *ts* is the message that was acted on, if any, which the
    app may replace; *thread_ts* its thread. *user* is who sees an ephemeral answer.
    """

    user: str
    channel: str
    ts: str
    thread_ts: str
    ends: datetime
    uses_left: int = RESPONSE_URL_USES


@dataclass(slots=True)
class Tickets:
    """Everything of that kind that has been handed out."""

    clock: Callable[[], datetime]
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    _sockets: dict[str, datetime] = field(default_factory=dict)

    def trigger(self, user: str, channel: str = "", view: str = "") -> str:
        """Return a new trigger id."""
        now = self.clock()
        # Slack says what it looks like: "132456.7890123.abcdef".
        name = f"{now.timestamp():.6f}".replace(".", "") + f".{secrets.randbelow(10**10)}"
        name = f"{name}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(user, channel, view, now + TRIGGER_LIFE)
        _forget_oldest(self._triggers)
        return name

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger up; raises SlackError for one that is unknown, late or used."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self.clock() >= trigger.ends:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def response_url(self, user: str, channel: str, ts: str = "", thread_ts: str = "") -> str:
        """Return the secret part of a new response URL."""
        name = f"{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        ends = self.clock() + RESPONSE_URL_LIFE
        self._response_urls[name] = ResponseUrl(user, channel, ts, thread_ts, ends)
        _forget_oldest(self._response_urls)
        return name

    def respond(self, name: str) -> ResponseUrl:
        """Use a response URL once; raises SlackError."""
        url = self._response_urls.get(name)
        if url is None:
            raise SlackError("invalid_url")
        if self.clock() >= url.ends:
            raise SlackError("expired_url")
        if not url.uses_left:
            raise SlackError("used_url")
        url.uses_left -= 1
        return url

    def socket(self) -> str:
        """Return a new ticket for one Socket Mode connection."""
        ticket = secrets.token_hex(16)
        self._sockets[ticket] = self.clock() + _TICKET_LIFE
        _forget_oldest(self._sockets)
        return ticket

    def connect(self, ticket: str) -> bool:
        """Use a ticket up; False for one that is unknown, late or used."""
        ends = self._sockets.pop(ticket, None)
        return ends is not None and self.clock() < ends

    def clear(self) -> None:
        """Forget all but the tickets: a connection that is being made is made."""
        self._triggers.clear()
        self._response_urls.clear()


def _forget_oldest(handed_out: dict[str, Any]) -> None:
    while len(handed_out) > _KEPT:
        del handed_out[next(iter(handed_out))]
