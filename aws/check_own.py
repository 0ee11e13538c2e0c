"""Looks whether the bot's own role may do what it does at home: queues, topics, organisation."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws import clients
from aws.check_organization import check_organization
from aws.clients import RegionMissingError
from aws.errors import AwsBusyError, AwsRefusedError, aws_errors
from aws.permissions import NOTHING, passing, tried
from aws.queue import queue_client
from commands.checks import Check

_QUEUE = "Correct QUEUE_URLS, and let the bot's role {action} there (Terraform module bot)."
_NO_DEAD_LETTERS = (
    "has no dead-letter queue, so what cannot be understood comes back for ever",
    "Apply the Terraform module delivery, or give the queue a redrive policy.",
)
_TOO_SOON = (
    "moves a message to the dead-letter queue after {times} receives, also where AWS or the "
    "database was only away for a moment",
    "Set maxReceiveCount to 5 or more (Terraform module delivery).",
)
_FEWEST_RECEIVES = 3
_KMS_REMEDY = "Let the bot's role kms:Decrypt with the queue's key (Terraform module bot)."


@dataclass(frozen=True, slots=True)
class OwnRole:
    """What the configuration makes the bot do with its own credentials."""

    queue_urls: Sequence[str]
    topic_arns: Sequence[str]
    of_organization: bool
    role_name: str

    def checks(self) -> Iterator[Check]:
        for url in self.queue_urls:
            yield from check_queue(url)
        for topic in self.topic_arns:
            yield _topic(topic)
        if self.of_organization:
            yield from check_organization()


def check_queue(url: str) -> Iterator[Check]:
    """Try what the intake does with a queue; no message is taken away from it."""
    try:
        client = queue_client(url)
    except RegionMissingError as error:
        yield Check(f"queue {url}", str(error), "Set AWS_REGION.")
        return
    attributes: dict[str, str] = {}

    def look() -> None:
        asked = ["KmsMasterKeyId", "RedrivePolicy"]
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=asked)
        attributes.update(answer.get("Attributes") or {})

    seen = _of_queue("sqs:GetQueueAttributes", url, look)
    yield seen
    if not seen.problem:
        yield _dead_letters(url, attributes)
    yield from _receive(client, url, attributes, is_seen=not seen.problem)
    yield _of_queue("sqs:DeleteMessage", url, lambda: _delete_nothing(client, url))


def _of_queue(action: str, url: str, call: Callable[[], object]) -> Check:
    """Return whether the queue is there, and *call* is allowed."""
    what, remedy = f"{action} of queue {url}", _QUEUE.format(action=action)
    try:
        with aws_errors():
            call()
    except AwsRefusedError as error:
        return Check(what, str(error), remedy)
    except AwsBusyError as error:
        return Check(what, f"could not be tried: {error}", passing(error))
    return Check(what)


def _dead_letters(url: str, attributes: Mapping[str, str]) -> Check:
    what = f"dead-letter queue of queue {url}"
    if "RedrivePolicy" not in attributes:
        return Check(what, *_NO_DEAD_LETTERS)
    times = int(json.loads(attributes["RedrivePolicy"]).get("maxReceiveCount", 0))
    if times < _FEWEST_RECEIVES:
        problem, remedy = _TOO_SOON
        return Check(what, problem.format(times=times), remedy)
    return Check(what)


def _receive(
    client: Any, url: str, attributes: Mapping[str, str], *, is_seen: bool
) -> Iterator[Check]:
    """Receive a message that others can receive in the same moment."""
    messages: list[Any] = []

    def receive() -> None:
        answer = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=0, WaitTimeSeconds=0
        )
        messages.extend(answer.get("Messages") or ())

    received = _of_queue("sqs:ReceiveMessage", url, receive)
    decrypt = f"kms:Decrypt of what is in queue {url}"
    if "kms" in received.problem.lower():
        # SQS asks KMS in the bot's name: the permission that is missing is one of KMS.
        yield Check(decrypt, received.problem, _KMS_REMEDY)
        return
    yield received
    if not is_seen or not attributes.get("KmsMasterKeyId") or received.problem:
        return
    unseen = "not tried, because the queue is empty; run bot.py check again when messages wait"
    yield Check(decrypt, warning="" if messages else unseen)


def _delete_nothing(client: Any, url: str) -> None:
    # SQS looks at the permission, and then refuses this one entry of the batch.
    entries = [{"Id": "0", "ReceiptHandle": NOTHING}]
    client.delete_message_batch(QueueUrl=url, Entries=entries)


def _topic(arn: str) -> Check:
    region = arn.split(":")[3]
    what = f"sns:ConfirmSubscription of topic {arn}"
    remedy = "Let the bot's role confirm subscriptions of the topic (Terraform module bot)."

    def confirm() -> None:
        clients.client("sns", region).confirm_subscription(TopicArn=arn, Token=NOTHING)

    return tried(what, confirm, remedy)
