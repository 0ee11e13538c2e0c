"""SQS intake: receive, record in one transaction a batch, and only then delete."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws import clients
from aws.queue_urls import queue_region
from aws.standing import Standing
from compliance.change import Change, ResourceFacts
from compliance.envelopes import NotCompliance, SubscriptionRequest
from compliance.notification import Reading, parse
from compliance.refusal import NotUnderstood
from ledger.errors import LedgerUnavailableError, UnfitError

log = logging.getLogger(__name__)

#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_BATCH = 10
#: How many messages are recorded in one transaction at most.
_TOGETHER = 100
#: Ids of messages that were logged as refused; the dead-letter queue takes each after few receives.
_REMEMBERED = 1000
UNEXPECTED = "a subscription of a topic that is not expected"
_LONGEST_PAUSE_SECONDS = 60.0

Record = Callable[[Sequence[Change], Sequence[ResourceFacts]], None]
#: Confirms a subscription, (topic ARN, token); False for a topic that is not expected. It raises
#: LaterError where AWS does not confirm it.
Confirm = Callable[[str, str], bool]
Count = Callable[[str], None]


class LaterError(Exception):
    """A message cannot be taken just now; it shall be sent again."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How queues are read; seconds as SQS counts them, *workers* for each queue."""

    workers: int = 4
    wait_seconds: int = 20
    visibility_seconds: int = 60


class Intake:
    """Reads one queue, in as many threads as *polling* has workers."""

    def __init__(
        self,
        url: str,
        polling: Polling,
        record: Record,
        confirm: Confirm,
        count: Count,
        client: Any = None,
    ) -> None:
        self._url = url
        self.polling = polling
        self._record = record
        self._confirm = confirm
        self._count = count
        self._client = client or queue_client(url)
        self.standing = Standing(url)
        self._told: OrderedDict[str, None] = OrderedDict()

    def run_once(self) -> int:
        """Take what waits, some batches of SQS's at most; return how many messages that was.

        Nothing is deleted before it is recorded: a process that dies in between gets the messages
        again, and repeats change nothing.
        """
        messages = self._receive(self.polling.wait_seconds)
        if len(messages) == _BATCH:
            messages += self._receive_more()
        self.standing.hold(messages)
        self._handle(messages)
        self.standing.reached()
        return len(messages)

    def _receive_more(self) -> list[Any]:
        """Return what waits behind a full batch: one transaction costs as much for all of it."""
        messages: list[Any] = []
        while len(messages) % _BATCH == 0 and len(messages) < _TOGETHER - _BATCH:
            try:
                more = self._receive(0)
            except (ClientError, BotoCoreError):
                # What was received is recorded first; the next round meets the same fault.
                break
            if not more:
                break
            messages += more
        return messages

    def _receive(self, wait_seconds: int) -> list[Any]:
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=wait_seconds,
            # When it was sent: how far the bot is behind.
            AttributeNames=["SentTimestamp"],
            VisibilityTimeout=self.polling.visibility_seconds,
        )
        return list(answer.get("Messages") or ())

    def _handle(self, messages: Sequence[Any]) -> None:
        changes: list[Change] = []
        facts: list[ResourceFacts] = []
        done = [message for message in messages if self._take(message, changes, facts)]
        try:
            if changes or facts:
                self._record(changes, facts)
        except UnfitError as error:
            if len(messages) > 1:
                # One of them is at fault; the others must not go to the dead-letter queue with it.
                for message in messages:
                    self._handle([message])
            else:
                self._tell_once(messages[0]["MessageId"], "the ledger cannot keep it", str(error))
            return
        for first in range(0, len(done), _BATCH):
            self._delete(done[first : first + _BATCH])

    def run(self, stop: threading.Event) -> None:
        """Read until *stop*. What passes by itself is waited out; a defect ends the process."""
        pause = 0.0
        while not stop.wait(pause):
            try:
                self.run_once()
                pause = 0.0
            except (ClientError, BotoCoreError, LedgerUnavailableError) as error:
                self.standing.failed(error)
                pause = min(max(1.0, pause * 2), _LONGEST_PAUSE_SECONDS)
                log.warning(
                    "a batch stays in the queue",
                    extra={"queue": self._url, "why": str(error), "pause_seconds": pause},
                )

    def _take(self, message: Any, changes: list[Change], facts: list[ResourceFacts]) -> bool:
        """Read one message; return whether it is done with, once the batch is recorded."""
        parsed = parse(message.get("Body") or "")
        match parsed:
            case Reading():
                self._count("compliance" if parsed.changes else "configuration item")
                changes += parsed.changes
                facts += parsed.facts
                return True
            case NotCompliance(message_type):
                self._count(message_type)
                return True
            case SubscriptionRequest(topic, token):
                self._count("subscription")
                return self._confirmed(message["MessageId"], topic, token)
            case NotUnderstood(problem, detail):
                self._count("refused")
                self._tell_once(message["MessageId"], problem, detail)
                return False

    def _confirmed(self, message_id: str, topic: str, token: str) -> bool:
        try:
            expected = self._confirm(topic, token)
        except LaterError as error:
            # A token can be too old for ever: that must not hold up the rest of the batch.
            log.warning("a message stays in the queue", extra={"topic": topic, "why": str(error)})
            return False
        if not expected:
            self._tell_once(message_id, UNEXPECTED, topic)
        return expected

    def _tell_once(self, message_id: str, problem: str, detail: str) -> None:
        if message_id in self._told:
            return
        self._told[message_id] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        log.warning(
            "a message is left for the dead-letter queue",
            extra={
                "queue": self._url,
                "message_id": message_id,
                "problem": problem,
                "detail": detail,
            },
        )

    def _delete(self, messages: Sequence[Any]) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
        ]
        answer = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        if failed := answer.get("Failed"):
            # They come back and are recorded again, which changes nothing.
            log.info("deleted later", extra={"queue": self._url, "number": len(failed)})


def read_all(intakes: Sequence[Intake], stop: threading.Event) -> bool:
    """Run every intake's workers until *stop*; False if one ended by a defect of ours."""
    sound = True

    def run(intake: Intake) -> None:
        nonlocal sound
        try:
            intake.run(stop)
        except Exception:  # a defect: say so, and end the process instead of hearing nothing
            log.exception("the intake ended by a defect")
            sound = False
            stop.set()

    for intake in intakes:
        for _ in range(intake.polling.workers):
            threading.Thread(target=run, args=(intake,), name="intake", daemon=True).start()
    stop.wait()
    # A long poll is not waited for: what it brings becomes visible in the queue again.
    return sound


def queue_client(url: str) -> Any:
    """Return a client in the Region that the queue's URL names, else in the bot's own.

    Raises RegionMissingError where there is neither.
    """
    return clients.client("sqs", queue_region(url))
