"""What every operation of AWS Config is asked and answers with, and how it refuses. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from playground.aws.records import ResourceKey

Params = Mapping[str, Any]
Answer = dict[str, Any]
T = TypeVar("T")


class ConfigError(Exception):
    """AWS Config refuses the call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def page(
    name: str,
    found: Sequence[T],
    params: Params,
    *,
    default: int,
    maximum: int = 100,
    capitals: bool = True,
) -> Answer:
    """Return one page of *found*; the token is where the next page begins."""
    limit, token = ("Limit", "NextToken") if capitals else ("limit", "nextToken")
    size = min(params.get(limit) or default, maximum)
    start = params.get(token) or "0"
    if not (start.isdecimal() and int(start) <= len(found)):
        raise ConfigError("InvalidNextTokenException", f"The next token {start} is not valid.")
    end = int(start) + size
    page: Answer = {name: list(found[int(start) : end])}
    return page | ({token: str(end)} if end < len(found) else {})


def resource_key(key: Params) -> ResourceKey:
    return ResourceKey(key["resourceType"], key["resourceId"])


def lower_key(key: ResourceKey) -> Answer:
    return {"resourceType": key.resource_type, "resourceId": key.resource_id}


def time_of(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
