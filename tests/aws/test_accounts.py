"""Clients in other accounts, on the local AWS."""

import pytest

from aws.accounts import Accounts
from tests.playground.aws.world import HOUSING, PAYMENTS, REGION


@pytest.fixture
def in_environment(world, monkeypatch):
    for name, value in world.aws.environment().items():
        monkeypatch.setenv(name, value)


def whoami(accounts, account):
    return accounts.client("sts", account, REGION).get_caller_identity()


def test_a_client_works_in_the_account_of_its_resource(in_environment):
    accounts = Accounts("compliance-bot", external_id="e-1")

    for account in (HOUSING, PAYMENTS):
        identity = whoami(accounts, account)
        assert identity["Account"] == account
        assert ":assumed-role/compliance-bot/" in identity["Arn"]


def test_without_a_role_the_bots_own_credentials_serve_every_account(in_environment):
    assert whoami(Accounts(), HOUSING)["Account"] == "999900001111"


def test_a_client_is_made_once(in_environment):
    accounts = Accounts("compliance-bot")

    first = accounts.client("config", HOUSING, REGION)

    assert accounts.client("config", HOUSING, REGION) is first
    assert accounts.client("config", HOUSING, "eu-west-1") is not first


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_role_is_named_in_the_partition_of_its_region(region, partition):
    role = Accounts("bot").role_arn(HOUSING, region)

    assert role == f"arn:{partition}:iam::{HOUSING}:role/bot"
