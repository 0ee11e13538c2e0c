"""The managed rules: what each says of a configuration item. Pure.

Texts and parameters of the rules: FACTS §1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground.aws import resources
from playground.aws.records import Item

Parameters = Mapping[str, str]

#: Engines that have no Multi-AZ of their own (FACTS §7.3).
_CLUSTER_ENGINES = ("aurora", "docdb", "neptune")


@dataclass(frozen=True, slots=True)
class Evaluator:
    resource_type: str
    passes: Callable[[Item, Parameters], bool]
    applies: Callable[[Item, Parameters], bool] = lambda _item, _parameters: True

    def judge(self, item: Item, parameters: Parameters) -> str:
        if not self.applies(item, parameters):
            return "NOT_APPLICABLE"
        return "COMPLIANT" if self.passes(item, parameters) else "NON_COMPLIANT"


def _listed(parameters: Parameters, name: str) -> list[str]:
    return [value.strip() for value in parameters.get(name, "").split(",") if value.strip()]


def _blocks_public_access(item: Item, parameters: Parameters) -> bool:
    if item.name in _listed(parameters, "excludedPublicBuckets"):
        return True
    block = item.supplementary.get("PublicAccessBlockConfiguration", {})
    return bool(block) and all(block.values())


def _can_have_multi_az(item: Item, _parameters: Parameters) -> bool:
    return not item.configuration["engine"].startswith(_CLUSTER_ENGINES)


def _is_of_listed_engine(item: Item, parameters: Parameters) -> bool:
    engines = _listed(parameters, "databaseEngines")
    return not engines or item.configuration["engine"] in engines


def _topic_is_encrypted(item: Item, parameters: Parameters) -> bool:
    key = item.configuration.get("KmsMasterKeyId")
    allowed = _listed(parameters, "kmsKeyIds")
    return bool(key) and (not allowed or key in allowed)


def _table_is_encrypted(item: Item, parameters: Parameters) -> bool:
    sse = item.configuration.get("ssedescription", {})
    allowed = _listed(parameters, "kmsKeyArns")
    return bool(sse) and (not allowed or sse["kMSMasterKeyArn"] in allowed)


def _has_point_in_time_recovery(item: Item, _parameters: Parameters) -> bool:
    backups = item.supplementary["ContinuousBackupsDescription"]
    return bool(backups["pointInTimeRecoveryStatus"] == "ENABLED")


EVALUATORS: Mapping[str, Evaluator] = {
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": Evaluator(resources.BUCKET, _blocks_public_access),
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK": Evaluator(
        resources.DATABASE, lambda item, _: not item.configuration["publiclyAccessible"]
    ),
    "RDS_MULTI_AZ_SUPPORT": Evaluator(
        resources.DATABASE, lambda item, _: item.configuration["multiAZ"], _can_have_multi_az
    ),
    "RDS_INSTANCE_DELETION_PROTECTION_ENABLED": Evaluator(
        resources.DATABASE,
        lambda item, _: item.configuration["deletionProtection"],
        _is_of_listed_engine,
    ),
    "SNS_ENCRYPTED_KMS": Evaluator(resources.TOPIC, _topic_is_encrypted),
    "LAMBDA_FUNCTION_XRAY_ENABLED": Evaluator(
        resources.FUNCTION, lambda item, _: item.configuration["tracingConfig"]["mode"] == "Active"
    ),
    "DYNAMODB_TABLE_ENCRYPTED_KMS": Evaluator(resources.TABLE, _table_is_encrypted),
    "DYNAMODB_TABLE_ENCRYPTION_ENABLED": Evaluator(resources.TABLE, _table_is_encrypted),
    "DYNAMODB_PITR_ENABLED": Evaluator(resources.TABLE, _has_point_in_time_recovery),
}
