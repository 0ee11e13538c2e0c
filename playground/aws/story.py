"""Fills the local AWS with a council's resources, and lets further violations happen."""

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

import yaml
from botocore.exceptions import BotoCoreError

from playground.aws.install import setup_role
from playground.aws.local import LocalAws
from playground.aws.records import Place

log = logging.getLogger(__name__)

_REGION = "eu-west-2"
_FUNCTION_ROLE = "council-functions"
_STORY = Path(__file__).with_name("story.yaml")

#: Gives the client of a service in the resource's account.
Connect = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """One entry of the story; what it does not say obeys the rules."""

    account: str
    name: str
    tags: Mapping[str, str]
    settings: Mapping[str, bool]
    key_arn: str

    def obeys(self, setting: str) -> bool:
        return self.settings.get(setting, True)

    @property
    def public(self) -> bool:
        return self.settings.get("public", False)

    @property
    def tag_list(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


@dataclass(frozen=True, slots=True)
class Kind:
    create: Callable[[Connect, Resource], object]
    configure: Callable[[Connect, Resource], object]
    delete: Callable[[Connect, Resource], object]


#: How long everything is in order before the story begins again: AWS Config needs to see it.
_PAUSE = timedelta(seconds=10)
#: What every resource of any kind has that obeys the rules.
_OBEYING = {
    "public": False,
    "multi_az": True,
    "deletion_protection": True,
    "encrypted": True,
    "tracing": True,
    "recovery": True,
}


class Story:
    """Plays story.yaml: ``begin`` once, then ``advance`` for each thing that happens later.

    ``again`` may be called by any thread.
    """

    def __init__(self, aws: LocalAws, path: Path = _STORY, pause: timedelta = _PAUSE) -> None:
        self._aws = aws
        self._pause = pause
        self._story: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._later: Iterator[Mapping[str, Any]] = iter(self._story["later"])
        #: Until then AWS Config may not have seen that everything was mended.
        self._begins_at = 0.0
        self._lock = Lock()
        self._entries: dict[tuple[str, str, str], Mapping[str, Any]] = {}

    def begin(self) -> None:
        for account in sorted({entry["account"] for entry in self._story["resources"]}):
            iam = self._connect(account)("iam")
            iam.create_role(RoleName=_FUNCTION_ROLE, AssumeRolePolicyDocument="{}")
        for entry in self._story["resources"]:
            self._happen(entry)

    def advance(self) -> tuple[str, ...]:
        """Let the next thing happen, or several; return their resources' names, none at the end."""
        with self._lock:
            if monotonic() < self._begins_at:
                return ()
            entry: Mapping[str, Any] = next(self._later, {"together": []})
            at_once = entry.get("together", [entry])
            for each in at_once:
                self._happen(each)
        return tuple(str(each["name"]) for each in at_once)

    def again(self) -> None:
        """Begin anew, in a thread of its own: AWS takes its time for so many changes."""
        Thread(target=self._begin_anew, name="story", daemon=True).start()

    def _begin_anew(self) -> None:
        try:
            self.mend()
        except BotoCoreError as error:
            log.info("the local AWS ended while the story began anew", extra={"why": str(error)})

    def mend(self) -> None:
        """Let everything obey, so that AWS Config has news when the story begins anew."""
        with self._lock:
            for entry in list(self._entries.values()):
                self._happen({**_without(entry, "fails"), **_OBEYING})
            first = [{**_OBEYING, **entry} for entry in self._story["resources"]]
            self._later = chain([{"together": first}], self._story["later"])
            self._begins_at = monotonic() + self._pause.total_seconds()

    def _happen(self, entry: Mapping[str, Any]) -> None:
        identity = (entry["account"], entry["kind"], entry["name"])
        kind, connect = KINDS[entry["kind"]], self._connect(entry["account"])
        is_new = identity not in self._entries
        if "fails" in entry:
            fails = entry["fails"]
            self._aws.faults.fail_execution(fails["step"], fails["message"], entry["name"])
        entry = {**self._entries.get(identity, {}), **entry}
        resource = self._resource(entry)
        if entry.get("gone"):
            kind.delete(connect, resource)
            del self._entries[identity]
            return
        if is_new:
            kind.create(connect, resource)
        kind.configure(connect, resource)
        self._entries[identity] = entry

    def _resource(self, entry: Mapping[str, Any]) -> Resource:
        return Resource(
            entry["account"],
            entry["name"],
            tags={**self._story["owners"][entry["team"]], **entry.get("tags", {})},
            settings={key: value for key, value in entry.items() if isinstance(value, bool)},
            key_arn=self._aws.key_arns[Place(entry["account"], _REGION)],
        )

    def _connect(self, account: str) -> Connect:
        return lambda service: self._aws.clients.of(setup_role(account), service, _REGION)


def _without(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {name: value for name, value in entry.items() if name != key}


def _create_bucket(connect: Connect, resource: Resource) -> None:
    s3 = connect("s3")
    s3.create_bucket(
        Bucket=resource.name, CreateBucketConfiguration={"LocationConstraint": _REGION}
    )
    s3.put_bucket_tagging(Bucket=resource.name, Tagging={"TagSet": resource.tag_list})


def _configure_bucket(connect: Connect, resource: Resource) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = dict.fromkeys(names, not resource.public)
    connect("s3").put_public_access_block(
        Bucket=resource.name, PublicAccessBlockConfiguration=block
    )


def _create_database(connect: Connect, resource: Resource) -> None:
    connect("rds").create_db_instance(
        DBInstanceIdentifier=resource.name,
        DBInstanceClass="db.m6g.large",
        Engine="postgres",
        AllocatedStorage=100,
        MasterUsername="council",
        ManageMasterUserPassword=True,
        Tags=resource.tag_list,
    )


def _configure_database(connect: Connect, resource: Resource) -> None:
    connect("rds").modify_db_instance(
        DBInstanceIdentifier=resource.name,
        PubliclyAccessible=resource.public,
        MultiAZ=resource.obeys("multi_az"),
        DeletionProtection=resource.obeys("deletion_protection"),
        ApplyImmediately=True,
    )


def _configure_topic(connect: Connect, resource: Resource) -> None:
    connect("sns").set_topic_attributes(
        TopicArn=f"arn:aws:sns:{_REGION}:{resource.account}:{resource.name}",
        AttributeName="KmsMasterKeyId",
        AttributeValue=resource.key_arn if resource.obeys("encrypted") else "",
    )


def _create_function(connect: Connect, resource: Resource) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return None\n")
    connect("lambda").create_function(
        FunctionName=resource.name,
        Role=f"arn:aws:iam::{resource.account}:role/{_FUNCTION_ROLE}",
        Runtime="python3.12",
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Tags=dict(resource.tags),
    )


def _configure_function(connect: Connect, resource: Resource) -> None:
    connect("lambda").update_function_configuration(
        FunctionName=resource.name,
        TracingConfig={"Mode": "Active" if resource.obeys("tracing") else "PassThrough"},
    )


def _create_table(connect: Connect, resource: Resource) -> None:
    connect("dynamodb").create_table(
        TableName=resource.name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        Tags=resource.tag_list,
    )


def _configure_table(connect: Connect, resource: Resource) -> None:
    dynamodb = connect("dynamodb")
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": resource.key_arn}
    dynamodb.update_table(
        TableName=resource.name,
        SSESpecification=encrypted if resource.obeys("encrypted") else {"Enabled": False},
    )
    dynamodb.update_continuous_backups(
        TableName=resource.name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": resource.obeys("recovery")},
    )


KINDS: Mapping[str, Kind] = {
    "bucket": Kind(
        _create_bucket,
        _configure_bucket,
        lambda connect, resource: connect("s3").delete_bucket(Bucket=resource.name),
    ),
    "database": Kind(
        _create_database,
        _configure_database,
        lambda connect, resource: connect("rds").delete_db_instance(
            DBInstanceIdentifier=resource.name, SkipFinalSnapshot=True
        ),
    ),
    "topic": Kind(
        lambda connect, resource: connect("sns").create_topic(
            Name=resource.name, Tags=resource.tag_list
        ),
        _configure_topic,
        lambda connect, resource: connect("sns").delete_topic(
            TopicArn=f"arn:aws:sns:{_REGION}:{resource.account}:{resource.name}"
        ),
    ),
    "function": Kind(
        _create_function,
        _configure_function,
        lambda connect, resource: connect("lambda").delete_function(FunctionName=resource.name),
    ),
    "table": Kind(
        _create_table,
        _configure_table,
        lambda connect, resource: connect("dynamodb").delete_table(TableName=resource.name),
    ),
}
