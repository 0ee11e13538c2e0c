"""How documents of JSON stand in a text: alone, in a row, below words, or packed. Pure."""

import base64
import binascii
import html
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from compliance.refusal import NotUnderstoodError, Problem

_UNPACKED_MAX = 1024 * 1024
#: Words that a message of AWS Config has somewhere, however it is written.
_TRACES = re.compile(
    r"messageType|aws\.config|configRule|complianceType|configurationItem|payloadoffloading"
    r"|NON_COMPLIANT|AWS Config"
)
#: "[AWS Config:eu-west-2]" is the beginning of a subject, not of a list.
_JSON = re.compile(r'[{"]|\[(?![A-Z])')
#: What may stand between two documents that were written one after another.
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")


def has_traces(text: str) -> bool:
    """Whether *text* may be AWS Config's, or about something of its."""
    return bool(_TRACES.search(text))


def is_json(text: str) -> bool:
    return bool(_JSON.match(text))


def documents(text: str) -> Iterator[Any]:
    """Yield what *text* has in JSON: streams write several documents one after another."""
    at = 0
    while at < len(text):
        try:
            document, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise NotUnderstoodError(Problem.MALFORMED, str(error)) from error
        yield document
        if between := _BETWEEN.match(text, at):
            at = between.end()


def after_words(text: str) -> Any:
    """Return the first object of JSON in *text* that may be AWS Config's, None if there is none."""
    plain = html.unescape(unquote_plus(text) if "%7B" in text else text)
    if not has_traces(plain) or (at := plain.find("{")) < 0:
        return None
    try:
        document, _ = _DECODER.raw_decode(plain, at)
    except (ValueError, RecursionError):
        return None
    return document


def parts(text: str) -> list[Any]:
    """Return what in *text* may be AWS Config's; an unpacked text is one part."""
    if (inside := unpacked(text)) is not None:
        return [inside]
    if not has_traces(text):
        return []
    text = text.lstrip()
    return list(documents(text)) if is_json(text) else [after_words(text)]


def unpacked(text: str) -> str | None:
    """Return the text that *text* is in base64, zipped or not; None where it is nothing such."""
    if not is_packed(text):
        return None
    try:
        data = base64.b64decode(_joined(text).replace("-", "+").replace("_", "/") + "==")
        if data[:1] in {b"\x1f", b"x"}:
            data = _unzipped(data)
        inside = data.decode(json.detect_encoding(data))
    except (binascii.Error, UnicodeDecodeError, OSError, EOFError, zlib.error):
        return None
    return inside if inside.lstrip()[:1] in {"{", "["} or is_packed(inside) else None


def is_packed(text: str) -> bool:
    """Whether *text* may be base64, which some break into lines."""
    return bool(_BASE64.fullmatch(_joined(text)))


def _joined(text: str) -> str:
    return "".join(text.splitlines()).strip()


def _unzipped(data: bytes) -> bytes:
    """Return what *data* was before it was zipped, cut where a small message becomes a huge one."""
    return zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data, _UNPACKED_MAX)
