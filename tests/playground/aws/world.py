"""What a bot sees of the local AWS: boto3 over HTTP, the queue, and nothing else."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import yaml

from playground.aws import AT_ONCE, LocalAws, Pace, start

HOUSING, PAYMENTS = "111122223333", "222233334444"
REGION = "eu-west-2"
ROOT = Path(__file__).parents[3]
RULES = yaml.safe_load((ROOT / "config" / "rules.yaml").read_text(encoding="utf-8"))["rules"]
ACCOUNTS = [
    {"id": id_, "name": name, "environment": "production", "regions": [REGION]}
    for id_, name in (
        (HOUSING, "housing-production"),
        (PAYMENTS, "payments-production"),
        ("333344445555", "website-production"),
        ("444455556666", "shared-services"),
    )
]

BUCKET_RULE = "s3-bucket-level-public-access-prohibited"
MULTI_AZ_RULE = "rds-multi-az-support"

#: Names must differ, because the tests of a module share one server.
_numbers = count(1)


class HandClock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@dataclass
class World:
    aws: LocalAws
    clock: HandClock
    session: boto3.Session
    opened: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = cache(self._client)

    def _client(
        self, service: str, account: str | None = HOUSING, region: str = REGION, **settings: Any
    ) -> Any:
        credentials = {}
        if account is not None:
            role = f"arn:aws:iam::{account}:role/compliance-bot"
            sts = self.client("sts", None)
            answer = sts.assume_role(RoleArn=role, RoleSessionName="bot")["Credentials"]
            credentials = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        client = self.session.client(
            service,
            region_name=region,
            endpoint_url=self.aws.endpoint_url,
            **credentials,
            **settings,
        )
        self.opened.append(client)
        return client

    def close(self) -> None:
        for client in self.opened:
            client.close()

    @property
    def config(self) -> Any:
        return self.client("config")

    def envelopes(self) -> list[dict[str, Any]]:
        """Receive and delete all that is in the queue."""
        sqs, url = self.client("sqs", None), self.aws.environment()["QUEUE_URLS"]
        found = []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(envelope["Message"]) for envelope in self.envelopes()]

    def outcomes(self, rule: str) -> list[str]:
        """What the queue says of *rule*, in order."""
        return [
            message["newEvaluationResult"]["complianceType"]
            for message in self.messages()
            if message.get("configRuleName") == rule
        ]

    def bucket(self, account: str = HOUSING) -> str:
        """Make a bucket that blocks no public access."""
        name = f"repairs-photos-{next(_numbers)}"
        self.client("s3", account).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name

    def public_bucket(self, account: str = HOUSING) -> str:
        """Make one that AWS Config knows of already, and empty the queue."""
        name = self.bucket(account)
        self.aws.tick()
        self.messages()
        return name

    def start(self, rule: str, resource_id: str, account: str = HOUSING) -> dict[str, Any]:
        return self.client("config", account).start_remediation_execution(
            ConfigRuleName=rule, ResourceKeys=[key_of(rule, resource_id)]
        )

    def status(self, rule: str, resource_id: str) -> dict[str, Any]:
        answer = self.config.describe_remediation_execution_status(
            ConfigRuleName=rule, ResourceKeys=[key_of(rule, resource_id)]
        )
        return answer["RemediationExecutionStatuses"][0]

    def finish(self, rule: str, resource_id: str) -> dict[str, Any]:
        """Tick until the execution has ended and, once more, for AWS Config to see."""
        for _ in range(20):
            self.aws.tick()
            if self.status(rule, resource_id)["State"] in ("SUCCEEDED", "FAILED"):
                self.aws.tick()
                return self.status(rule, resource_id)
        raise AssertionError("the execution did not end")


@contextmanager
def running(
    pace: Pace,
    rules: Mapping[str, Any] = RULES,
    accounts: Sequence[Mapping[str, Any]] = ACCOUNTS,
) -> Iterator[World]:
    """A local AWS of its own, as the bot's own credentials see it."""
    clock = HandClock()
    aws = start(rules, accounts, pace=pace, clock=clock)
    environment = aws.environment()
    world = World(
        aws,
        clock,
        boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]),
    )
    try:
        yield world
    finally:
        world.close()
        aws.stop()


