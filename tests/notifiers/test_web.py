"""Health, readiness and metrics."""

import socket
import threading
import urllib.request

import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from aws.pauses import Pauses
from aws.standing import Standing
from compliance.known_rules import KnownRules, OtherRules
from ledger.closed import ClosedChannels
from ledger.messages import Messages
from notifiers.chat import ChannelClosedError
from notifiers.metrics import Metrics
from notifiers.troubles import Troubles
from notifiers.web import PortInUseError, application, serving
from tests.builders import RULE, change, rule
from tests.notifiers.chat import HOUSING, TEAMS, FakeChat


@pytest.fixture
def troubles(engine, clock):
    return Troubles({"slack": FakeChat()}, TEAMS, ClosedChannels(engine, clock))


@pytest.fixture
def metrics(reports, engine, clock, troubles):
    return Metrics(reports, Messages(engine, TEAMS, clock), troubles, clock)


def client(metrics, missing=None, routes=()):
    problems = {"ledger": "", "chat": "", **(missing or {})}
    reach = {name: lambda problem=problem: problem for name, problem in problems.items()}
    return TestClient(application(routes, reach, metrics.registry))


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


@pytest.mark.parametrize(
    ("others", "counted"),
    [
        (OtherRules.SHOW, {"home-made": 2}),
        (OtherRules.COUNT, {"home-made": 2}),
        (OtherRules.DROP, {"other": 2}),
    ],
)
def test_changes_of_rules_outside_the_catalogue_are_counted(metrics, others, counted):
    taken = []
    record = metrics.counting(
        lambda changes, facts: taken.extend(changes), KnownRules({RULE: rule()}, others)
    )

    record([change(), change(rule="home-made"), change("COMPLIANT", rule="home-made")], [])

    assert len(taken) == 3
    seen = {
        each.labels["rule"]: each.value
        for family in metrics.registry.collect()
        for each in family.samples
        if each.name == "compliance_other_rule_changes_total"
    }
    assert seen == counted


def test_however_many_rules_there_are_few_names_are_given_to_prometheus(metrics):
    record = metrics.counting(lambda changes, facts: None, KnownRules({}))

    record([change(rule=f"rule-{number}") for number in range(300)], [])

    names = {
        each.labels["rule"]
        for family in metrics.registry.collect()
        for each in family.samples
        if each.name == "compliance_other_rule_changes_total"
    }
    assert len(names) == 101


def test_the_server_answers_on_its_port_and_ends(metrics, eventually):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with serving(application([], {}, metrics.registry), "127.0.0.1", port):
        answer = eventually(lambda: fetch(f"http://127.0.0.1:{port}/healthz"))

    assert answer == b"alive\n"
    assert fetch(f"http://127.0.0.1:{port}/healthz") is None


def test_a_port_that_is_taken_is_told_with_its_remedy(metrics):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with (
            pytest.raises(PortInUseError, match="HTTP_PORT"),
            serving(application([], {}, metrics.registry), "127.0.0.1", port),
        ):
            pass


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
            return answer.read()
    except OSError:
        return None


def test_a_body_that_is_too_long_is_refused_before_it_is_held(metrics):
    async def echo(request):
        return PlainTextResponse(str(len(await request.body())))

    web = client(metrics, routes=[Route("/echo", echo, methods=["POST"])])

    assert web.post("/echo", content=b"x" * 1_000_000).text == "1000000"
    assert web.post("/echo", content=b"x" * 2_000_000).status_code == 413


def test_what_chat_does_not_show_yet_is_counted_with_its_age(metrics, ledger, clock):
    ledger.record([change()])
    clock.move(minutes=2)

    text = client(metrics).get("/metrics").text

    assert "compliance_stale_findings 1.0" in text
    assert "compliance_stale_seconds 120.0" in text


def test_refusals_are_counted_by_channel(metrics, troubles):
    troubles.refused(HOUSING, ChannelClosedError("is_archived"))

    text = client(metrics).get("/metrics").text

    named = '{channel="slack:C0HOUSING",problem="is_archived"} 1.0'
    assert f"compliance_chat_refusals_total{named}" in text
    assert f"compliance_channel_refuses{named}" in text


def test_metrics_are_answered_when_the_ledger_is_away(metrics, engine):
    metrics.count("change")
    with engine.begin() as db:
        db.exec_driver_sql("DROP TABLE counts")

    text = client(metrics).get("/metrics").text

    assert "compliance_ledger_up 0.0" in text
    assert 'compliance_messages_total{kind="change"} 1.0' in text


