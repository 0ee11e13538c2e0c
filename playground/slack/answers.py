"""How an app answers a payload that was sent to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Failure(StrEnum):
    """Why there is no acknowledgement; events are sent again with it as the reason."""

    TIMEOUT = "http_timeout"
    ERROR = "http_error"
    CONNECTION_FAILED = "connection_failed"
    NOT_CONNECTED = "not_connected"
    NOT_INTERACTIVE = "not_interactive"


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement and what the app gave with it: JSON, a text, or nothing.

    *is_final* says that the app wants no redelivery: ``x-slack-no-retry``.
    """

    body: Any = None
    failure: Failure | None = None
    status: int = 200
    is_final: bool = False
