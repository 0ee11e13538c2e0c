"""The notifications in the queue have the shapes that AWS publishes."""

import json
from datetime import datetime

from tests.playground.aws.world import BUCKET_RULE, HOUSING, REGION, World


def test_a_first_violation_is_told_in_the_published_shape(world: World) -> None:
    name = world.bucket()
    world.aws.tick()

    envelope = world.envelopes()[-1]
    message = json.loads(envelope["Message"])

    assert envelope["Type"] == "Notification"
    assert envelope["TopicArn"].endswith(":999900001111:config-notifications")
    assert message.pop("notificationCreationTime").endswith("Z")
    assert message.pop("configRuleARN").startswith(
        f"arn:aws:config:{REGION}:{HOUSING}:config-rule/"
    )
    result = message.pop("newEvaluationResult")
    assert message == {
        "awsAccountId": HOUSING,
        "configRuleName": BUCKET_RULE,
        "resourceType": "AWS::S3::Bucket",
        "resourceId": name,
        "awsRegion": REGION,
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
    }
    assert (result["complianceType"], result["annotation"], result["resultToken"]) == (
        "NON_COMPLIANT",
        None,
        None,
    )


def test_a_long_subject_is_cut_at_a_hundred_characters(world: World) -> None:
    world.bucket()
    world.aws.tick()

    subject = world.envelopes()[-1]["Subject"]

    assert len(subject) == 100
    assert subject.startswith(f"[AWS Config:{REGION}] AWS::S3::Bucket repairs-photos-")
    assert subject.endswith("...")


def test_the_next_result_carries_the_old_one_and_a_later_time(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)
    world.finish(BUCKET_RULE, name)

    message = world.messages()[-1]
    old, new = message["oldEvaluationResult"], message["newEvaluationResult"]

    assert (old["complianceType"], new["complianceType"]) == ("NON_COMPLIANT", "COMPLIANT")
    times = [datetime.fromisoformat(result["resultRecordedTime"]) for result in (old, new)]
    assert times[0] < times[1]


def test_names_and_tags_are_told_before_compliance(world: World) -> None:
    name = world.bucket()
    tags = {"TagSet": [{"Key": "Team", "Value": "housing"}]}
    world.client("s3").put_bucket_tagging(Bucket=name, Tagging=tags)
    world.aws.tick()

    item, compliance = world.messages()

    assert compliance["messageType"] == "ComplianceChangeNotification"
    assert item["messageType"] == "ConfigurationItemChangeNotification"
    assert item["configurationItemDiff"]["changeType"] == "CREATE"
    assert item["configurationItem"]["tags"] == {"Team": "housing"}
    assert item["configurationItem"]["resourceName"] == name
    assert item["configurationItem"]["ARN"] == f"arn:aws:s3:::{name}"


def test_a_deleted_resource_is_not_applicable(world: World) -> None:
    name = world.public_bucket()
    world.client("s3").delete_bucket(Bucket=name)
    world.aws.tick()

    item, compliance = world.messages()

    assert item["configurationItemDiff"]["changeType"] == "DELETE"
    assert item["configurationItem"]["configurationItemStatus"] == "ResourceDeleted"
    assert compliance["newEvaluationResult"]["complianceType"] == "NOT_APPLICABLE"


def test_a_changed_tag_is_told_without_a_compliance_change(world: World) -> None:
    name = world.public_bucket()
    tags = {"TagSet": [{"Key": "Team", "Value": "housing"}]}
    world.client("s3").put_bucket_tagging(Bucket=name, Tagging=tags)
    world.aws.tick()

    (item,) = world.messages()

    assert item["configurationItemDiff"]["changedProperties"] == {
        "Tags.Team": {"previousValue": None, "updatedValue": "housing", "changeType": "CREATE"}
    }
