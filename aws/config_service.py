"""AWS Config in our words: remediations, exceptions and evaluations of one account and Region."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aws.answers import (
    AwsException,
    Execution,
    ExecutionState,
    aws_exception,
    change,
    config_rule,
    execution,
    facts,
    listed,
    name_of,
)
from aws.errors import (
    AwsBusyError,
    AwsDoubtError,
    AwsForbiddenError,
    AwsRefusedError,
    NotConfiguredError,
    RoleRefusedError,
    UnreadableError,
    aws_errors,
)
from aws.rhythm import Rhythm, rhythm
from aws.sessions import DecisionSession, any_configuration, session_name, source_identity
from compliance.change import Change, FindingKey, ResourceFacts
from compliance.known_rules import ConfigRule
from compliance.text import clean

__all__ = [
    "KEYS_MAX",
    "RULE_NAMES_MAX",
    "AwsBusyError",
    "AwsDoubtError",
    "AwsForbiddenError",
    "AwsRefusedError",
    "ConfigService",
    "Execution",
    "ExecutionState",
    "NotConfiguredError",
    "RoleRefusedError",
]

#: StartRemediationExecution, PutRemediationExceptions, BatchGetResourceConfig take at most this
#: many keys (FACTS §4).
KEYS_MAX = 100
#: DescribeConfigRules and DescribeRemediationConfigurations take at most this many names.
#: https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigRules.html
RULE_NAMES_MAX = 25
#: PutRemediationExceptions' Message (FACTS §4).
_MESSAGE_MAX = 1024
_NO_REASON = "AWS Config gave no reason."


class Clients(Protocol):
    """boto3 clients in the accounts, as Accounts makes them."""

    def client(self, service: str, account: str, region: str) -> Any: ...

    def decision_client(self, account: str, region: str, session: DecisionSession) -> Any: ...


@dataclass(frozen=True, slots=True)
class Starter:
    """What starts the remediation of one rule, once, as the people who decided."""

    client: Any

    def start(self, keys: Sequence[FindingKey]) -> dict[FindingKey, str]:
        """Start the remediation of resources; return those that AWS did not take, and why not.

        AWS answers 200 and lists the refused ones in FailedItems (FACTS §4). Raises AwsDoubtError
        where AWS may have taken them all.
        """
        with aws_errors():
            answer = self.client.start_remediation_execution(
                ConfigRuleName=keys[0].rule, ResourceKeys=[_resource_key(key) for key in keys]
            )
        items = answer.get("FailedItems") or ()
        failed = {(item.get("resourceType"), item.get("resourceId")) for item in items}
        why = clean(answer.get("FailureMessage") or "") or _NO_REASON
        if answer.get("FailureMessage") and not failed:
            return dict.fromkeys(keys, why)
        return {key: why for key in keys if (key.resource_type, key.resource_id) in failed}


class ConfigService:
    """AWS Config, a rule at a time. All methods raise the errors of aws/errors.py."""

    def __init__(self, clients: Clients) -> None:
        self.clients = clients

    def configured(self, account: str, region: str, rule: str) -> str:
        """Return the ARN of the rule's remediation configuration there, empty where it has none."""
        with aws_errors():
            answer = self._config(account, region).describe_remediation_configurations(
                ConfigRuleNames=[rule]
            )
        first = next(listed(answer, "RemediationConfigurations"), None)
        return str(first.get("Arn") or any_configuration(account, region)) if first else ""

    def starter(
        self,
        configuration_arn: str,
        key: FindingKey,
        finding_ids: Sequence[str],
        people: Sequence[str],
        asked_at: datetime,
    ) -> Starter:
        """Ask for the session in which *people*'s decision on these findings is carried out.

        Nothing is started by this, so there is nothing to be in doubt about.
        """
        session = DecisionSession(
            session_name(finding_ids, "remediate", asked_at),
            source_identity(people),
            configuration_arn,
        )
        try:
            with aws_errors():
                return Starter(self.clients.decision_client(key.account, key.region, session))
        except AwsDoubtError as error:
            raise AwsBusyError(str(error)) from error

    def executions(self, keys: Sequence[FindingKey]) -> dict[FindingKey, Execution]:
        """Return the last execution of each resource of one rule that ever had one.

        Where the answer about all cannot be read, each is asked about alone, and what still cannot
        be read is unknown.
        """
        try:
            return self._executions(keys)
        except UnreadableError as error:
            if len(keys) == 1:
                return {keys[0]: Execution(ExecutionState.UNKNOWN, None, 0, 0, "", str(error))}
        return {one: each for key in keys for one, each in self.executions([key]).items()}

    def _executions(self, keys: Sequence[FindingKey]) -> dict[FindingKey, Execution]:
        first = keys[0]
        statuses = self._items(
            first,
            "describe_remediation_execution_status",
            "RemediationExecutionStatuses",
            ConfigRuleName=first.rule,
            ResourceKeys=[_resource_key(key) for key in keys],
        )
        by_resource = {(key.resource_type, key.resource_id): key for key in keys}
        executions = {}
        for status in statuses:
            resource = status.get("ResourceKey") or {}
            named = str(resource.get("resourceType")), str(resource.get("resourceId"))
            key = by_resource.get(named)
            if key is not None:
                executions[key] = execution(status)
        return executions

    def evaluation(self, key: FindingKey) -> Change | None:
        """Return AWS Config's present evaluation of one resource under one rule, None if none."""
        results = self._items(
            key,
            "get_compliance_details_by_resource",
            "EvaluationResults",
            ResourceType=key.resource_type,
            ResourceId=key.resource_id,
        )
        changes = (change(key.account, key.region, result) for result in results)
        return next((each for each in changes if each is not None and each.key == key), None)

    def evaluations(self, account: str, region: str, rule: str) -> Iterator[Change]:
        """Yield the present evaluation of every resource under *rule*."""
        results = self._items(
            FindingKey(account, region, rule, "", ""),
            "get_compliance_details_by_config_rule",
            "EvaluationResults",
            ConfigRuleName=rule,
            # AWS gives ten a page unless asked for more (FACTS §4).
            PaginationConfig={"PageSize": 100},
        )
        changes = (change(account, region, result) for result in results)
        return (each for each in changes if each is not None)

    def rules(
        self, account: str, region: str, names: Sequence[str] = ()
    ) -> Mapping[str, ConfigRule]:
        """Return Config rules by name: all of them there, an error and not a part of them.

        Of *names*, RULE_NAMES_MAX at most, each has to exist: else it is a NotConfiguredError.
        """
        there = FindingKey(account, region, "", "", "")
        asked = {"ConfigRuleNames": list(names)} if names else {}
        items = self._items(there, "describe_config_rules", "ConfigRules", **asked)
        rules = (config_rule(account, region, item) for item in items)
        return {rule.key.rule: rule for rule in rules}

    def remediations(self, account: str, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return the SSM documents that are configured for rules; rules without one are left out.

        *names* are RULE_NAMES_MAX at most.
        """
        with aws_errors():
            answer = self._config(account, region).describe_remediation_configurations(
                ConfigRuleNames=list(names)
            )
        return {
            str(item.get("ConfigRuleName")): clean(str(item.get("TargetId") or ""))
            for item in listed(answer, "RemediationConfigurations")
        }

    def rhythm(self, key: FindingKey) -> Rhythm:
        """Return how soon AWS Config looks at the resource again under the key's rule."""
        with aws_errors():
            return rhythm(self._config(key.account, key.region), key)

    def facts(self, key: FindingKey) -> ResourceFacts | None:
        """Return what AWS Config keeps of the resource itself, None where it keeps nothing."""
        try:
            with aws_errors():
                answer = self._config(key.account, key.region).get_resource_config_history(
                    resourceType=key.resource_type, resourceId=key.resource_id, limit=1
                )
        except NotConfiguredError:
            return None
        newest_first = (facts(key, item) for item in listed(answer, "configurationItems"))
        return next(newest_first, None)

    def names(self, keys: Sequence[FindingKey]) -> Mapping[FindingKey, str]:
        """Return the names of those of at most a hundred resources that AWS Config says are there.

        It says nothing of deleted ones, and nothing of tags (FACTS §4). A resource that has no name
        of its own has an empty one.
        """
        first = keys[0]
        with aws_errors():
            answer = self._config(first.account, first.region).batch_get_resource_config(
                resourceKeys=[_resource_key(key) for key in keys]
            )
        there = {
            (item.get("resourceType"), item.get("resourceId")): name_of(item)
            for item in listed(answer, "baseConfigurationItems")
            if item.get("configurationItemStatus") in {"OK", "ResourceDiscovered"}
        }
        found = {key: there.get((key.resource_type, key.resource_id)) for key in keys}
        return {key: name for key, name in found.items() if name is not None}

    def put_exception(self, key: FindingKey, until: datetime, message: str) -> None:
        """Mirror an exception. AWS takes it only while the resource is NON_COMPLIANT (FACTS §0)."""
        with aws_errors():
            answer = self._config(key.account, key.region).put_remediation_exceptions(
                ConfigRuleName=key.rule,
                ResourceKeys=[_exception_key(key)],
                Message=message[:_MESSAGE_MAX],
                ExpirationTime=until,
            )
        _raise_failed(answer)

    def exceptions(
        self, account: str, region: str, rule: str, key: FindingKey | None = None
    ) -> tuple[AwsException, ...]:
        """Return the exceptions that AWS Config has of *rule*, or of one resource: *key*.

        The operation has no paginator, and gives a page of resources without a token (FACTS §4).
        """
        asked: dict[str, Any] = {"ConfigRuleName": rule}
        if key is not None:
            asked["ResourceKeys"] = [_exception_key(key)]
        found: list[AwsException] = []
        while True:
            with aws_errors():
                answer = self._config(account, region).describe_remediation_exceptions(**asked)
            found += map(aws_exception, listed(answer, "RemediationExceptions"))
            token = answer.get("NextToken")
            if not token:
                return tuple(found)
            asked["NextToken"] = token

    def delete_exception(self, key: FindingKey) -> None:
        """Take a mirrored exception back; one that is gone already is no error."""
        try:
            with aws_errors():
                answer = self._config(key.account, key.region).delete_remediation_exceptions(
                    ConfigRuleName=key.rule, ResourceKeys=[_exception_key(key)]
                )
        except AwsRefusedError as error:
            if str(error).startswith("NoSuchRemediationExceptionException"):
                return
            raise
        _raise_failed(answer)

    def _config(self, account: str, region: str) -> Any:
        with aws_errors():
            return self.clients.client("config", account, region)

    def _items(
        self, where: FindingKey, operation: str, name: str, **asked: Any
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the items under *name* of every page of an operation's answer."""
        pages: Iterable[Any] = self._pages(where, operation, asked)
        for page in pages:
            yield from listed(page, name)

    def _pages(self, where: FindingKey, operation: str, asked: Mapping[str, Any]) -> Iterator[Any]:
        with aws_errors():
            paginator = self._config(where.account, where.region).get_paginator(operation)
            pages = iter(paginator.paginate(**asked))
        while True:
            with aws_errors():
                page = next(pages, None)
            if page is None:
                return
            yield page


def _resource_key(key: FindingKey) -> dict[str, str]:
    return {"resourceType": key.resource_type, "resourceId": key.resource_id}


def _exception_key(key: FindingKey) -> dict[str, str]:
    # The same two words, in the other spelling that these calls want (FACTS §0.5).
    return {"ResourceType": key.resource_type, "ResourceId": key.resource_id}


def _raise_failed(answer: Mapping[str, Any]) -> None:
    for batch in answer.get("FailedBatches") or ():
        raise AwsRefusedError(clean(batch.get("FailureMessage") or "") or _NO_REASON)
