"""``POST /sns``, with deliveries signed by a certificate of our own."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.testclient import TestClient

from aws.queue import LaterError
from aws.sns import Verifier, certificate_url, route
from ledger.store import LedgerUnavailableError
from tests.aws.test_queue import CHANGE

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-2:111122223333:config"
CERTIFICATE_URL = (
    "https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-"
    "0123456789abcdef0123456789abcdef.pem"
)
HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}


class Signer:
    """SNS's side: a key, its certificate, and deliveries signed with it."""

    def __init__(self, since=timedelta(days=1), until=timedelta(days=1)):
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(NOW - since)
            .not_valid_after(NOW + until)
            .sign(self.key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)

    def delivery(self, kind="Notification", version="1", **changes):
        told = {
            "Type": kind,
            "MessageId": "m-1",
            "TopicArn": TOPIC,
            "Message": CHANGE,
            "Timestamp": NOW.isoformat(),
            **changes,
        }
        if kind != "Notification":
            told |= {"Token": "t-1", "SubscribeURL": "https://evil.example/"}
        keys = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token"]
        text = "".join(f"{k}\n{told[k]}\n" for k in [*keys, "TopicArn", "Type"] if k in told)
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), HASHES[version]())
        return {
            **told,
            "SignatureVersion": version,
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": CERTIFICATE_URL,
            "UnsubscribeURL": "https://evil.example/",
        }


class World:
    def __init__(self, signer):
        self.fetched, self.recorded, self.confirmed, self.pem = [], [], [], signer.pem
        verifier = Verifier([TOPIC], lambda: NOW, self.fetch)
        routes = [route(verifier, self.record, lambda kind: None, self.confirm)]
        self.client = TestClient(Starlette(routes=routes))

    def fetch(self, url):
        self.fetched.append(url)
        return self.pem

    def record(self, changes, facts):
        self.recorded += changes

    def confirm(self, topic, token):
        self.confirmed.append((topic, token))

    def post(self, delivery, **headers):
        return self.client.post("/sns", content=json.dumps(delivery), headers=headers).status_code


@pytest.fixture(scope="module")
def signer():
    return Signer()


@pytest.fixture
def world(signer):
    return World(signer)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_notification_is_recorded(world, signer, version):
    assert world.post(signer.delivery(version=version, Subject="[AWS Config]")) == 200
    assert [change.key.rule for change in world.recorded] == ["sns-encrypted-kms"]


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "Type"])
def test_a_field_that_was_changed_is_refused_for_good(world, signer, field):
    delivery = signer.delivery()
    changed = (NOW - timedelta(minutes=1)).isoformat() if field == "Timestamp" else "changed"

    status = world.post({**delivery, field: changed})

    assert 400 <= status < 500
    assert world.recorded == []


def test_a_subject_added_afterwards_is_refused(world, signer):
    assert world.post({**signer.delivery(), "Subject": "added"}) == 403


@pytest.mark.parametrize("version", ["0", "3", None, 1.5])
def test_another_kind_of_signature_is_refused(world, signer, version):
    assert world.post({**signer.delivery(), "SignatureVersion": version}) == 403


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("https:", "http:"),
        CERTIFICATE_URL.replace("sns.eu-west-2", "sns.s3-eu-west-2"),
        CERTIFICATE_URL.replace("eu-west-2", "us-east-1"),
        CERTIFICATE_URL.replace(".com/", ".com.cn/"),
        CERTIFICATE_URL.replace(".com/", ".com.evil.example/"),
        CERTIFICATE_URL.replace(".com/", ".com:443/"),
        CERTIFICATE_URL.replace(".com/", ".com:/"),
        CERTIFICATE_URL.replace("https://", "https://user@"),
        CERTIFICATE_URL.replace(".com/", ".com\\@evil.example/"),
        CERTIFICATE_URL.replace("-0123", "-0123/../x"),
        "https://sns.eu-west-2.amazonaws.com/?Action=Any&x=.pem",
        f"{CERTIFICATE_URL}?x=.pem",
        f"{CERTIFICATE_URL}?",
        f"{CERTIFICATE_URL}#",
        f"{CERTIFICATE_URL};",
        f"{CERTIFICATE_URL}\n",
        f" {CERTIFICATE_URL}",
        CERTIFICATE_URL.replace("amazonaws", "amazon\taws"),
        "file:///etc/passwd",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(world, signer, url):
    assert world.post({**signer.delivery(), "SigningCertURL": url}) == 403
    assert world.fetched == []


