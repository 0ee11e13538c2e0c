"""What the SSM Automation runbooks do: their steps, as real calls (FACTS §1).

Their names and parameters are in documents.yaml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Parameters = Mapping[str, str]

#: Gives the client of a service, as the runbook's role.
Connect = Callable[[str], Any]

ASSUME_ROLE = "AutomationAssumeRole"


class StepFailedError(Exception):
    """A step of a runbook found what it does not allow."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; AWS documents the order of steps, not their names."""

    name: str
    run: Callable[[Connect, Parameters], None]


_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _is_true(parameters: Parameters, name: str, default: str) -> bool:
    return parameters.get(name, default).lower() == "true"


def _expect(holds: object, message: str) -> None:
    if not holds:
        raise StepFailedError(f"Step fails when it is verifying the change: {message}")


def _put_block(connect: Connect, parameters: Parameters) -> None:
    connect("s3").put_public_access_block(
        Bucket=parameters["BucketName"],
        PublicAccessBlockConfiguration={
            name: _is_true(parameters, name, "true") for name in _BLOCKS
        },
    )


def _verify_block(connect: Connect, parameters: Parameters) -> None:
    answer = connect("s3").get_public_access_block(Bucket=parameters["BucketName"])
    for name in _BLOCKS:
        found = answer["PublicAccessBlockConfiguration"][name]
        _expect(found == _is_true(parameters, name, "true"), f"{name} is {found}")


def _instance(connect: Connect, parameters: Parameters) -> Any:
    """The runbooks are given the resource id; every RDS call takes the identifier."""
    resource_id = parameters.get("DbInstanceResourceId") or parameters["DbiResourceId"]
    wanted = [{"Name": "dbi-resource-id", "Values": [resource_id]}]
    found = connect("rds").describe_db_instances(Filters=wanted)["DBInstances"]
    _expect(found, f"no DB instance has the resource id {resource_id}")
    return found[0]


def _find_instance(connect: Connect, parameters: Parameters) -> None:
    _instance(connect, parameters)


def _verify_available(connect: Connect, parameters: Parameters) -> None:
    status = _instance(connect, parameters)["DBInstanceStatus"]
    _expect(status == "available", f"the DB instance is {status}, not available")


def _modify(connect: Connect, parameters: Parameters, **change: bool) -> None:
    connect("rds").modify_db_instance(
        DBInstanceIdentifier=_instance(connect, parameters)["DBInstanceIdentifier"],
        ApplyImmediately=_is_true(parameters, "ApplyImmediately", "false"),
        **change,
    )


def _disable_public_access(connect: Connect, parameters: Parameters) -> None:
    _modify(connect, parameters, PubliclyAccessible=False)


def _wait_for_modifying(connect: Connect, parameters: Parameters) -> None:
    """moto's instances never show ``modifying``: there is nothing to wait for."""


def _verify_private(connect: Connect, parameters: Parameters) -> None:
    _expect(
        not _instance(connect, parameters)["PubliclyAccessible"], "PubliclyAccessible is still true"
    )


def _check_multi_az(connect: Connect, parameters: Parameters) -> None:
    """AWS's runbook branches here and ends when nothing is left to do; so do the next steps."""
    _instance(connect, parameters)


def _enable_multi_az(connect: Connect, parameters: Parameters) -> None:
    if not _instance(connect, parameters)["MultiAZ"]:
        _modify(connect, parameters, MultiAZ=True)


def _verify_multi_az(connect: Connect, parameters: Parameters) -> None:
    instance = _instance(connect, parameters)
    pending = instance.get("PendingModifiedValues", {})
    _expect(instance["MultiAZ"] or pending.get("MultiAZ"), "MultiAZ is still false")


def _protect(connect: Connect, parameters: Parameters) -> None:
    _modify(connect, parameters, DeletionProtection=True)


def _verify_protected(connect: Connect, parameters: Parameters) -> None:
    _expect(
        _instance(connect, parameters)["DeletionProtection"], "DeletionProtection is still false"
    )


def _encrypt_topic(connect: Connect, parameters: Parameters) -> None:
    connect("sns").set_topic_attributes(
        TopicArn=parameters["TopicArn"],
        AttributeName="KmsMasterKeyId",
        AttributeValue=parameters["KmsKeyArn"],
    )


def _verify_topic(connect: Connect, parameters: Parameters) -> None:
    answer = connect("sns").get_topic_attributes(TopicArn=parameters["TopicArn"])
    found = answer["Attributes"].get("KmsMasterKeyId")
    _expect(found == parameters["KmsKeyArn"], f"KmsMasterKeyId is {found}")


