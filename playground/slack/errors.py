"""The Web API's refusals."""

from typing import Any


class SlackError(Exception):
    """The Web API refuses a call: *code* is its ``error``, *facts* stand beside it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class RateLimitedError(Exception):
    """The app has called too often; it may come again after *seconds*."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"ratelimited for {seconds} s")
        self.seconds = seconds


def invalid_arguments(*complaints: str) -> SlackError:
    """Return the error of a call whose arguments are missing or wrong, and why."""
    messages = [f"[ERROR] {complaint}" for complaint in complaints]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})
