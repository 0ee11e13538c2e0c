"""Reads moto's resources of the five recorded types as configuration items."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.rds.models import rds_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends

from playground.aws.records import Item, Place, ResourceKey

BUCKET = "AWS::S3::Bucket"
DATABASE = "AWS::RDS::DBInstance"
TOPIC = "AWS::SNS::Topic"
FUNCTION = "AWS::Lambda::Function"
TABLE = "AWS::DynamoDB::Table"


def read(place: Place) -> dict[ResourceKey, Item]:
    """Return every resource that is there now.

    Reads moto's memory instead of calling it over HTTP: this runs several times a second.
    """
    items = (item for reader in READERS for item in reader(place))
    return {item.key: item for item in items}


def _buckets(place: Place) -> Iterator[Item]:
    backend = s3_backends[place.account]["aws"]
    for bucket in list(backend.buckets.values()):
        if bucket.region_name != place.region:
            continue
        block = bucket.public_access_block
        yield Item(
            place,
            ResourceKey(BUCKET, bucket.name),
            name=bucket.name,
            arn=bucket.arn,
            tags=dict(backend.tagger.get_tag_dict_for_resource(bucket.arn)),
            configuration={"name": bucket.name, "region": bucket.region_name},
            supplementary={"PublicAccessBlockConfiguration": block.to_config_dict()}
            if block
            else {},
        )


def _databases(place: Place) -> Iterator[Item]:
    for database in list(rds_backends[place.account][place.region].databases.values()):
        pending = getattr(database, "pending_modified_values", {})
        yield Item(
            place,
            ResourceKey(DATABASE, database.dbi_resource_id),
            name=database.db_instance_identifier,
            arn=database.db_instance_arn,
            tags=_tags(database.tags),
            configuration={
                "dBInstanceIdentifier": database.db_instance_identifier,
                "dbiResourceId": database.dbi_resource_id,
                "dBInstanceClass": database.db_instance_class,
                "dBInstanceStatus": database.status,
                "engine": database.engine,
                "publiclyAccessible": bool(database.publicly_accessible),
                "multiAZ": bool(database.multi_az),
                "deletionProtection": bool(database.deletion_protection),
                "pendingModifiedValues": {"multiAZ": True} if pending.get("MultiAZ") else {},
            },
            supplementary={},
        )


def _topics(place: Place) -> Iterator[Item]:
    for topic in list(sns_backends[place.account][place.region].topics.values()):
        key = {"KmsMasterKeyId": topic.kms_master_key_id} if topic.kms_master_key_id else {}
        yield Item(
            place,
            ResourceKey(TOPIC, topic.arn),
            name=topic.name,
            arn=topic.arn,
            tags=dict(topic._tags),
            configuration={"TopicArn": topic.arn, "Owner": place.account, **key},
            supplementary={},
        )


def _functions(place: Place) -> Iterator[Item]:
    # Not list_functions(): that walks a dictionary which a request may be changing.
    functions = lambda_backends[place.account][place.region]._lambdas._functions
    for versions in list(functions.values()):
        function = versions["latest"]
        yield Item(
            place,
            ResourceKey(FUNCTION, function.function_name),
            name=function.function_name,
            arn=function.function_arn,
            tags=dict(function.tags),
            configuration={
                "functionName": function.function_name,
                "functionArn": function.function_arn,
                "role": function.role,
                "runtime": function.run_time,
                "tracingConfig": {"mode": function.tracing_config["Mode"]},
            },
            supplementary={},
        )


def _tables(place: Place) -> Iterator[Item]:
    for table in list(dynamodb_backends[place.account][place.region].tables.values()):
        sse = table.describe()["TableDescription"].get("SSEDescription")
        recovery = table.continuous_backups["PointInTimeRecoveryDescription"]
        yield Item(
            place,
            ResourceKey(TABLE, table.name),
            name=table.name,
            arn=table.table_arn,
            tags=_tags(table.tags),
            configuration={
                "tableName": table.name,
                "tableArn": table.table_arn,
                "tableStatus": "ACTIVE",
                **({"ssedescription": _uncapitalized(sse)} if sse else {}),
            },
            supplementary={
                "ContinuousBackupsDescription": {
                    "pointInTimeRecoveryStatus": recovery["PointInTimeRecoveryStatus"]
                }
            },
        )


READERS: tuple[Callable[[Place], Iterable[Item]], ...] = (
    _buckets,
    _databases,
    _topics,
    _functions,
    _tables,
)


def _tags(tags: Iterable[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _uncapitalized(values: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in values.items()}
