"""A proxy before Slack's or AWS's API that hears each call by its name, and can end the caller."""

import http.client
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_KEY = re.compile(r"Credential=([^/]+)/")
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


class Moment(Enum):
    """Of a call: it was not handed on yet, it was taken, it was answered."""

    BEFORE = auto()
    TAKEN = auto()
    ANSWERED = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its *name*: ``chat.postMessage``, ``StartRemediationExecution``.

    *key* is the access key that signed it, where one did.
    """

    name: str
    body: bytes
    status: int = 0
    answer: bytes = b""
    key: str = ""


#: What a call meets: it goes on (True), its connection ends without a word (False), or a status
#: and a text are answered in the place of what was asked.
Verdict = bool | tuple[int, bytes]
Hear = Callable[[Moment, Call], Verdict]


class Gate:
    """Hands every call on to *upstream*, unless *hear* wants something else."""

    def __init__(self, upstream: str, hear: Hear) -> None:
        kind = type("_Gated", (_Handler,), {"upstream": urlsplit(upstream).netloc, "hear": hear})
        self._server = _Server(("127.0.0.1", 0), kind)
        serve = {"poll_interval": 0.05}
        threading.Thread(target=self._server.serve_forever, kwargs=serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Say nothing: a caller that was killed hangs up in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream: str
    hear: Hear

    def log_message(self, *_):
        """Say nothing."""

    def handle_one_request(self):
        with suppress(ConnectionError, TimeoutError):
            super().handle_one_request()
            return
        self.close_connection = True

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signed = _KEY.search(self.headers.get("Authorization") or "")
        call = Call(self._name(body), body, key=signed[1] if signed else "")
        if self._goes_on(Moment.BEFORE, call):
            status, headers, answer = self._ask(body)
            call = replace(call, status=status, answer=answer)
            if self._goes_on(Moment.TAKEN, call):
                self._answer(status, answer, headers)
                self._heard(Moment.ANSWERED, call)

    do_GET = hand_on  # noqa: N815 - http.server's names
    do_POST = hand_on  # noqa: N815
    do_PUT = hand_on  # noqa: N815
    do_DELETE = hand_on  # noqa: N815
    do_HEAD = hand_on  # noqa: N815

    def _heard(self, moment, call):
        # Not a method of this class, although it is found there.
        return type(self).hear(moment, call)

    def _goes_on(self, moment, call):
        verdict = self._heard(moment, call)
        if verdict is False:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        elif verdict is not True:
            status, text = verdict
            is_json = text.startswith(b"{")
            kind = "application/x-amz-json-1.1" if is_json else "text/html"
            self._answer(status, text, [("Content-Type", kind)])
        return verdict is True

    def _answer(self, status, body, headers):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
            self.wfile.flush()

    def _ask(self, body):
        # A new connection a call: what is kept open could be cut when a call is repeated.
        link = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            kept = self.headers.items()
            headers = {name: value for name, value in kept if name.lower() not in _HOP_BY_HOP}
            link.request(self.command, self.path, body, {**headers, "Host": self.upstream})
            answer = link.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            link.close()

    def _name(self, body):
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2]
        if action := _ACTION.search(body):
            return action[1].decode()
        path = urlsplit(self.path)
        asked = parse_qs(path.query).get("Action", [])
        return next(iter(asked), path.path.rstrip("/").rpartition("/")[2] or path.path)