@pytest.fixture
def served(metrics):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with serving(application([], {}, metrics.registry), "127.0.0.1", port):
        yield port


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /sns HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nX-A: " + b"a" * 40_000],
    ids=["silent", "half a request", "endless header"],
)
def test_a_client_that_does_not_finish_its_request_is_let_go(served, sent, monkeypatch, eventually):
    monkeypatch.setattr("notifiers.crowd._SLOWEST_SECONDS", 0.2)
    eventually(lambda: fetch(f"http://127.0.0.1:{served}/healthz"))

    with socket.create_connection(("127.0.0.1", served)) as slow:
        slow.sendall(sent)
        slow.settimeout(20)
        while slow.recv(4096):
            pass

    assert fetch(f"http://127.0.0.1:{served}/healthz") == b"alive\n"


def test_a_body_that_does_not_come_is_answered(metrics, monkeypatch):
    monkeypatch.setattr("notifiers.crowd._SLOWEST_SECONDS", 0.2)

    async def sns(request):
        return PlainTextResponse(await request.body())

    taken = application([Route("/sns", sns, methods=["POST"])], {}, metrics.registry)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with (
        serving(taken, "127.0.0.1", port),
        socket.create_connection(("127.0.0.1", port)) as slow,
    ):
        slow.sendall(b"POST /sns HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        slow.settimeout(20)

        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_readiness_asks_once_for_all_who_want_to_know(metrics):
    asked = []
    reach = {"chat": lambda: asked.append(1) or ""}
    several = TestClient(application([], reach, metrics.registry))

    for _ in range(5):
        several.get("/readyz")

    assert len(asked) == 1


@pytest.fixture
def open_gate():
    """What something that hangs waits for."""
    gate = threading.Event()
    yield gate
    gate.set()


def test_what_does_not_answer_is_out_of_reach_and_hangs_one_thread(
    metrics, monkeypatch, open_gate, caplog
):
    monkeypatch.setattr("notifiers.web._PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("notifiers.web._READY_SECONDS", 0.0)
    asked = []

    def hang():
        asked.append(1)
        open_gate.wait()
        return ""

    several = TestClient(application([], {"ledger": hang, "chat": str}, metrics.registry))
    answers = [several.get("/readyz") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].json()["out of reach"]["ledger"].startswith("no answer within")
    assert (len(asked), [record.part for record in caplog.records]) == (1, ["ledger"])


def test_metrics_are_answered_while_the_ledger_hangs(
    reports, engine, clock, troubles, monkeypatch, open_gate
):
    monkeypatch.setattr("notifiers.metrics._PATIENCE_SECONDS", 0.05)

    class Hanging(type(reports)):
        def counts(self):
            open_gate.wait()

    metrics = Metrics(Hanging(engine), Messages(engine, TEAMS, clock), troubles, clock)
    metrics.count("change")

    text = client(metrics).get("/metrics").text

    assert "compliance_ledger_up 0.0" in text
    assert 'compliance_messages_total{kind="change"} 1.0' in text


def test_decisions_that_wait_are_counted_by_what_they_want(metrics, ledger):
    ledger.record([change(), change(resource="other")])

    text = client(metrics).get("/metrics").text

    assert 'compliance_decisions_waiting{wants="a decision"} 2.0' in text
    assert 'compliance_decisions_waiting{wants="others to agree"} 0.0' in text


def test_how_far_behind_the_queues_are_is_told_and_what_was_tried_again(metrics, troubles, clock):
    late, away = Standing("https://sqs/late"), Standing("https://sqs/away")
    late.hold([{"Attributes": {"SentTimestamp": str(int(clock().timestamp() * 1000))}}])
    away.failed(EndpointConnectionError(endpoint_url="https://sqs"))
    troubles.put_off()
    metrics.watch([late, away], Pauses())
    clock.move(minutes=2)

    text = client(metrics).get("/metrics").text

    assert 'compliance_queue_age_seconds{queue="https://sqs/late"} 120.0' in text
    assert 'compliance_queue_up{queue="https://sqs/away"} 0.0' in text
    assert 'compliance_retries_total{what="batch of messages"} 1.0' in text
    assert "compliance_chat_retries_total 1.0" in text
