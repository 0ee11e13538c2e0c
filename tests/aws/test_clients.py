"""The bot's clients, beside plain boto3's."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader

from aws.clients import ForeignAnswerError, client_config, new_session

#: What boto3's sessions read of AWS's models, each once.
_MODELS = create_loader()
_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.mark.parametrize("region", ["eu-west-2", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
@pytest.mark.parametrize(
    "service", ["config", "sns", "sqs", "sts", "sso", "organizations", "iam", "ce", "ssm", "health"]
)
def test_a_client_asks_where_boto3_would_and_signs_the_same(service, region):
    ours = new_session().create_client(service, region_name=region, **_KEYS)
    theirs = plain().client(service, region_name=region, **_KEYS)

    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert _signing(ours) == _signing(theirs)
    assert ours.meta.service_model.operation_names == theirs.meta.service_model.operation_names


@pytest.mark.parametrize("wanted", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
@pytest.mark.parametrize("service", ["config", "sqs", "sts", "iam", "organizations"])
def test_an_operators_wish_for_other_endpoints_is_followed(service, wanted, monkeypatch):
    monkeypatch.setenv(wanted, "true")
    ours = new_session().create_client(service, region_name="us-east-1", **_KEYS)
    theirs = plain().client(service, region_name="us-east-1", **_KEYS)

    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert _signing(ours) == _signing(theirs)


def plain():
    """A session as boto3 makes it."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _MODELS)
    return boto3.session.Session(botocore_session=session)


def _signing(client):
    signer = client._request_signer
    return signer.region_name, signer.signing_name, signer.signature_version


def test_all_clients_share_one_copy_of_the_models():
    first, second = (new_session().get_component("data_loader") for _ in range(2))

    assert first is second


class Answering(BaseHTTPRequestHandler):
    """Stands where AWS should be, and answers everything with the server's status and body."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def standing_in(status, body):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.status, server.body, server.asked = status, body, 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def start_at(server, attempts=1):
    client = new_session().create_client(
        "config",
        region_name="eu-west-2",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        config=client_config(attempts),
        **_KEYS,
    )
    key = {"resourceType": "AWS::S3::Bucket", "resourceId": "repairs-photos"}
    try:
        return client.start_remediation_execution(ConfigRuleName="s3", ResourceKeys=[key])
    finally:
        client.close()


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b"", b"[]", b'"OK"', b'{"error": "blocked by policy"}', b"{"],
    ids=["a page", "nothing", "a list", "a text", "somebody else's JSON", "half an answer"],
)
def test_a_200_that_aws_did_not_send_is_no_answer(body):
    with standing_in(200, body) as server, pytest.raises(ForeignAnswerError):
        start_at(server)


@pytest.mark.parametrize("body", [b"{}", b'{"FailedItems": []}'])
def test_a_200_of_aws_is_one(body):
    with standing_in(200, body) as server:
        assert start_at(server)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_must_happen_once_is_not_repeated_by_botocore():
    with standing_in(503, b'{"__type": "ServiceUnavailable"}') as server:
        with pytest.raises(Exception, match="ServiceUnavailable"):
            start_at(server)

        assert server.asked == 1
