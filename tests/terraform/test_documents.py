"""This project's own runbooks: the parameters of AWS's, and they mend what they are for."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore import xform_name
from moto import mock_aws

from playground.aws import patches
from playground.aws.documents import aws_documents
from playground.aws.runbooks import ASSUME_ROLE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "terraform/modules/catalogue/documents"
RULES = yaml.safe_load((ROOT / "config/rules.yaml").read_text(encoding="utf-8"))["rules"]
REMEDIATIONS = {rule["remediation"]["runbook"]: rule["remediation"] for rule in RULES.values()}
DOCUMENTS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yaml")
}
ROLE = "arn:aws:iam::123456789012:role/compliance"
REGION = "eu-west-2"

#: Calls that IAM knows by another name: the service authorization reference of S3.
_ACTIONS = {
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
}

every_document = pytest.mark.parametrize("name", sorted(DOCUMENTS))


class StepFailedError(Exception):
    """A step found another value than it asserts."""


def test_there_is_a_document_for_each_runbook_of_the_catalogue() -> None:
    assert set(DOCUMENTS) == set(REMEDIATIONS)


@every_document
def test_a_document_takes_the_parameters_of_awss_own(name: str) -> None:
    parameters = {
        parameter: (entry["type"], str(entry["default"]).lower() if "default" in entry else None)
        for parameter, entry in DOCUMENTS[name]["parameters"].items()
    }

    aws = aws_documents()[name].parameters.values()
    assert parameters == {given.name: (given.type, given.default) for given in aws}


@every_document
def test_the_role_may_make_each_call_of_a_document(name: str) -> None:
    steps = DOCUMENTS[name]["mainSteps"]
    calls = {f"{step['inputs']['Service']}:{step['inputs']['Api']}" for step in _api(steps)}
    calls |= {
        f"{service}:{''.join(part.title() for part in call.split('_'))}"
        for step in steps
        for service, call in re.findall(
            r'client\("(\w+)"\)\.(\w+)', step["inputs"].get("Script", "")
        )
    }

    actions = {_ACTIONS.get(call, call) for call in calls}

    assert actions <= set(REMEDIATIONS[name]["iam_actions"])


def _api(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (step for step in steps if "Api" in step["inputs"])


def test_a_bucket_is_closed(aws: None) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": REGION})

    run("AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock", BucketName="reports")

    found = s3.get_public_access_block(Bucket="reports")["PublicAccessBlockConfiguration"]
    assert set(found.values()) == {True}


def test_a_database_becomes_private(database: dict[str, Any]) -> None:
    run(
        "AWSConfigRemediation-DisablePublicAccessToRDSInstance",
        DbiResourceId=database["DbiResourceId"],
    )

    assert _database()["PubliclyAccessible"] is False


@pytest.mark.parametrize("already", [False, True])
def test_a_database_gets_a_standby(database: dict[str, Any], already: bool) -> None:
    boto3.client("rds", REGION).modify_db_instance(
        DBInstanceIdentifier="orders", MultiAZ=already, ApplyImmediately=True
    )

    run(
        "AWSConfigRemediation-EnableMultiAZOnRDSInstance",
        DbiResourceId=database["DbiResourceId"],
        ApplyImmediately=True,
    )

    assert _database()["MultiAZ"] is True


def test_a_standby_waits_for_the_maintenance_window(database: dict[str, Any]) -> None:
    run(
        "AWSConfigRemediation-EnableMultiAZOnRDSInstance",
        DbiResourceId=database["DbiResourceId"],
    )

    assert _database()["PendingModifiedValues"]["MultiAZ"] is True


def test_a_database_is_protected(database: dict[str, Any]) -> None:
    run(
        "AWSConfigRemediation-EnableRDSInstanceDeletionProtection",
        DbInstanceResourceId=database["DbiResourceId"],
    )

    assert _database()["DeletionProtection"] is True


def test_a_topic_is_encrypted(aws: None, key: str) -> None:
    sns = boto3.client("sns", REGION)
    topic = sns.create_topic(Name="orders")["TopicArn"]

    run("AWSConfigRemediation-EncryptSNSTopic", TopicArn=topic, KmsKeyArn=key)

    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == key


def test_a_function_is_traced(aws: None) -> None:
    role = boto3.client("iam").create_role(RoleName="orders", AssumeRolePolicyDocument="{}")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return None\n")
    lambda_ = boto3.client("lambda", REGION)
    lambda_.create_function(
        FunctionName="orders",
        Role=role["Role"]["Arn"],
        Runtime="python3.12",
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
    )

    run("AWSConfigRemediation-ConfigureLambdaFunctionXRayTracing", FunctionName="orders")

    found = lambda_.get_function_configuration(FunctionName="orders")
    assert found["TracingConfig"] == {"Mode": "Active"}


def test_a_table_is_encrypted_and_can_be_restored(aws: None, key: str) -> None:
    dynamodb = boto3.client("dynamodb", REGION)
    dynamodb.create_table(
        TableName="orders",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )

    run("AWSConfigRemediation-EnableEncryptionOnDynamoDbTable", TableName="orders", KMSKeyId=key)
    run("AWSConfigRemediation-EnablePITRForDynamoDbTable", TableName="orders")

    table = dynamodb.describe_table(TableName="orders")["Table"]
    backups = dynamodb.describe_continuous_backups(TableName="orders")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_database_that_is_stopped_is_left_alone(database: dict[str, Any]) -> None:
    boto3.client("rds", REGION).stop_db_instance(DBInstanceIdentifier="orders")

    with pytest.raises(StepFailedError, match="VerifyAvailable"):
        run(
            "AWSConfigRemediation-DisablePublicAccessToRDSInstance",
            DbiResourceId=database["DbiResourceId"],
        )

    assert _database()["PubliclyAccessible"] is True


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(), patches.applied():
        yield


@pytest.fixture
def key(aws: None) -> str:
    created: str = boto3.client("kms", REGION).create_key()["KeyMetadata"]["Arn"]
    return created


@pytest.fixture
def database(aws: None) -> dict[str, Any]:
    boto3.client("rds", REGION).create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.m6g.large",
        Engine="postgres",
        AllocatedStorage=100,
        MasterUsername="council",
        MasterUserPassword="correct-horse",
        PubliclyAccessible=True,
        MultiAZ=False,
        DeletionProtection=False,
    )
    return _database()


def _database() -> dict[str, Any]:
    found = boto3.client("rds", REGION).describe_db_instances(DBInstanceIdentifier="orders")
    instance: dict[str, Any] = found["DBInstances"][0]
    return instance


# --- as much of Systems Manager as these documents use
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html


def run(document: str, **parameters: Any) -> None:
    content = DOCUMENTS[document]
    values = {
        name: parameter["default"]
        for name, parameter in content["parameters"].items()
        if "default" in parameter
    }
    values |= {ASSUME_ROLE: ROLE, **parameters}
    for name, value in values.items():
        pattern = content["parameters"][name].get("allowedPattern", ".*")
        assert re.search(pattern, str(value)), f"{name}: {value} does not match {pattern}"
    steps = {step["name"]: step for step in content["mainSteps"]}
    names = list(steps)
    at: str | None = names[0]
    while at is not None:
        step = steps[at]
        after = _perform(step, values)
        following = names[names.index(at) + 1 :]
        at = after or (None if step.get("isEnd") or not following else following[0])


def _perform(step: Mapping[str, Any], values: dict[str, Any]) -> str | None:
    """Perform one step; returns the next one's name where the step itself decides it."""
    inputs = _filled(step["inputs"], values)
    if step["action"] == "aws:branch":
        chosen = [
            choice["NextStep"]
            for choice in inputs["Choices"]
            if choice["Variable"] is choice["BooleanEquals"]
        ]
        next_step: str = (chosen or [inputs["Default"]])[0]
        return next_step
    if step["action"] == "aws:executeScript":
        scope: dict[str, Any] = {}
        exec(inputs["Script"], scope)  # noqa: S102 - it is the document that is tested
        scope[inputs["Handler"]](inputs["InputPayload"], None)
        return None
    answer = _call(inputs)
    for output in step.get("outputs", []):
        values[f"{step['name']}.{output['Name']}"] = _select(answer, output["Selector"])
    if step["action"] in ("aws:assertAwsResourceProperty", "aws:waitForAwsResourceProperty"):
        found = str(_select(answer, inputs["PropertySelector"]))
        if found not in inputs["DesiredValues"]:
            raise StepFailedError(f"{step['name']}: {found}")
    return None


def _call(inputs: dict[str, Any]) -> Any:
    ours = {"Service", "Api", "PropertySelector", "DesiredValues"}
    call = getattr(boto3.client(inputs["Service"], REGION), xform_name(inputs["Api"]))
    return call(**{name: value for name, value in inputs.items() if name not in ours})


def _filled(found: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(found, dict):
        return {name: _filled(value, values) for name, value in found.items()}
    if isinstance(found, list):
        return [_filled(value, values) for value in found]
    named = re.fullmatch(r"\{\{ (\S+) \}\}", found) if isinstance(found, str) else None
    return values[named[1]] if named else found


def _select(answer: Any, selector: str) -> Any:
    for name, index in re.findall(r"\.(\w+)(?:\[(\d+)\])?", selector):
        answer = answer.get(name)
        answer = answer[int(index)] if index else answer
    return answer
