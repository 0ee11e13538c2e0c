"""A queue's URL in each of its forms names the Region that the queue is in."""

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.session import get_session

from aws.queue_urls import queue_region


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("sqs.eu-west-2.amazonaws.com", "eu-west-2"),
        ("eu-west-1.queue.amazonaws.com", "eu-west-1"),
        ("queue.amazonaws.com", "us-east-1"),
        ("vpce-0a1b2c-x.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("vpce-0a1b2c-x-eu-west-1a.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("sqs-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("sqs.eu-west-1.api.aws", "eu-west-1"),
        ("sqs-fips.us-gov-west-1.api.aws", "us-gov-west-1"),
        ("sqs.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("cn-north-1.queue.amazonaws.com.cn", "cn-north-1"),
        ("sqs.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1"),
        ("vpce-0a.sqs.cn-north-1.vpce.amazonaws.com.cn", "cn-north-1"),
        ("sqs.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("sqs.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ("SQS.EU-WEST-2.AMAZONAWS.COM:443", "eu-west-2"),
        ("sqs.eu-west-2.localhost.localstack.cloud:4566", "eu-west-2"),
        ("localhost:4566", None),
        ("127.0.0.1:9324", None),
        ("sqs.eu-west-2.example.com", None),
        ("sqs.eu-west-2.amazonaws.com.example.com", None),
        ("notsqs.eu-west-2.amazonaws.com", None),
        ("sqs.amazonaws.com", None),
    ],
)
def test_a_url_names_the_region_of_its_queue(host, region):
    assert queue_region(f"https://{host}/111122223333/q") == region


@pytest.mark.parametrize("partition", get_session().get_available_partitions())
def test_the_endpoint_that_botocore_has_for_a_region_names_it(partition):
    session = get_session()
    for region in session.get_available_regions("sqs", partition):
        found = session.create_client("sqs", region, config=Config(signature_version=UNSIGNED))

        assert queue_region(f"{found.meta.endpoint_url}/111122223333/q") == region
