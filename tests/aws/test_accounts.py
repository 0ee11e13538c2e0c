"""Clients in other accounts, on the local AWS."""

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from aws.accounts import Accounts
from aws.config_service import ConfigService, RoleRefusedError
from aws.sessions import DecisionSession
from tests.builders import at
from tests.builders import key as finding_key
from tests.playground.aws.world import HOUSING, PAYMENTS, REGION

KEY = finding_key()


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
    [("eu-west-2", "aws"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")],
)
def test_a_role_is_named_in_the_partition_of_its_region(region, partition):
    role = Accounts("bot").role_arn(HOUSING, region)

    assert role == f"arn:{partition}:iam::{HOUSING}:role/bot"


def test_calls_of_many_threads_are_each_made_in_their_own_account(in_environment):
    accounts = Accounts("compliance-bot")
    asked = [HOUSING, PAYMENTS] * 20

    with ThreadPoolExecutor(8) as threads:
        answered = list(threads.map(lambda each: whoami(accounts, each)["Account"], asked))

    assert answered == asked


def test_every_page_of_an_answer_is_asked_for_in_its_account(in_environment, world):
    rules = ConfigService(Accounts("compliance-bot")).rules(PAYMENTS, REGION)

    assert {rule.arn.split(":")[4] for rule in rules.values()} == {PAYMENTS}


def test_what_is_held_does_not_grow_with_the_accounts(in_environment):
    accounts = Accounts("compliance-bot")

    def visit(first):
        for number in range(first, first + 500):
            for region in ("eu-west-1", "eu-west-2", "us-east-1"):
                accounts.client("config", f"{number:012}", region)
        gc.collect()

    visit(0)
    tracemalloc.start()
    visit(1000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert grown < 2_000_000


SESSION = DecisionSession("F-3K7Q2.remediate.now", "slack.U0HANNAH", "arn:aws:config:x")


def test_a_decision_is_carried_out_in_a_session_of_its_own(in_environment):
    client = Accounts("compliance-bot").decision_client(HOUSING, REGION, SESSION)

    asked = []
    client.meta.events.register("before-sign", lambda request, **_: asked.append(request.context))
    client.describe_config_rules()

    assert asked[0]["signing"]["request_credentials"].token
    assert client.meta.config.retries["total_max_attempts"] == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, {"RoleSessionName", "DurationSeconds", "SourceIdentity", "Policy"}),
        ({"session_policy": None}, {"RoleSessionName", "DurationSeconds", "SourceIdentity"}),
        ({"source_identity": False}, {"RoleSessionName", "DurationSeconds", "Policy"}),
    ],
    ids=["all", "no policy", "no identity"],
)
def test_the_settings_say_what_aws_is_told_of_the_decision(in_environment, settings, told):
    accounts, asked = Accounts("compliance-bot", "e-1", **settings), []
    sts = accounts._of_region("sts", REGION)
    sts.meta.events.register(
        "provide-client-params.sts.AssumeRole", lambda params, **_: asked.append(params)
    )

    accounts.decision_client(HOUSING, REGION, SESSION)

    assert asked[0].keys() == told | {"RoleArn", "ExternalId"}


def test_a_role_that_cannot_be_assumed_is_told_as_that(in_environment, world):
    accounts = Accounts("compliance-bot")
    denied = {"Error": {"Code": "AccessDenied", "Message": "not authorized: sts:SetSourceIdentity"}}
    sts = accounts._of_region("sts", REGION)
    sts.meta.events.register(
        "before-call.sts.AssumeRole",
        lambda **_: (_Status(403), {**denied, "ResponseMetadata": {"HTTPStatusCode": 403}}),
    )

    with pytest.raises(RoleRefusedError, match="SetSourceIdentity"):
        ConfigService(accounts).starter("arn:x", KEY, ["F-1"], ["slack:U1"], at(0))


class _Status:
    """An HTTP answer, as far as botocore looks at it."""

    def __init__(self, status_code):
        self.status_code = status_code
