"""Partitions, against botocore's own data."""

import pytest

from aws.partitions import dns_suffixes, partition_of


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-2", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eusc-de-south-7", "aws-eusc", "amazonaws.eu"),
        ("xx-new-1", "aws", "amazonaws.com"),
    ],
)
def test_a_region_is_in_the_partition_that_aws_says(region, partition, suffix):
    found = partition_of(region)

    assert (found.id, found.dns_suffix) == (partition, suffix)


def test_every_partitions_suffix_is_known():
    assert {"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"} < dns_suffixes()
