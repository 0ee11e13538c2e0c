"""The organization around the accounts, what was recorded in many, and who came in how."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from playground.aws import TOOLING
from playground.aws.install import setup_role
from tests.playground.aws.world import ACCOUNTS, HOUSING, World

ROLE = f"arn:aws:iam::{HOUSING}:role/compliance-bot"


@pytest.fixture
def organizations(world: World) -> Any:
    return world.aws.clients.of(setup_role(TOOLING.account), "organizations", TOOLING.region)


def test_the_councils_accounts_are_members_under_their_own_ids(organizations: Any) -> None:
    pages = organizations.get_paginator("list_accounts").paginate()

    found = {account["Id"]: account["Name"] for page in pages for account in page["Accounts"]}

    assert found.pop(TOOLING.account)
    assert found == {account["id"]: account["name"] for account in ACCOUNTS}


def test_an_account_is_in_the_unit_of_its_environment_and_tagged_so(organizations: Any) -> None:
    [parent] = organizations.list_parents(ChildId=HOUSING)["Parents"]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])
    tags = organizations.list_tags_for_resource(ResourceId=HOUSING)["Tags"]

    assert unit["OrganizationalUnit"]["Name"] == "production"
    assert tags == [{"Key": "Environment", "Value": "production"}]


def test_many_resources_are_read_at_once_without_their_tags(world: World) -> None:
    names = [world.public_bucket() for _ in range(2)]
    keys = [{"resourceType": "AWS::S3::Bucket", "resourceId": name} for name in [*names, "none"]]

    answer = world.config.batch_get_resource_config(resourceKeys=keys)

    assert [item["resourceName"] for item in answer["baseConfigurationItems"]] == names
    assert "unprocessedResourceKeys" not in answer
    assert "tags" not in answer["baseConfigurationItems"][0]


def test_a_session_is_recorded_with_who_and_what_for(world: World) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})

    answer = sts(world).assume_role(
        RoleArn=ROLE, RoleSessionName="F-3K7Q2", SourceIdentity="slack-U0HANNAH", Policy=policy
    )

    session = world.aws.sessions[-1]
    assert answer["SourceIdentity"] == "slack-U0HANNAH"
    assert (session.role_arn, session.name) == (ROLE, "F-3K7Q2")
    assert (session.source_identity, session.policy) == ("slack-U0HANNAH", policy)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"RoleSessionName": "slack:U0HANNAH"}, "ValidationError"),
        ({"SourceIdentity": "slack:U0HANNAH"}, "ValidationError"),
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": json.dumps(["x" * 2048])}, "ValidationError"),
    ],
    ids=["name", "source identity", "policy", "long policy"],
)
def test_a_session_that_aws_would_refuse_is_refused(
    world: World, asked: dict[str, str], code: str
) -> None:
    before = len(world.aws.sessions)

    with pytest.raises(ClientError) as refused:
        sts(world).assume_role(**{"RoleArn": ROLE, "RoleSessionName": "bot", **asked})

    assert refused.value.response["Error"]["Code"] == code
    assert len(world.aws.sessions) == before


def sts(world: World) -> Any:
    return world.client("sts", None)
