"""The calls that the playground adds to moto's AWS Config, and what it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.world import (
    BUCKET_RULE,
    HOUSING,
    PAYMENTS,
    World,
    capital_key,
    key_of,
)


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"]


def remediation(world: World) -> dict[str, Any]:
    found = world.config.describe_remediation_configurations(ConfigRuleNames=[BUCKET_RULE])
    return {k: v for k, v in found["RemediationConfigurations"][0].items() if k != "Arn"}


def test_a_rule_without_remediation_cannot_be_remediated(world: World) -> None:
    with pytest.raises(ClientError) as refused:
        world.config.start_remediation_execution(
            ConfigRuleName="no-such-rule", ResourceKeys=[key_of(BUCKET_RULE, "any")]
        )

    assert code_of(refused) == "NoSuchRemediationConfigurationException"


def test_a_compliant_resource_is_a_failed_item_of_a_successful_call(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)
    world.finish(BUCKET_RULE, name)

    answer = world.start(BUCKET_RULE, name)

    assert answer["FailedItems"] == [key_of(BUCKET_RULE, name)]
    assert "already compliant" in answer["FailureMessage"]


def test_a_second_execution_is_refused_while_the_first_runs(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)

    with pytest.raises(ClientError) as refused:
        world.start(BUCKET_RULE, name)

    assert code_of(refused) == "InvalidParameterValueException"


def test_more_than_a_hundred_resources_are_refused(world: World) -> None:
    keys = [key_of(BUCKET_RULE, f"bucket-{n}") for n in range(101)]

    with pytest.raises(ClientError, match="less than or equal to 100") as refused:
        world.config.start_remediation_execution(ConfigRuleName=BUCKET_RULE, ResourceKeys=keys)

    assert code_of(refused) == "ValidationException"


def test_an_unknown_resource_type_is_refused(world: World) -> None:
    key = {"resourceType": "AWS::S3::Pail", "resourceId": "any"}

    with pytest.raises(ClientError, match="enum value set"):
        world.config.start_remediation_execution(ConfigRuleName=BUCKET_RULE, ResourceKeys=[key])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"BucketName": None}, "missing parameter BucketName"),
        ({"BucketArn": {"StaticValue": {"Values": ["x"]}}}, "unknown parameter BucketArn"),
        ({"BucketName": {}}, "BucketName has no value"),
    ],
    ids=["missing", "unknown", "empty"],
)
def test_a_wrong_runbook_parameter_is_refused_when_it_is_put(
    world: World, change: dict[str, Any], fault: str
) -> None:
    good = remediation(world)
    parameters = {k: v for k, v in {**good["Parameters"], **change}.items() if v is not None}

    with pytest.raises(ClientError, match=fault) as refused:
        world.config.put_remediation_configurations(
            RemediationConfigurations=[{**good, "Parameters": parameters}]
        )

    assert code_of(refused) == "InvalidParameterValueException"


def test_a_remediation_goes_before_its_rule(world: World) -> None:
    config, good = world.client("config", PAYMENTS), remediation(world)
    role = {"StaticValue": {"Values": [f"arn:aws:iam::{PAYMENTS}:role/any"]}}
    source = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "buckets", "Source": source})
    parameters = {**good["Parameters"], "AutomationAssumeRole": role}
    config.put_remediation_configurations(
        RemediationConfigurations=[{**good, "ConfigRuleName": "buckets", "Parameters": parameters}]
    )

    with pytest.raises(ClientError) as refused:
        config.delete_config_rule(ConfigRuleName="buckets")
    config.delete_remediation_configuration(ConfigRuleName="buckets")
    config.delete_config_rule(ConfigRuleName="buckets")

    assert code_of(refused) == "ResourceInUseException"


def test_a_running_remediation_keeps_its_configuration(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)

    with pytest.raises(ClientError) as refused:
        world.config.delete_remediation_configuration(ConfigRuleName=BUCKET_RULE)

    assert code_of(refused) == "RemediationInProgressException"


def test_accounts_know_nothing_of_each_other(world: World) -> None:
    theirs = world.public_bucket(PAYMENTS)

    answer = world.start(BUCKET_RULE, theirs, HOUSING)
    details = world.config.get_compliance_details_by_resource(
        ResourceType="AWS::S3::Bucket", ResourceId=theirs
    )

    assert answer["FailedItems"] == [key_of(BUCKET_RULE, theirs)]
    assert details["EvaluationResults"] == []


def test_an_exception_is_kept_described_and_deleted(world: World) -> None:
    key = capital_key(BUCKET_RULE, world.public_bucket())
    until = datetime(2030, 1, 1, tzinfo=UTC)
    world.config.put_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key], Message="U1 T-7", ExpirationTime=until
    )

    found = world.config.describe_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key]
    )["RemediationExceptions"]
    world.config.delete_remediation_exceptions(ConfigRuleName=BUCKET_RULE, ResourceKeys=[key])
    with pytest.raises(ClientError) as refused:
        world.config.delete_remediation_exceptions(ConfigRuleName=BUCKET_RULE, ResourceKeys=[key])

    assert found == [
        {**key, "ConfigRuleName": BUCKET_RULE, "Message": "U1 T-7", "ExpirationTime": until}
    ]
    assert code_of(refused) == "NoSuchRemediationExceptionException"


def test_only_a_non_compliant_resource_gets_an_exception(world: World) -> None:
    answer = world.config.put_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[capital_key(BUCKET_RULE, "no-such-bucket")]
    )

    (batch,) = answer["FailedBatches"]
    assert batch["FailedItems"][0]["ResourceId"] == "no-such-bucket"
    assert "not NON_COMPLIANT" in batch["FailureMessage"]


def test_an_expired_exception_is_gone(world: World) -> None:
    key = capital_key(BUCKET_RULE, world.public_bucket())
    until = world.clock.now + timedelta(hours=1)
    world.config.put_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key], ExpirationTime=until
    )

    world.clock.move(timedelta(hours=2))
    found = world.config.describe_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key]
    )

    assert found["RemediationExceptions"] == []


def test_the_details_of_a_rule_come_in_pages(world: World) -> None:
    names = {world.public_bucket() for _ in range(3)}

    pages = list(
        world.config.get_paginator("get_compliance_details_by_config_rule").paginate(
            ConfigRuleName=BUCKET_RULE,
            ComplianceTypes=["NON_COMPLIANT"],
            PaginationConfig={"PageSize": 2},
        )
    )

    found = {
        result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]
        for page in pages
        for result in page["EvaluationResults"]
    }
    assert len(pages) > 1
    assert names <= found


def test_a_rules_compliance_counts_what_breaks_it(world: World) -> None:
    world.public_bucket()

    answer = world.config.describe_compliance_by_config_rule(ConfigRuleNames=[BUCKET_RULE])

    (rule,) = answer["ComplianceByConfigRules"]
    assert rule["Compliance"]["ComplianceType"] == "NON_COMPLIANT"
    assert rule["Compliance"]["ComplianceContributorCount"]["CappedCount"] >= 1


def test_an_unknown_rule_is_refused(world: World) -> None:
    with pytest.raises(ClientError) as refused:
        world.config.get_compliance_details_by_config_rule(ConfigRuleName="no-such-rule")

    assert code_of(refused) == "NoSuchConfigRuleException"


def test_a_rule_is_evaluated_on_request_once_a_minute(world: World) -> None:
    world.config.start_config_rules_evaluation(ConfigRuleNames=[BUCKET_RULE])
    world.aws.tick()

    with pytest.raises(ClientError) as refused:
        world.config.start_config_rules_evaluation(ConfigRuleNames=[BUCKET_RULE])
    status = world.config.describe_config_rule_evaluation_status(ConfigRuleNames=[BUCKET_RULE])

    assert code_of(refused) == "LimitExceededException"
    assert world.messages()[0]["configRuleNames"] == [BUCKET_RULE]
    assert status["ConfigRulesEvaluationStatus"][0]["FirstEvaluationStarted"]


def test_the_history_of_a_resource_has_its_tags_and_name(world: World) -> None:
    name = world.bucket()
    tags = {"TagSet": [{"Key": "Team", "Value": "housing"}]}
    world.client("s3").put_bucket_tagging(Bucket=name, Tagging=tags)
    world.aws.tick()

    answer = world.config.get_resource_config_history(
        resourceType="AWS::S3::Bucket", resourceId=name, limit=1
    )

    (item,) = answer["configurationItems"]
    assert item["tags"] == {"Team": "housing"}
    assert item["resourceName"] == name


def test_the_history_of_an_unknown_resource_is_refused(world: World) -> None:
    with pytest.raises(ClientError) as refused:
        world.config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId="none")

    assert code_of(refused) == "ResourceNotDiscoveredException"
