"""The bot's clients, beside plain boto3's."""

import boto3
import pytest

from aws.clients import new_session

_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.mark.parametrize("region", ["eu-west-2", "us-east-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", ["config", "sns", "sqs", "sts", "sso", "sso-oidc"])
def test_a_client_asks_where_boto3_would_and_signs_the_same(service, region):
    ours = new_session().create_client(service, region_name=region, **_KEYS)
    theirs = boto3.session.Session().client(service, region_name=region, **_KEYS)

    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert _signing(ours) == _signing(theirs)
    assert ours.meta.service_model.operation_names == theirs.meta.service_model.operation_names


def _signing(client):
    signer = client._request_signer
    return signer.region_name, signer.signing_name, signer.signature_version


def test_all_clients_share_one_copy_of_the_models():
    first, second = (new_session().get_component("data_loader") for _ in range(2))

    assert first is second
