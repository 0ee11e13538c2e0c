"""However many clients take their time, those that do not are answered."""

import socket
import threading
import time
import urllib.request
from contextlib import ExitStack

import pytest
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from notifiers.crowd import Crowd
from notifiers.web import application, serving

HALF_HEADER = b"POST /press HTTP/1.1\r\nHost: x\r\n"
HALF_BODY = HALF_HEADER + b"Content-Length: 1000\r\n\r\nhalf"
IDLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


async def press(request):
    return PlainTextResponse(await request.body())


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    served = application([Route("/press", press, methods=["POST"])], {}, CollectorRegistry())
    with serving(served, "127.0.0.1", port):
        yield port


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


@pytest.mark.parametrize(
    "sent",
    [b"", HALF_HEADER, HALF_BODY, IDLE],
    ids=["silent", "half a header", "half a body", "idle"],
)
def test_a_press_is_answered_among_very_many_slow_connections(port, sent):
    with ExitStack() as opened:
        for _ in range(520):
            opened.enter_context(connect(port)).sendall(sent)

        with urllib.request.urlopen(f"http://127.0.0.1:{port}/press", b"agreed", 20) as answer:
            assert answer.read() == b"agreed"


@pytest.mark.parametrize(
    "begun",
    [HALF_HEADER, HALF_BODY, IDLE + HALF_HEADER],
    ids=["headers", "a body", "the headers of the second request"],
)
def test_what_comes_in_drops_ends_as_if_nothing_came(port, monkeypatch, begun):
    monkeypatch.setattr("notifiers.crowd._SLOWEST_SECONDS", 0.5)
    ended = threading.Event()

    with connect(port) as dripping:
        dripping.sendall(begun)
        began = time.monotonic()

        def read():
            while dripping.recv(4096):
                pass
            ended.set()

        threading.Thread(target=read, daemon=True).start()
        while not ended.wait(0.05) and time.monotonic() - began < 20:
            try:
                dripping.sendall(b"x")
            except OSError:
                break

        assert ended.wait(5)


def test_a_client_that_goes_in_the_middle_of_a_body_leaves_no_traceback(port, caplog):
    for _ in range(3):
        with connect(port) as going:
            going.sendall(HALF_BODY)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/press", b"agreed", 20) as answer:
        assert answer.read() == b"agreed"
    assert [record for record in caplog.records if record.exc_info] == []


def test_one_too_many_ends_the_wait_for_the_oldest():
    ended, crowd = [], Crowd(most=2)

    for name in ("first", "second", "third"):
        crowd.add(name, lambda name=name: ended.append(name))
    crowd.discard("second")
    crowd.add("fourth", lambda: ended.append("fourth"))

    assert ended == ["first"]
