"""How it stands with a queue, of several workers."""

import threading

import pytest
from botocore.exceptions import EndpointConnectionError

from aws.standing import Standing
from ledger.errors import LedgerUnavailableError

AWAY = EndpointConnectionError(endpoint_url="https://sqs")


@pytest.fixture
def standing():
    return Standing("https://sqs/q")


def by_another(call, *arguments):
    """Call as another worker would."""
    worker = threading.Thread(target=call, args=arguments)
    worker.start()
    worker.join()


def message(sent):
    return {"Attributes": {"SentTimestamp": str(sent * 1000)}}


def test_what_one_worker_can_do_does_not_wipe_anothers_problem(standing):
    by_another(standing.failed, AWAY)
    standing.hold([])

    assert standing.problem == "https://sqs/q: EndpointConnectionError"


def test_a_worker_that_receives_again_has_no_problem(standing):
    standing.failed(AWAY)
    standing.hold([])

    assert standing.problem == ""


def test_a_ledger_that_is_away_is_not_the_queues_problem(standing):
    standing.failed(LedgerUnavailableError("locked"))

    assert (standing.problem, standing.retries) == ("", 1)


def test_the_age_is_of_the_oldest_message_that_is_not_done_with(standing):
    by_another(standing.hold, [message(100), message(40)])
    standing.hold([message(90)])
    assert standing.waiting_seconds(100) == 60


def test_what_is_done_with_has_no_age(standing):
    standing.hold([message(40)])
    standing.reached()

    assert standing.waiting_seconds(100) == 0


@pytest.mark.parametrize("told", [{}, {"Attributes": None}, {"Attributes": {"SentTimestamp": "x"}}])
def test_a_message_that_does_not_say_when_it_was_sent_has_no_age(standing, told):
    standing.hold([told])

    assert standing.waiting_seconds(100) == 0
