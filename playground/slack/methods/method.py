"""What the Web API knows of each of its methods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.slack.arguments import Arguments, is_number
from playground.slack.errors import invalid_arguments
from playground.slack.installation import Installation
from playground.slack.limits import Rate


@dataclass(frozen=True, slots=True)
class Method:
    """*scopes*: one of them is needed, if there are any. *for_app* methods take the app-level token
    and no other.
    """

    name: str
    answer: Callable[[Installation, Arguments], dict[str, Any]]
    rate: Rate
    scopes: tuple[str, ...] = ()
    for_app: bool = False


def page(
    key: str, found: Sequence[Any], arguments: Arguments, *, default: int = 100, most: int = 1000
) -> dict[str, Any]:
    """Return the part of *found* that *arguments* ask for, by cursor, and the next cursor.

    https://docs.slack.dev/apis/web-api/pagination
    """
    limit = arguments.number("limit", default, most)
    cursor = arguments.text("cursor")
    start = 0
    if cursor:
        number = cursor.removeprefix("next:")
        if number == cursor or not is_number(number):
            raise invalid_arguments("must be a cursor of an earlier answer [json-pointer:/cursor]")
        start = int(number)
    end = start + limit
    next_cursor = f"next:{end}" if end < len(found) else ""
    return {
        key: list(found[start:end]),
        "response_metadata": {"next_cursor": next_cursor},
    }
