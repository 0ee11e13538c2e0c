"""The intake, on a queue of moto's over HTTP."""

import json
import threading
import uuid
from pathlib import Path

import pytest

from aws.queue import UNEXPECTED, Intake, LaterError, Polling, read_all
from ledger.errors import LedgerUnavailableError, UnfitError

SAMPLES = Path(__file__).parents[1] / "samples"
CHANGE = (SAMPLES / "made/inner-noncompliant-sns-encrypted-kms.json").read_text()
CONFIRMATION = (SAMPLES / "published/docs-sns-http-subscription-confirmation.body.json").read_text()


class Context:
    """What the intake reports to."""

    def __init__(self):
        self.batches, self.counted, self.confirmed, self.expected = [], [], [], True

    def record(self, changes, facts):
        self.batches.append((list(changes), list(facts)))

    def confirm(self, topic, token):
        self.confirmed.append(topic)
        return self.expected


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]


@pytest.fixture
def context():
    return Context()


@pytest.fixture
def intake(queue, context, sqs):
    polling = Polling(wait_seconds=0, visibility_seconds=30)
    return Intake(queue, polling, context.record, context.confirm, context.counted.append, sqs)


def left(sqs, queue):
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=asked)
    return sum(map(int, answer["Attributes"].values()))


def test_a_batch_is_recorded_together_and_then_deleted(sqs, queue, context, intake):
    for _ in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=CHANGE)

    assert intake.run_once() == 3
    assert [len(changes) for changes, _ in context.batches] == [3]
    assert left(sqs, queue) == 0


@pytest.mark.parametrize(("waiting", "taken"), [(10, 10), (23, 23), (120, 100)])
def test_what_waits_behind_a_full_batch_is_recorded_with_it(
    sqs, queue, context, intake, waiting, taken
):
    for _ in range(waiting):
        sqs.send_message(QueueUrl=queue, MessageBody=CHANGE)

    assert intake.run_once() == taken
    assert [len(changes) for changes, _ in context.batches] == [taken]
    assert left(sqs, queue) == waiting - taken


def test_what_cannot_be_recorded_stays_in_the_queue(sqs, queue, context, intake):
    sqs.send_message(QueueUrl=queue, MessageBody=CHANGE)

    def refuse(changes, facts):
        raise LedgerUnavailableError("the database is down")

    context.record = intake._record = refuse
    with pytest.raises(LedgerUnavailableError):
        intake.run_once()

    assert left(sqs, queue) == 1


def test_what_cannot_be_understood_stays_and_is_told_once(sqs, queue, context, intake, caplog):
    sqs.send_message(QueueUrl=queue, MessageBody='{"broken')
    intake.polling = Polling(wait_seconds=0, visibility_seconds=0)

    intake.run_once()
    intake.run_once()

    assert left(sqs, queue) == 1
    assert len([each for each in caplog.records if "dead-letter" in each.message]) == 1


def test_a_broken_message_does_not_hold_up_its_batch(sqs, queue, context, intake):
    sqs.send_message(QueueUrl=queue, MessageBody='{"broken')
    sqs.send_message(QueueUrl=queue, MessageBody=CHANGE)

    intake.run_once()

    assert [len(changes) for changes, _ in context.batches] == [1]
    assert left(sqs, queue) == 1


def test_what_says_nothing_of_compliance_is_counted_and_deleted(sqs, queue, context, intake):
    sqs.send_message(QueueUrl=queue, MessageBody="This is a test message.")

    intake.run_once()

    assert context.counted == ["text"]
    assert context.batches == []
    assert left(sqs, queue) == 0


@pytest.mark.parametrize(("expected", "remaining"), [(True, 0), (False, 1)])
def test_a_subscription_is_confirmed_only_where_it_is_expected(
    sqs, queue, context, intake, expected, remaining
):
    context.expected = expected
    sqs.send_message(QueueUrl=queue, MessageBody=CONFIRMATION)

    intake.run_once()

    assert context.confirmed == ["arn:aws:sns:us-west-2:123456789012:MyTopic"]
    assert left(sqs, queue) == remaining


def test_a_subscription_that_is_not_expected_is_told_once(sqs, queue, context, intake, caplog):
    context.expected = False
    sqs.send_message(QueueUrl=queue, MessageBody=CONFIRMATION)
    intake.polling = Polling(wait_seconds=0, visibility_seconds=0)

    intake.run_once()
    intake.run_once()

    [told] = [each for each in caplog.records if "dead-letter" in each.message]
    assert (told.problem, told.detail) == (UNEXPECTED, "arn:aws:sns:us-west-2:123456789012:MyTopic")


def test_several_workers_take_every_message(sqs, queue, context, eventually):
    for number in range(40):
        body = json.loads(CHANGE) | {"note": number}
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    stop = threading.Event()
    polling = Polling(workers=3, wait_seconds=0)
    intake = Intake(queue, polling, context.record, context.confirm, context.counted.append)

    running = threading.Thread(target=read_all, args=([intake], stop))
    running.start()
    eventually(lambda: left(sqs, queue) == 0)
    stop.set()
    running.join()

    # SQS delivers at least once, and moto's queue gives one to two readers now and then.
    assert sum(len(changes) for changes, _ in context.batches) >= 40


def test_what_the_ledger_cannot_hold_is_left_and_the_rest_of_its_batch_is_not(
    sqs, queue, context, caplog
):
    def record(changes, facts):
        if any(change.annotation == "unfit" for change in changes):
            raise UnfitError("value too long")
        context.record(changes, facts)

    unfit = json.loads(CHANGE)
    unfit["newEvaluationResult"]["annotation"] = "unfit"
    for body in (unfit, json.loads(CHANGE)):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    polling = Polling(wait_seconds=0, visibility_seconds=30)
    intake = Intake(queue, polling, record, context.confirm, context.counted.append, sqs)

    while not context.batches:
        intake.run_once()

    assert left(sqs, queue) == 1
    assert "left for the dead-letter queue" in caplog.text


def test_a_defect_ends_the_reading(queue, context, sqs, caplog):
    def defect(kind):
        raise ZeroDivisionError

    sqs.send_message(QueueUrl=queue, MessageBody="text")
    broken = Intake(queue, Polling(wait_seconds=0), context.record, context.confirm, defect, sqs)

    assert read_all([broken], threading.Event()) is False
    assert "ended by a defect" in caplog.text


def test_a_subscription_that_cannot_be_confirmed_stays_and_holds_up_nothing(
    sqs, queue, context, intake
):
    def fail(topic, token):
        raise LaterError("the token is too old")

    sqs.send_message(QueueUrl=queue, MessageBody=CONFIRMATION)
    sqs.send_message(QueueUrl=queue, MessageBody=CHANGE)
    intake._confirm = fail

    intake.run_once()

    assert [len(changes) for changes, _ in context.batches] == [1]
    assert left(sqs, queue) == 1