@pytest.mark.parametrize(
    ("arn", "host"),
    [
        ("arn:aws:sns:ap-southeast-7:111122223333:t", "sns.ap-southeast-7.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:111122223333:t", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-us-gov:sns:us-gov-west-1:111122223333:t", "sns.us-gov-west-1.amazonaws.com"),
        ("arn:aws-eusc:sns:eusc-de-east-1:111122223333:t", "sns.eusc-de-east-1.amazonaws.eu"),
        ("arn:aws-iso:sns:us-iso-east-1:111122223333:t", "sns.us-iso-east-1.c2s.ic.gov"),
    ],
)
def test_a_certificate_is_of_the_topics_own_partition_and_region(arn, host):
    path = f"/SimpleNotificationService-{'0' * 32}.pem"

    assert certificate_url(arn).fullmatch(f"https://{host}{path}")
    assert not certificate_url(arn).fullmatch(f"https://sns.eu-west-2.amazonaws.com{path}")


def test_a_signed_delivery_of_another_topic_is_refused(world, signer):
    other = TOPIC.replace("config", "theirs")

    assert world.post(signer.delivery(TopicArn=other)) == 403
    assert world.fetched == []


@pytest.mark.parametrize("age", [timedelta(minutes=70), -timedelta(minutes=10)])
def test_a_replayed_or_future_delivery_is_refused(world, signer, age):
    assert world.post(signer.delivery(Timestamp=(NOW - age).isoformat())) == 403


def test_an_expired_certificate_is_refused():
    expired = Signer(since=timedelta(days=3), until=-timedelta(days=1))

    assert World(expired).post(expired.delivery()) == 403


def test_a_certificate_of_somebody_else_is_refused(world):
    assert world.post(Signer().delivery()) == 403


def test_raw_delivery_is_refused(world, signer):
    assert world.post(json.loads(CHANGE), **{"x-amz-sns-rawdelivery": "true"}) == 400


@pytest.mark.parametrize("body", ["", "[]", "{", '{"Type": 1}', "[" * 50_000])
def test_what_is_no_delivery_is_refused_for_good(world, body):
    assert world.client.post("/sns", content=body).status_code == 400


def test_a_subscription_is_confirmed_by_api_and_its_address_is_not_visited(world, signer):
    assert world.post(signer.delivery("SubscriptionConfirmation")) == 200
    assert world.confirmed == [(TOPIC, "t-1")]


def test_the_end_of_a_subscription_is_noted_and_not_undone(world, signer, caplog):
    assert world.post(signer.delivery("UnsubscribeConfirmation")) == 200
    assert world.confirmed == []
    assert "unsubscribed" in caplog.text


def test_a_signed_message_that_nobody_understands_is_refused_for_good(world, signer):
    assert world.post(signer.delivery(Message='{"broken')) == 422


def test_another_message_on_the_topic_is_taken_and_dropped(world, signer):
    assert world.post(signer.delivery(Message="hello")) == 200
    assert world.recorded == []


def test_sns_is_asked_to_send_again_while_the_ledger_is_down(world, signer):
    def down(changes, facts):
        raise LedgerUnavailableError("down")

    verifier = Verifier([TOPIC], lambda: NOW, world.fetch)
    client = TestClient(Starlette(routes=[route(verifier, down, lambda kind: None)]))

    assert client.post("/sns", content=json.dumps(signer.delivery())).status_code == 503


def test_sns_is_asked_to_send_again_while_its_certificate_is_out_of_reach(world, signer):
    def unreachable(url):
        raise LaterError("no network")

    verifier = Verifier([TOPIC], lambda: NOW, unreachable)
    client = TestClient(Starlette(routes=[route(verifier, world.record, lambda kind: None)]))

    assert client.post("/sns", content=json.dumps(signer.delivery())).status_code == 503


def test_a_certificate_is_fetched_once(world, signer):
    world.post(signer.delivery())
    world.post(signer.delivery())

    assert world.fetched == [CERTIFICATE_URL]


def test_who_names_many_certificates_does_not_make_the_bot_fetch_them(world, signer):
    urls = (CERTIFICATE_URL.replace("0123456789abcdef", f"{each:016x}", 1) for each in range(9))

    answers = [world.post(signer.delivery() | {"SigningCertURL": url}) for url in urls]

    assert len(world.fetched) == 1
    assert answers[1:] == [503] * 8
