"""A queue in a process of its own: as much of SQS as the benchmarks need, as fast as it goes.

It speaks the JSON protocol that boto3 speaks, over HTTP/1.1:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
A message is handed out once; whether it was deleted is what counts.
"""

import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_PATIENCE_SECONDS = 300.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ACTION = re.compile(rb"\r\nx-amz-target: *AmazonSQS\.(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LocalQueue:
    """A running queue, as the process that started it sees it."""

    url: str
    news: Connection

    def drained(self) -> float:
        """Wait until every message was deleted; return the seconds since the first receive."""
        return float(_hear(self.news))


@contextmanager
def local_queue(messages: Sequence[str]) -> Iterator[LocalQueue]:
    """Serve *messages* on a free port of 127.0.0.1 until the end of the context."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    server = fresh.Process(target=_serve, args=(messages, theirs), daemon=True)
    server.start()
    try:
        yield LocalQueue(f"http://127.0.0.1:{_hear(ours)}/000000000000/notifications", ours)
    finally:
        server.terminate()
        server.join()


def _hear(news: Connection) -> Any:
    if not news.poll(_PATIENCE_SECONDS):
        raise TimeoutError(f"nothing was heard of the queue for {_PATIENCE_SECONDS:.0f} s")
    return news.recv()


def _serve(messages: Sequence[str], news: Connection) -> None:
    asyncio.run(_serve_forever(_Queue(messages, news), news))


async def _serve_forever(queue: "_Queue", news: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(queue, loop), "127.0.0.1", 0)
    news.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Queue:
    """The messages; written as JSON before anybody asks, so that an answer costs little."""

    def __init__(self, messages: Sequence[str], news: Connection) -> None:
        self._waiting = [_as_json(*each) for each in enumerate(messages)]
        self._waiting.reverse()
        self._undeleted = {str(number) for number in range(len(messages))}
        self._news = news
        self._began = 0.0

    def receive(self, most: int) -> bytes:
        """Return up to *most* messages as SQS answers them, nothing where none is left."""
        self._began = self._began or time.perf_counter()
        batch = self._waiting[-most:]
        if not batch:
            return b""
        del self._waiting[-most:]
        return b'{"Messages":[' + b",".join(reversed(batch)) + b"]}"

    def delete(self, entries: Sequence[Mapping[str, str]]) -> bytes:
        before = len(self._undeleted)
        self._undeleted.difference_update(entry["ReceiptHandle"] for entry in entries)
        if before and not self._undeleted:
            self._news.send(time.perf_counter() - self._began)
        deleted = [{"Id": entry["Id"]} for entry in entries]
        return json.dumps({"Successful": deleted, "Failed": []}).encode()


def _as_json(number: int, text: str) -> bytes:
    message = {
        "MessageId": f"00000000-0000-4000-8000-{number:012d}",
        "ReceiptHandle": str(number),
        "Body": text,
    }
    return json.dumps(message).encode()


class _Conversation(asyncio.Protocol):
    """One connection: a request, its answer, and the next request, as boto3 speaks."""

    def __init__(self, queue: _Queue, loop: asyncio.AbstractEventLoop) -> None:
        self._queue = queue
        self._loop = loop
        self._unread = b""

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, blank, body = self._unread.partition(b"\r\n\r\n")
        length, action = _LENGTH.search(head), _ACTION.search(head)
        if not blank or (length and len(body) < int(length[1])):
            return
        self._unread = b""
        self._act(action[1] if action else b"", json.loads(body or b"{}"))

    def _act(self, action: bytes, asked: Mapping[str, Any]) -> None:
        if action == b"ReceiveMessage":
            if messages := self._queue.receive(asked.get("MaxNumberOfMessages", 1)):
                self._answer(messages)
            else:
                # A long poll of an empty queue; no message ever comes later than the first ones.
                self._loop.call_later(asked.get("WaitTimeSeconds", 0), self._answer, b"{}")
        elif action == b"DeleteMessageBatch":
            self._answer(self._queue.delete(asked["Entries"]))
        else:
            self._answer(b'{"__type":"com.amazonaws.sqs#UnsupportedOperation"}', b"400 Bad Request")

    def _answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/x-amz-json-1.0\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )
