"""Health, readiness and metrics."""

import socket
import urllib.request

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from notifiers.metrics import Metrics
from notifiers.web import WebServer, application
from tests.builders import change


@pytest.fixture
def metrics(reports):
    return Metrics(reports)


def client(metrics, missing=None, routes=()):
    return TestClient(application(routes, lambda: missing or {}, metrics.registry))


def test_a_bot_that_runs_is_alive_even_when_nothing_is_in_reach(metrics):
    assert client(metrics, {"chat": "URLError"}).get("/healthz").status_code == 200


@pytest.mark.parametrize(("missing", "status"), [({}, 200), ({"ledger": "OperationalError"}, 503)])
def test_readiness_names_what_is_out_of_reach(metrics, missing, status):
    answer = client(metrics, missing).get("/readyz")

    assert answer.status_code == status
    assert answer.json() == {"out of reach": missing}


def test_routes_that_others_hand_in_are_served(metrics):
    given = Route("/sns", lambda request: PlainTextResponse("taken"), methods=["POST"])

    assert client(metrics, routes=[given]).post("/sns").text == "taken"


def test_findings_and_messages_are_counted_for_prometheus(metrics, ledger):
    ledger.record([change(), change(resource="other")])
    metrics.count("compliance")

    told = client(metrics).get("/metrics").text

    assert 'compliance_findings{state="open",team="housing"} 2.0' in told
    assert 'compliance_messages_total{kind="compliance"} 1.0' in told


def test_whatever_a_topic_carries_the_kinds_stay_few(metrics):
    for number in range(1000):
        metrics.count(f"made up {number}")

    told = client(metrics).get("/metrics").text

    assert told.count("compliance_messages_total{") <= 101
    assert 'compliance_messages_total{kind="other"} 900.0' in told


def test_the_server_answers_on_its_port_and_ends(metrics, eventually):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    server = WebServer(application([], dict, metrics.registry), "127.0.0.1", port)

    server.start()
    answer = eventually(lambda: fetch(f"http://127.0.0.1:{port}/healthz"))
    server.stop()

    assert answer == b"alive\n"
    assert fetch(f"http://127.0.0.1:{port}/healthz") is None


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
            return answer.read()
    except OSError:
        return None
