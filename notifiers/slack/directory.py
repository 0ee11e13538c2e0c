"""Slack's people and channels as cards need them: who an address is, and who reads a channel."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from compliance.channel import Channel, qualified
from notifiers.chat import ChatRefusedError
from notifiers.slack.errors import FAILURES, reading

log = logging.getLogger(__name__)

#: People come and go, and one call names a thousand of them.
_GUESTS_FOR = 3600.0
#: A channel that is opened to others is noticed within both times, one after the other.
_CHANNEL_FOR, _OWN_CHANNELS_FOR = 240.0, 60.0
_ADDRESS_FOR, _NO_ADDRESS_FOR = 86_400.0, 3600.0
#: users.list, users.conversations and conversations.members name so many at once at most.
_PAGE = 999
_KINDS = "public_channel,private_channel"

SHARED = "people of another organisation (Slack Connect)"
GUESTS = "guests of the workspace"


class Directory:
    """Asks Slack who reads what, and keeps the answers for a while.

    *monotonic* gives seconds.
    """

    def __init__(self, client: WebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def person_of(self, email: str) -> str:
        """Return the member with this address, empty where Slack names none or cannot say."""
        address = email.strip().lower()
        try:
            return str(self._remember(f"address {address}", lambda: self._member(address)))
        except FAILURES as error:
            log.warning("Slack did not say whose an address is", extra={"why": _problem(error)})
            return ""

    def outsiders(self, channel: Channel) -> str:
        """Say which outsiders can read *channel*, empty where only members of the workspace can.

        Raises what a call that changes nothing raises: where Slack does not say, nobody knows.
        """
        return str(self._remember(f"readers of {channel.id}", lambda: self._readers(channel.id)))

    def _readers(self, channel: str) -> tuple[str, float]:
        if self._is_shared(channel):
            return SHARED, _CHANNEL_FOR
        guests = self._remember("guests", self._guests)
        if not guests:
            return "", _CHANNEL_FOR
        members = self._pages("members", self._client.conversations_members, channel=channel)
        return (GUESTS if any(each in guests for each in members) else ""), _CHANNEL_FOR

    def _is_shared(self, channel: str) -> bool:
        own = self._remember("own channels", self._own_channels)
        if channel in own:
            return bool(own[channel])
        with reading():
            return _is_shared(self._client.conversations_info(channel=channel)["channel"])

    def _own_channels(self) -> tuple[dict[str, bool], float]:
        """Return whether each channel that the app is in is shared.

        Slack answers for fifty channels a minute one by one, and here a thousand at once.
        """
        try:
            some = self._pages(
                "channels", self._client.users_conversations, types=_KINDS, exclude_archived=True
            )
            return {each["id"]: _is_shared(each) for each in some}, _OWN_CHANNELS_FOR
        except ChatRefusedError as error:
            log.info("Slack is asked channel by channel", extra={"why": str(error)})
            return {}, _CHANNEL_FOR

    def _guests(self) -> tuple[frozenset[str], float]:
        users = self._pages("members", self._client.users_list)
        guests = (each["id"] for each in users if _is_guest(each))
        return frozenset(guests), _GUESTS_FOR

    def _member(self, address: str) -> tuple[str, float]:
        try:
            user = self._client.users_lookupByEmail(email=address)["user"]
        except SlackApiError as error:
            if _problem(error) in {"users_not_found", "missing_scope"}:
                return "", _NO_ADDRESS_FOR
            raise
        barred = user.get("deleted") or user.get("is_bot") or user.get("is_stranger")
        return ("" if barred or _is_guest(user) else qualified(user["id"])), _ADDRESS_FOR

    def _pages(self, key: str, ask: Callable[..., Any], **about: Any) -> Iterator[Any]:
        cursor = ""
        while True:
            with reading():
                page = ask(limit=_PAGE, cursor=cursor, **about)
            yield from page.get(key) or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _remember(self, what: str, ask: Callable[[], tuple[Any, float]]) -> Any:
        """Return what *ask* answered not too long ago; it says for how many seconds to keep it."""
        with self._lock:
            asking = self._asking[what]
        # Many channels are served side by side, and what all of them need is asked once.
        with asking:
            now = self._monotonic()
            until, answer = self._kept.get(what, (0.0, None))
            if until <= now:
                answer, seconds = ask()
                self._kept[what] = (now + seconds, answer)
            return answer


def _is_shared(channel: Mapping[str, Any]) -> bool:
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def _is_guest(user: dict[str, Any]) -> bool:
    return bool(user.get("is_restricted") or user.get("is_ultra_restricted"))


def _problem(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return type(error).__name__
