"""Reads a call's arguments: GET or POST; JSON, form or multipart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from playground.slack.errors import SlackError, invalid_arguments

_CHARSETS = frozenset({"utf-8", "utf8", "iso-8859-1"})
_DIGITS_MAX = 15
_TRUE = frozenset({"1", "true", "t", "yes"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call says, with the token taken out. In a form everything is text, and what is more
    is JSON inside it; in a JSON body it is there as it is.
    """

    values: Mapping[str, Any]
    token: str = ""
    warnings: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def needed(self, name: str) -> str:
        """Return a text that must be there; raises ``invalid_arguments``."""
        if value := self.text(name):
            return value
        raise invalid_arguments(f"missing required field: {name}")

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name).lower()
        return value in _TRUE if value else default

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number from 1 to *most*."""
        value = self.text(name)
        if not value:
            return default
        if not is_number(value) or int(value) < 1:
            raise invalid_arguments(f"must be a number from 1 to {most} [json-pointer:/{name}]")
        return min(int(value), most)

    def listed(self, name: str) -> list[str]:
        """Return a list that is given as JSON or, as Slack allows, with commas."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [str(each) for each in value]
        text = self.text(name)
        if text.startswith("["):
            return [str(each) for each in self.structure(name, "invalid_array_arg") or ()]
        return [each.strip() for each in text.split(",") if each.strip()]

    def structure(self, name: str, error: str) -> Any:
        """Return what is JSON in a form, None where it is missing; raises SlackError *error*."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return parse(value)
        except ValueError as fault:
            raise SlackError(error) from fault


@dataclass(slots=True)
class _Body:
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def is_number(text: str) -> bool:
    """Say whether *text* is a whole number of a size that is meant seriously."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX


def parse(text: str | bytes) -> Any:
    """Return what *text* is in JSON; raises ValueError, also for what is no Unicode (a lone half
    of a surrogate pair), which could be stored but never shown, and for absurd depth.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


async def read(request: Request) -> Arguments:
    """Return a request's arguments; raises SlackError for a body that cannot be read."""
    values: dict[str, Any] = dict(request.query_params)
    body = await _body(request) if request.method == "POST" else _Body()
    is_json = request.headers.get("content-type", "").startswith("application/json")
    values |= body.values
    inline = values.pop("token", "")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else ""
    if not token and not (is_json and "token" in body.values):
        # Beside a JSON body the token belongs in the header: docs.slack.dev/apis/web-api.
        token = str(inline)
    return Arguments(values, token, tuple(body.warnings))


async def _body(request: Request) -> _Body:
    header = request.headers.get("content-type", "")
    kind, _, rest = header.partition(";")
    kind = kind.strip().lower()
    charset = rest.partition("charset=")[2].strip().strip('"').lower()
    if charset and charset not in _CHARSETS:
        raise SlackError("invalid_charset")
    if kind == "application/json":
        return _Body(_parsed(await request.body()), [] if charset else ["missing_charset"])
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return _Body(await _form(request), ["superfluous_charset"] if charset else [])
    if not await request.body():
        return _Body()
    raise SlackError("invalid_post_type" if kind else "missing_post_type")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        values = parse(body or b"{}")
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(values, dict):
        raise SlackError("json_not_object")
    return values


async def _form(request: Request) -> dict[str, Any]:
    try:
        form = await request.form(max_fields=1000)
    except HTTPException as error:
        raise SlackError("invalid_form_data") from error
    return {
        name: str(await value.read(), errors="replace") if isinstance(value, UploadFile) else value
        for name, value in form.items()
    }
