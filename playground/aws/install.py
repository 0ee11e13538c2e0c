"""What Terraform would set up: the bot's queue, and in each account rules and remediations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.config.models import MANAGED_RULES

from playground.aws.clients import Clients
from playground.aws.evaluators import EVALUATORS
from playground.aws.records import Place
from playground.aws.runbooks import ASSUME_ROLE, RUNBOOKS

#: The account and Region in which the bot itself runs.
TOOLING = Place("999900001111", "eu-west-2")

TOPIC_NAME = "config-notifications"
QUEUE_NAME = "compliance-bot"

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_ROLE_NAME_MAX = 64
#: https://docs.aws.amazon.com/config/latest/APIReference/API_PutRemediationConfigurations.html
_REMEDIATIONS_MAX = 25


@dataclass(frozen=True, slots=True)
class Tooling:
    """Where the notifications go, and with what the bot reads them."""

    topic_arn: str
    queue_url: str
    access_key_id: str
    secret_access_key: str


def setup_role(account: str) -> str:
    """The role that sets up an account and plays its story; the bot never uses it."""
    return f"arn:aws:iam::{account}:role/playground"


def install_tooling(clients: Clients) -> Tooling:
    account, region = TOOLING
    role = setup_role(account)
    sns, sqs = clients.of(role, "sns", region), clients.of(role, "sqs", region)
    iam = clients.of(role, "iam", region)
    topic_arn = sns.create_topic(Name=TOPIC_NAME)["TopicArn"]
    dead = sqs.create_queue(QueueName=f"{QUEUE_NAME}-dead-letters")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = {
        "deadLetterTargetArn": dead_arn["Attributes"]["QueueArn"],
        "maxReceiveCount": 5,
    }
    queue_url = sqs.create_queue(
        QueueName=QUEUE_NAME, Attributes={"RedrivePolicy": json.dumps(redrive)}
    )["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{region}:{account}:{QUEUE_NAME}"
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
    iam.create_user(UserName="compliance-bot")
    key = iam.create_access_key(UserName="compliance-bot")["AccessKey"]
    return Tooling(topic_arn, queue_url, key["AccessKeyId"], key["SecretAccessKey"])


def install_accounts(
    clients: Clients,
    catalogue: Mapping[str, Any],
    accounts: Sequence[Mapping[str, Any]],
    topic_arn: str,
    role_name: str,
) -> dict[Place, str]:
    """Set up every account as ``bot.yaml`` lists them; return the ARN of each place's KMS key."""
    keys: dict[Place, str] = {}
    for account in accounts:
        _install_roles(clients, account["id"], catalogue, role_name)
        for region in account["regions"]:
            place = Place(account["id"], region)
            keys[place] = _install_key(clients, place)
            _install_config(clients, place, catalogue, keys[place], topic_arn)
    return keys


def by_hand(catalogue: Mapping[str, Any]) -> list[str]:
    """Return the rules that the playground cannot judge or has no steps for.

    They get no remediation, as on an account where nobody has set one up: a card of theirs, if
    there is ever one, says how to mend it by hand.
    """
    return [
        name
        for name, entry in catalogue.items()
        if entry["identifier"] not in EVALUATORS
        or (entry.get("remediation") or {}).get("runbook") not in RUNBOOKS
    ]


def _install_roles(
    clients: Clients, account: str, catalogue: Mapping[str, Any], role_name: str
) -> None:
    iam = clients.of(setup_role(account), "iam", TOOLING.region)
    principals = {role_name: {"AWS": f"arn:aws:iam::{TOOLING.account}:root"}}
    principals |= {remediation_role(rule): {"Service": "ssm.amazonaws.com"} for rule in catalogue}
    for name, principal in principals.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_trust(principal))


def remediation_role(rule: str) -> str:
    return f"compliance-remediation-{rule}"[:_ROLE_NAME_MAX]


def _trust(principal: Mapping[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _install_key(clients: Clients, place: Place) -> str:
    kms = clients.of(setup_role(place.account), "kms", place.region)
    key: dict[str, str] = kms.create_key(Description="Data at rest")["KeyMetadata"]
    kms.create_alias(AliasName="alias/data-at-rest", TargetKeyId=key["KeyId"])
    return key["Arn"]


def _install_config(
    clients: Clients, place: Place, catalogue: Mapping[str, Any], key_arn: str, topic_arn: str
) -> None:
    config = clients.of(setup_role(place.account), "config", place.region)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{place.account}:role/aws-service-role/config.amazonaws.com/"
            "AWSServiceRoleForConfig",
        }
    )
    config.put_delivery_channel(
        DeliveryChannel={
            "name": "default",
            "s3BucketName": f"config-{TOOLING.account}",
            "snsTopicARN": topic_arn,
        }
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    for name, entry in catalogue.items():
        if entry["identifier"] in MANAGED_RULES["ManagedRules"]:
            config.put_config_rule(ConfigRule=config_rule(name, entry, key_arn))
    remediations = list(_remediations(catalogue, place, key_arn))
    for start in range(0, len(remediations), _REMEDIATIONS_MAX):
        batch = remediations[start : start + _REMEDIATIONS_MAX]
        config.put_remediation_configurations(RemediationConfigurations=batch)


def config_rule(name: str, entry: Mapping[str, Any], key_arn: str) -> dict[str, Any]:
    parameters = _filled(entry.get("parameters") or {}, key_arn)
    return {
        "ConfigRuleName": name,
        "Source": {"Owner": "AWS", "SourceIdentifier": entry["identifier"]},
        "Scope": {"ComplianceResourceTypes": [entry["resource_type"]]},
        **({"InputParameters": json.dumps(parameters)} if parameters else {}),
    }


def _remediations(
    catalogue: Mapping[str, Any], place: Place, key_arn: str
) -> Iterator[dict[str, Any]]:
    for name, entry in catalogue.items():
        remediation = entry.get("remediation")
        if remediation and name not in by_hand(catalogue):
            yield remediation_configuration(
                name, entry["resource_type"], remediation, place.account, key_arn
            )


def remediation_configuration(
    rule: str, resource_type: str, remediation: Mapping[str, Any], account: str, key_arn: str
) -> dict[str, Any]:
    static = _filled(remediation.get("parameters") or {}, key_arn)
    static[ASSUME_ROLE] = f"arn:aws:iam::{account}:role/{remediation_role(rule)}"
    return {
        "ConfigRuleName": rule,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": remediation["runbook"],
        "ResourceType": resource_type,
        "Automatic": False,
        "Parameters": {
            remediation["resource_parameter"]: {"ResourceValue": {"Value": "RESOURCE_ID"}},
            **{name: {"StaticValue": {"Values": [value]}} for name, value in static.items()},
        },
    }


def _filled(parameters: Mapping[str, Any], key_arn: str) -> dict[str, str]:
    return {
        name: str(value).replace("${kms_key_arn}", key_arn) for name, value in parameters.items()
    }
