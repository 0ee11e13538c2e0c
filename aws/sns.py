"""``POST /sns``: AWS Config's notifications by HTTPS, from expected topics and signed by SNS.

SNS takes a 4xx for final and sends again after a 5xx (FACTS §2.2), so what would fail again is
answered 4xx, and what passes by itself 5xx.
"""

import http.client
import json
import logging
import re
import ssl
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from botocore.exceptions import BotoCoreError, ClientError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aws import clients
from aws.partitions import partition_of
from aws.queue import Confirm, Count, LaterError, Record
from compliance.envelopes import NotCompliance, SubscriptionRequest
from compliance.notification import Reading, parse
from compliance.refusal import NotUnderstood
from ledger.errors import LedgerUnavailableError, UnfitError

if TYPE_CHECKING:
    from aws.signing import Certificate

log = logging.getLogger(__name__)

_CERTIFICATE_MAX = 64 * 1024
_FETCH_SECONDS = 5
_FETCH_PAUSE = timedelta(seconds=2)
#: Deliveries that are looked at in one moment: the threads that are left are for presses.
_AT_ONCE = 4
#: SNS sends again for an hour at most (FACTS §2.2).
_OLDEST = timedelta(minutes=65)
_CLOCK_SKEW = timedelta(minutes=5)

#: What is signed, in this order; ``Subject`` only where there is one (FACTS §3).
_NOTIFICATION_KEYS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION_KEYS = (
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip


class FinalError(Exception):
    """The delivery is refused for good; *status* is the 4xx that SNS is answered."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


#: Returns the PEM at a URL; raises LaterError where it is out of reach.
Fetch = Callable[[str], bytes]
#: Confirms a subscription, (topic ARN, token).
ConfirmSubscription = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery whose signature, topic and time are right."""

    kind: str
    message: str
    topic: str
    token: str


class Verifier:
    """Separates SNS's own deliveries of expected topics from everything else."""

    def __init__(
        self, topics: Sequence[str], now: Callable[[], datetime], fetch: Fetch | None = None
    ) -> None:
        self._topics = frozenset(topics)
        self._now = now
        self._fetch = fetch or fetch_certificate
        self._kept: dict[str, Certificate] = {}
        self._fetching = threading.Lock()
        self._fetched_at = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def verify(self, body: bytes) -> Delivery:
        """Return the delivery in *body*; raises FinalError or LaterError."""
        told = _read(body)
        topic = _field(told, "TopicArn")
        # A valid signature proves only that some topic of SNS sent it: anybody can have one.
        if topic not in self._topics:
            raise FinalError(403, "this topic is not expected here")
        self._in_time(_field(told, "Timestamp"))
        kind = _field(told, "Type")
        self._check_signature(told, kind, topic)
        token = str(told.get("Token") or "")
        return Delivery(kind, _field(told, "Message"), topic, token)

    def _in_time(self, text: str) -> None:
        try:
            sent = datetime.fromisoformat(text)
            age = self._now() - sent
        except (ValueError, TypeError, OverflowError) as error:
            raise FinalError(400, "the timestamp cannot be read") from error
        if not -_CLOCK_SKEW <= age <= _OLDEST:
            raise FinalError(403, "the timestamp is not of this hour")

    def _check_signature(self, told: Mapping[str, Any], kind: str, topic: str) -> None:
        # It brings a large library: a bot that only reads queues does without.
        from aws.signing import Certificate, SignatureError

        url = _field(told, "SigningCertURL")
        if not certificate_url(topic).fullmatch(url):
            raise FinalError(403, "the signing certificate is not one of SNS in the topic's Region")
        with self._lock:
            kept = self._kept.get(url)
        try:
            certificate = kept or Certificate(self._fetched(url))
            if not certificate.valid(self._now()):
                raise FinalError(403, "the signing certificate is not valid now")
            with self._lock:
                self._kept[url] = certificate
            version = str(told.get("SignatureVersion"))
            certificate.check(_signed_text(told, kind), _field(told, "Signature"), version)
        except SignatureError as error:
            raise FinalError(403, str(error)) from error

    def _fetched(self, url: str) -> bytes:
        """Fetch one certificate at a time, and not one after another: anybody can name many.

        SNS has one in use for months.
        """
        if not self._fetching.acquire(blocking=False):
            raise LaterError("another signing certificate is being fetched")
        try:
            if self._now() - self._fetched_at < _FETCH_PAUSE:
                raise LaterError("a signing certificate was fetched this moment")
            self._fetched_at = self._now()
            return self._fetch(url)
        finally:
            self._fetching.release()


def certificate_url(topic: str) -> re.Pattern[str]:
    """Return the only form that a signing certificate's URL may have for *topic* (FACTS §3).

    It is matched on the raw text, before anything parses it: parsers differ, and both of AWS's
    own validators let through what is not SNS's.
    """
    region = topic.split(":")[3]
    return re.compile(
        rf"https://sns\.{re.escape(region)}\.{re.escape(partition_of(region).dns_suffix)}"
        r"/SimpleNotificationService-[0-9a-f]{32}\.pem"
    )


def fetch_certificate(url: str) -> bytes:
    """Return the content of *url*: TLS proves that SNS serves it; no redirect is followed."""
    host, _, path = url.removeprefix("https://").partition("/")
    connection = http.client.HTTPSConnection(
        host, timeout=_FETCH_SECONDS, context=ssl.create_default_context()
    )
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        pem = answer.read(_CERTIFICATE_MAX + 1)
    except (OSError, http.client.HTTPException) as error:
        raise LaterError("the signing certificate is out of reach") from error
    finally:
        connection.close()
    if answer.status != 200 or len(pem) > _CERTIFICATE_MAX:
        raise LaterError("the signing certificate is out of reach")
    return pem


def confirm_subscription(topic: str, token: str) -> None:
    """Confirm by API, never by visiting SubscribeURL; only the owner can unsubscribe then."""
    region = topic.split(":")[3]
    try:
        clients.client("sns", region).confirm_subscription(
            TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true"
        )
    except (ClientError, BotoCoreError) as error:
        raise LaterError("the subscription could not be confirmed") from error
    log.info("a subscription was confirmed", extra={"topic": topic})


def expecting(topics: Collection[str]) -> Confirm:
    """Return what confirms a subscription that asks through a queue, if it is one of *topics*."""

    def confirm(topic: str, token: str) -> bool:
        if topic not in topics:
            return False
        confirm_subscription(topic, token)
        return True

    return confirm


def route(
    verifier: Verifier,
    record: Record,
    count: Count,
    confirm: ConfirmSubscription = confirm_subscription,
) -> Route:
    """Return ``POST /sns``."""

    limiter = CapacityLimiter(_AT_ONCE)

    async def sns(request: Request) -> Response:
        if request.headers.get("x-amz-sns-rawdelivery", "").lower() == "true":
            return _final(FinalError(400, "raw delivery carries no signature; switch it off"))
        body = await request.body()
        return await to_thread.run_sync(take, body, limiter=limiter)

    def take(body: bytes) -> Response:
        try:
            return _take(verifier.verify(body), record, count, confirm)
        except FinalError as error:
            return _final(error)
        except UnfitError as error:
            return _final(FinalError(422, f"the ledger cannot keep the message: {error}"))
        except (LaterError, LedgerUnavailableError) as error:
            log.warning("a delivery is asked for again", extra={"why": str(error)})
            return PlainTextResponse("send it again later\n", 503)

    return Route("/sns", sns, methods=["POST"])


def _take(
    delivery: Delivery, record: Record, count: Count, confirm: ConfirmSubscription
) -> Response:
    if delivery.kind == "SubscriptionConfirmation":
        count("subscription")
        confirm(delivery.topic, delivery.token)
        return PlainTextResponse("confirmed\n")
    if delivery.kind == "UnsubscribeConfirmation":
        log.warning("a topic was unsubscribed", extra={"topic": delivery.topic})
        return PlainTextResponse("noted\n")
    match parse(delivery.message):
        case Reading(changes, facts):
            record(changes, facts)
            count("compliance" if changes else "configuration item")
        case NotCompliance(message_type):
            count(message_type)
        case SubscriptionRequest():
            count("subscription")
        case NotUnderstood(problem, detail):
            count("refused")
            log.warning(
                "a signed message cannot be understood",
                extra={"topic": delivery.topic, "problem": problem, "detail": detail},
            )
            raise FinalError(422, "the message cannot be understood")
    return PlainTextResponse("taken\n")


def _final(error: FinalError) -> Response:
    log.warning("a delivery was refused", extra={"status": error.status, "why": str(error)})
    return PlainTextResponse(f"{error}\n", error.status)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FinalError(400, "the delivery is not JSON") from error
    if not isinstance(told, dict):
        raise FinalError(400, "the delivery is not a JSON object")
    return told


def _field(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise FinalError(400, f"{name} is missing")
    return value


def _signed_text(told: Mapping[str, Any], kind: str) -> str:
    keys = _NOTIFICATION_KEYS if kind == "Notification" else _CONFIRMATION_KEYS
    optional = {"Subject"} - {name for name, value in told.items() if value is not None}
    return "".join(f"{name}\n{_field(told, name)}\n" for name in keys if name not in optional)
