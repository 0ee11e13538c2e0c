"""HTTP/1.1 as boto3 speaks it, answered as fast as it goes: a request, its answer, the next one."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TARGET = re.compile(rb"\r\nx-amz-target: *(\w+)\.(\w+)", re.IGNORECASE)
_CREDENTIAL = re.compile(rb"Credential=(\w+)/(\d+)/([a-z0-9-]+)/")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: *target* is the service's and *action*'s name where the protocol is JSON."""

    service: str
    action: str
    access_key: str
    region: str
    body: bytes


#: Answers a request: later, or at once, by calling what it is given with a status and a body.
Answer = Callable[[bytes, bytes], None]
Serve = Callable[[Request, Answer], None]


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._unread = b""

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, blank, body = self._unread.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not blank or (length and len(body) < int(length[1])):
            return
        self._unread = b""
        self._serve(_request(head, body), self._answer)

    def _answer(self, status: bytes, body: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/x-amz-json-1.1\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )


def _request(head: bytes, body: bytes) -> Request:
    target, credential = _TARGET.search(head), _CREDENTIAL.search(head)
    return Request(
        service=target[1].decode() if target else "",
        action=target[2].decode() if target else "",
        access_key=credential[1].decode() if credential else "",
        region=credential[3].decode() if credential else "",
        body=body,
    )
