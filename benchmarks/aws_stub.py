"""As much of SQS, STS and AWS Config as the benchmarks need, in a process of its own.

The queue speaks the JSON protocol that boto3 speaks:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
A message is handed out once; whether it was deleted is what counts.
"""

import asyncio
import json
import multiprocessing
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.config_stub import Content, answer, assumed
from benchmarks.http_stub import Answer, Conversation, Request

_PATIENCE_SECONDS = 300.0
_OK = b"200 OK"


@dataclass(slots=True)
class LocalAws:
    """A running AWS, as the process that started it sees it. Times are the monotonic clock's."""

    url: str
    news: Connection
    _kept: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def queue_url(self) -> str:
        return f"{self.url}/000000000000/notifications"

    def began(self) -> float:
        """Wait until somebody asked the queue for messages; return when that was."""
        return float(self._hear("began"))

    def drained(self) -> float:
        """Wait until every message was deleted; return when that was."""
        return float(self._hear("drained"))

    def put(self, texts: Sequence[str]) -> None:
        """Put messages into the queue: who waits for some gets them at once."""
        while self.news.poll():
            self._take()
        # It was not of these.
        self._kept["drained"].clear()
        self.news.send(("put", list(texts)))

    def calls(self) -> Mapping[str, int]:
        """Return how often each action of AWS Config and STS was asked for."""
        self.news.send(("calls", None))
        counted: Mapping[str, int] = self._hear("calls")
        return counted

    def _hear(self, kind: str) -> Any:
        while not self._kept[kind]:
            if not self.news.poll(_PATIENCE_SECONDS):
                raise TimeoutError(f"AWS has not {kind} within {_PATIENCE_SECONDS:.0f} s")
            self._take()
        return self._kept[kind].pop(0)

    def _take(self) -> None:
        heard, what = self.news.recv()
        self._kept[heard].append(what)


@contextmanager
def local_aws(
    messages: Sequence[str], content: Content | None = None, latency_seconds: float = 0.0
) -> Iterator[LocalAws]:
    """Serve *messages* on a free port of 127.0.0.1; AWS Config and STS take their latency."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    arguments = (messages, content or Content(), latency_seconds, theirs)
    server = fresh.Process(target=_serve, args=arguments, daemon=True)
    server.start()
    try:
        aws = LocalAws("", ours)
        aws.url = f"http://127.0.0.1:{aws._hear('port')}"
        yield aws
    finally:
        server.terminate()
        server.join()


def _serve(*arguments: Any) -> None:
    asyncio.run(_serve_forever(*arguments))


async def _serve_forever(
    messages: Sequence[str], content: Content, latency_seconds: float, news: Connection
) -> None:
    loop = asyncio.get_running_loop()
    services = _Services(_Queue(messages, news, loop), content, latency_seconds, loop)

    def hear() -> None:
        command, texts = news.recv()
        if command == "put":
            services.queue.put(texts)
        else:
            news.send(("calls", dict(services.calls)))

    loop.add_reader(news.fileno(), hear)
    server = await loop.create_server(lambda: Conversation(services.serve), "127.0.0.1", 0)
    news.send(("port", server.sockets[0].getsockname()[1]))
    await server.serve_forever()


class _Services:
    def __init__(
        self,
        queue: "_Queue",
        content: Content,
        latency_seconds: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.queue = queue
        self.calls: Counter[str] = Counter()
        self._content = content
        self._latency_seconds = latency_seconds
        self._loop = loop

    def serve(self, request: Request, reply: Answer) -> None:
        if request.service == "AmazonSQS":
            self.queue.serve(request, reply)
            return
        if request.service:
            self.calls[request.action] += 1
            status, body = answer(request, self._content)
        else:
            self.calls["AssumeRole"] += 1
            status, body = _OK, assumed(request)
        if self._latency_seconds:
            self._loop.call_later(self._latency_seconds, reply, status, body)
        else:
            reply(status, body)


class _Queue:
    """The messages; written as JSON before anybody asks, so that an answer costs little."""

    def __init__(
        self, messages: Sequence[str], news: Connection, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._ready: list[bytes] = []
        self._polls: dict[int, tuple[int, Answer]] = {}
        self._undeleted: set[str] = set()
        self._number = 0
        self._news = news
        self._loop = loop
        self._has_begun = False
        self.put(messages)

    def put(self, texts: Sequence[str]) -> None:
        fresh = [_as_json(self._number + each, text) for each, text in enumerate(texts)]
        self._undeleted.update(str(self._number + each) for each in range(len(texts)))
        self._number += len(texts)
        self._ready[:0] = reversed(fresh)
        while self._ready and self._polls:
            # Who asked last is alive: the others may have been killed.
            most, reply = self._polls.popitem()[1]
            reply(_OK, self._batch(most))

    def serve(self, request: Request, reply: Answer) -> None:
        asked = json.loads(request.body or b"{}")
        if request.action == "ReceiveMessage":
            self._receive(asked, reply)
        elif request.action == "DeleteMessageBatch":
            reply(_OK, self._delete(asked["Entries"]))
        elif request.action == "GetQueueAttributes":
            reply(_OK, b'{"Attributes":{}}')
        else:
            reply(b"400 Bad Request", b'{"__type":"com.amazonaws.sqs#UnsupportedOperation"}')

    def _receive(self, asked: Mapping[str, Any], reply: Answer) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._news.send(("began", time.monotonic()))
        most, wait = asked.get("MaxNumberOfMessages", 1), asked.get("WaitTimeSeconds", 0)
        if self._ready or not wait:
            reply(_OK, self._batch(most) if self._ready else b"{}")
            return
        poll = id(reply)
        self._polls[poll] = most, reply
        self._loop.call_later(wait, self._end, poll, reply)

    def _end(self, poll: int, reply: Answer) -> None:
        """A long poll ends without a message."""
        if self._polls.get(poll, (0, None))[1] is reply:
            del self._polls[poll]
            reply(_OK, b"{}")

    def _batch(self, most: int) -> bytes:
        batch = self._ready[-most:]
        del self._ready[-most:]
        return b'{"Messages":[' + b",".join(reversed(batch)) + b"]}"

    def _delete(self, entries: Sequence[Mapping[str, str]]) -> bytes:
        before = len(self._undeleted)
        self._undeleted.difference_update(entry["ReceiptHandle"] for entry in entries)
        if before and not self._undeleted:
            self._news.send(("drained", time.monotonic()))
        deleted = [{"Id": entry["Id"]} for entry in entries]
        return json.dumps({"Successful": deleted, "Failed": []}).encode()


def _as_json(number: int, text: str) -> bytes:
    message = {
        "MessageId": f"00000000-0000-4000-8000-{number:012d}",
        "ReceiptHandle": str(number),
        "Body": text,
    }
    return json.dumps(message).encode()