class SharedWorld:
    """The one local AWS that most tests use: starting one takes seconds.

    moto keeps its state in the process, so it has to end before a test starts one of its own.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._world: World | None = None

    def get(self) -> World:
        """Return it with no fault set and an empty queue."""
        if self._world is None:
            self._world = self._open.enter_context(running(AT_ONCE))
        self._world.aws.faults.clear()
        self._world.aws.tick()
        self._world.messages()
        return self._world

    def end(self) -> None:
        self._world = None
        self._open.close()


def key_of(rule: str, resource_id: str) -> dict[str, str]:
    return {"resourceType": RULES[rule]["resource_type"], "resourceId": resource_id}


def capital_key(rule: str, resource_id: str) -> dict[str, str]:
    return {"ResourceType": RULES[rule]["resource_type"], "ResourceId": resource_id}


def violate(world: World, rule: str) -> str:
    """Make a resource that breaks *rule*; return its id as AWS Config knows it."""
    kind = RULES[rule]["resource_type"].split("::")[1]
    return {
        "S3": lambda world: world.bucket(),
        "RDS": _database,
        "SNS": _topic,
        "Lambda": _function,
        "DynamoDB": _table,
    }[kind](world)


def _database(world: World) -> str:
    answer = world.client("rds").create_db_instance(
        DBInstanceIdentifier=f"tenancy-register-{next(_numbers)}",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="council",
        ManageMasterUserPassword=True,
        PubliclyAccessible=True,
    )
    return answer["DBInstance"]["DbiResourceId"]


def _topic(world: World) -> str:
    return world.client("sns").create_topic(Name=f"repairs-booked-{next(_numbers)}")["TopicArn"]


def _function(world: World) -> str:
    world.client("iam").create_role(
        RoleName=f"function-{next(_numbers)}", AssumeRolePolicyDocument="{}"
    )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "")
    return world.client("lambda").create_function(
        FunctionName=f"arrears-letters-{next(_numbers)}",
        Role=f"arn:aws:iam::{HOUSING}:role/compliance-bot",
        Runtime="python3.12",
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
    )["FunctionName"]


def _table(world: World) -> str:
    return world.client("dynamodb").create_table(
        TableName=f"appointments-{next(_numbers)}",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )["TableDescription"]["TableName"]


def _found_database(world: World, resource_id: str) -> dict[str, Any]:
    wanted = [{"Name": "dbi-resource-id", "Values": [resource_id]}]
    return world.client("rds").describe_db_instances(Filters=wanted)["DBInstances"][0]


#: What shows, in each service's own API, that a rule's remediation did its work.
MENDED = {
    BUCKET_RULE: lambda world, name: (
        world.client("s3").get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        == {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        }
    ),
    "rds-instance-public-access-check": lambda world, name: (
        not _found_database(world, name)["PubliclyAccessible"]
    ),
    MULTI_AZ_RULE: lambda world, name: _found_database(world, name)["MultiAZ"],
    "rds-instance-deletion-protection-enabled": lambda world, name: _found_database(world, name)[
        "DeletionProtection"
    ],
    "sns-encrypted-kms": lambda world, name: (
        world.client("sns")
        .get_topic_attributes(TopicArn=name)["Attributes"]["KmsMasterKeyId"]
        .startswith(f"arn:aws:kms:{REGION}:{HOUSING}:key/")
    ),
    "lambda-function-xray-enabled": lambda world, name: (
        world.client("lambda").get_function_configuration(FunctionName=name)["TracingConfig"]
        == {"Mode": "Active"}
    ),
    "dynamodb-table-encrypted-kms": lambda world, name: (
        world.client("dynamodb")
        .describe_table(TableName=name)["Table"]["SSEDescription"]["KMSMasterKeyArn"]
        .startswith(f"arn:aws:kms:{REGION}:{HOUSING}:key/")
    ),
    "dynamodb-pitr-enabled": lambda world, name: (
        world.client("dynamodb").describe_continuous_backups(TableName=name)[
            "ContinuousBackupsDescription"
        ]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        == "ENABLED"
    ),
}