def _enable_tracing(connect: Connect, parameters: Parameters) -> None:
    connect("lambda").update_function_configuration(
        FunctionName=parameters["FunctionName"], TracingConfig={"Mode": "Active"}
    )


def _verify_tracing(connect: Connect, parameters: Parameters) -> None:
    answer = connect("lambda").get_function_configuration(FunctionName=parameters["FunctionName"])
    mode = answer["TracingConfig"]["Mode"]
    _expect(mode == "Active", f"TracingConfig.Mode is {mode}")


def _encrypt_table(connect: Connect, parameters: Parameters) -> None:
    connect("dynamodb").update_table(
        TableName=parameters["TableName"],
        SSESpecification={
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": parameters["KMSKeyId"],
        },
    )


def _table(connect: Connect, parameters: Parameters) -> Any:
    return connect("dynamodb").describe_table(TableName=parameters["TableName"])["Table"]


def _wait_for_table(connect: Connect, parameters: Parameters) -> None:
    status = _table(connect, parameters)["TableStatus"]
    _expect(status == "ACTIVE", f"the table is {status}, not ACTIVE")


def _verify_table(connect: Connect, parameters: Parameters) -> None:
    found = _table(connect, parameters).get("SSEDescription", {}).get("KMSMasterKeyArn")
    _expect(found == parameters["KMSKeyId"], f"the table's key is {found}")


def _enable_recovery(connect: Connect, parameters: Parameters) -> None:
    connect("dynamodb").update_continuous_backups(
        TableName=parameters["TableName"],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )


def _verify_recovery(connect: Connect, parameters: Parameters) -> None:
    answer = connect("dynamodb").describe_continuous_backups(TableName=parameters["TableName"])
    found = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    status = found["PointInTimeRecoveryStatus"]
    _expect(status == "ENABLED", f"point-in-time recovery is {status}")


RUNBOOKS: Mapping[str, tuple[Step, ...]] = {
    "AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock": (
        Step("PutBucketPublicAccessBlock", _put_block),
        Step("VerifyBucketPublicAccessBlock", _verify_block),
    ),
    "AWSConfigRemediation-DisablePublicAccessToRDSInstance": (
        Step("GetRDSInstanceIdentifier", _find_instance),
        Step("VerifyInstanceIsAvailable", _verify_available),
        Step("DisablePublicAccess", _disable_public_access),
        Step("WaitForModifying", _wait_for_modifying),
        Step("WaitForAvailable", _verify_available),
        Step("VerifyPublicAccessIsDisabled", _verify_private),
    ),
    "AWSConfigRemediation-EnableMultiAZOnRDSInstance": (
        Step("GetRDSInstanceIdentifier", _find_instance),
        Step("VerifyInstanceIsAvailable", _verify_available),
        Step("CheckMultiAZ", _check_multi_az),
        Step("EnableMultiAZ", _enable_multi_az),
        Step("VerifyMultiAZ", _verify_multi_az),
    ),
    "AWSConfigRemediation-EnableRDSInstanceDeletionProtection": (
        Step("GetRDSInstanceIdentifier", _find_instance),
        Step("EnableDeletionProtection", _protect),
        Step("VerifyDeletionProtection", _verify_protected),
    ),
    "AWSConfigRemediation-EncryptSNSTopic": (
        Step("EncryptTopic", _encrypt_topic),
        Step("VerifyTopicEncryption", _verify_topic),
    ),
    "AWSConfigRemediation-ConfigureLambdaFunctionXRayTracing": (
        Step("UpdateLambdaConfig", _enable_tracing),
        Step("VerifyTracing", _verify_tracing),
    ),
    "AWSConfigRemediation-EnableEncryptionOnDynamoDbTable": (
        Step("UpdateTable", _encrypt_table),
        Step("WaitForActive", _wait_for_table),
        Step("VerifyEncryption", _verify_table),
    ),
    "AWSConfigRemediation-EnablePITRForDynamoDbTable": (
        Step("UpdateContinuousBackups", _enable_recovery),
        Step("VerifyPointInTimeRecovery", _verify_recovery),
    ),
}


def _not_played(_connect: Connect, _parameters: Parameters) -> None:
    raise StepFailedError("The playground has no steps for this document.")


def steps_of(document: str) -> tuple[Step, ...]:
    """Return the steps of any document; one that the playground cannot play fails at its first."""
    return RUNBOOKS.get(document, (Step("NotPlayed", _not_played),))
