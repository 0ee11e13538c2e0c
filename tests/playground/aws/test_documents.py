"""The documents of Systems Manager: AWS's own, an account's, and what is refused of them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from playground.aws.documents import aws_documents
from playground.aws.runbooks import ASSUME_ROLE, RUNBOOKS, StepFailedError, steps_of
from tests.playground.aws.world import BUCKET_RULE, HOUSING, World

ROLE = f"arn:aws:iam::{HOUSING}:role/compliance-remediation"


def described(world: World, name: str) -> dict[str, Any]:
    document: dict[str, Any] = world.client("ssm").describe_document(Name=name)["Document"]
    return document


def put(world: World, document: str, **parameters: str) -> None:
    world.config.put_remediation_configurations(
        RemediationConfigurations=[
            {
                "ConfigRuleName": "no-remediation",
                "TargetType": "SSM_DOCUMENT",
                "TargetId": document,
                "Parameters": {
                    name: {"ResourceValue": {"Value": value}}
                    if value == "RESOURCE_ID"
                    else {"StaticValue": {"Values": [value]}}
                    for name, value in parameters.items()
                },
            }
        ]
    )


@pytest.fixture
def _rule(world: World) -> Any:
    """A rule of its own, so that nothing of the catalogue's is overwritten."""
    source = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_PUBLIC_READ_PROHIBITED"}
    world.config.put_config_rule(ConfigRule={"ConfigRuleName": "no-remediation", "Source": source})
    yield
    found = world.config.describe_remediation_configurations(ConfigRuleNames=["no-remediation"])
    if found["RemediationConfigurations"]:
        world.config.delete_remediation_configuration(ConfigRuleName="no-remediation")
    world.config.delete_config_rule(ConfigRuleName="no-remediation")


def test_what_the_playground_plays_is_awss() -> None:
    assert set(RUNBOOKS) <= set(aws_documents())


def test_awss_document_is_described_with_its_parameters(world: World) -> None:
    document = described(world, "AWSConfigRemediation-EnableMultiAZOnRDSInstance")

    assert document["Owner"] == "Amazon"
    assert document["Parameters"] == [
        {"Name": "ApplyImmediately", "Type": "Boolean", "DefaultValue": "false"},
        {"Name": "AutomationAssumeRole", "Type": "String"},
        {"Name": "DbiResourceId", "Type": "String"},
    ]


def test_a_document_of_the_account_is_described_too(world: World) -> None:
    content = {
        "schemaVersion": "0.3",
        "parameters": {"TopicArn": {"type": "String"}},
        "mainSteps": [],
    }
    world.client("ssm").create_document(
        Name="Hackney-PauseTopic", DocumentType="Automation", Content=json.dumps(content)
    )

    document = described(world, "Hackney-PauseTopic")

    assert document["Owner"] == HOUSING
    assert [parameter["Name"] for parameter in document["Parameters"]] == ["TopicArn"]


@pytest.mark.parametrize(
    "name",
    [
        "AWSConfigRemediation-EnableEncryptionOnDynamoDBTable",
        "AWSConfigRemediation-EnableEncryptionOnDynamodbTable",
        "AWSConfigRemediation-NoSuchThing",
    ],
)
def test_a_document_that_aws_has_not_is_not_described(world: World, name: str) -> None:
    with pytest.raises(ClientError) as refused:
        described(world, name)

    assert refused.value.response["Error"]["Code"] == "InvalidDocument"


@pytest.mark.usefixtures("_rule")
@pytest.mark.parametrize(
    ("document", "parameter", "problem"),
    [
        ("AWSConfigRemediation-EnableEncryptionOnDynamoDBTable", "TableName", "is not found"),
        (
            "AWSConfigRemediation-DisablePublicAccessToRDSInstance",
            "DbInstanceResourceId",
            "unknown parameter DbInstanceResourceId, missing parameter DbiResourceId",
        ),
        (
            "AWSConfigRemediation-EnableRDSInstanceDeletionProtection",
            "DbiResourceId",
            "unknown parameter DbiResourceId, missing parameter DbInstanceResourceId",
        ),
    ],
    ids=["document", "public access", "deletion protection"],
)
def test_a_remediation_by_another_name_than_awss_is_refused(
    world: World, document: str, parameter: str, problem: str
) -> None:
    with pytest.raises(ClientError, match=problem) as refused:
        put(world, document, **{parameter: "RESOURCE_ID", ASSUME_ROLE: ROLE})

    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"


@pytest.mark.usefixtures("_rule")
def test_a_boolean_is_true_or_false(world: World) -> None:
    with pytest.raises(ClientError, match="ApplyImmediately is neither true nor false"):
        put(
            world,
            "AWSConfigRemediation-EnableMultiAZOnRDSInstance",
            DbiResourceId="RESOURCE_ID",
            ApplyImmediately="soon",
            **{ASSUME_ROLE: ROLE},
        )


@pytest.mark.usefixtures("_rule")
def test_a_document_that_the_playground_cannot_play_is_taken(world: World) -> None:
    put(world, "AWS-DisableS3BucketPublicReadWrite", S3BucketName="RESOURCE_ID")

    found = world.config.describe_remediation_configurations(ConfigRuleNames=["no-remediation"])

    assert found["RemediationConfigurations"][0]["TargetId"] == "AWS-DisableS3BucketPublicReadWrite"


def test_a_document_that_the_playground_cannot_play_fails_at_its_first_step() -> None:
    [step] = steps_of("AWS-DisableS3BucketPublicReadWrite")

    with pytest.raises(StepFailedError, match="has no steps for this document"):
        step.run(lambda _service: None, {})


def test_a_runbook_gets_the_id_of_the_bucket(world: World) -> None:
    found = world.config.describe_remediation_configurations(ConfigRuleNames=[BUCKET_RULE])

    parameters = found["RemediationConfigurations"][0]["Parameters"]
    assert parameters["BucketName"] == {"ResourceValue": {"Value": "RESOURCE_ID"}}
