"""AWS Config in our words: remediations, exceptions and evaluations of one account and Region."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from compliance.change import Change, Compliance, FindingKey, ResourceFacts
from compliance.notification import resource_name

#: StartRemediationExecution and PutRemediationExceptions take at most this many keys (FACTS §4).
KEYS_MAX = 100
#: PutRemediationExceptions' Message (FACTS §4).
_MESSAGE_MAX = 1024

#: What stands between the bot and AWS can answer with a whole page.
_SAID_MAX = 500

_BUSY = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException",
     "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure", "InternalError"}
)  # fmt: skip
_FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "InsufficientPermissionsException",
     "UnauthorizedOperation", "InvalidClientTokenId", "UnrecognizedClientException"}
)  # fmt: skip
_MISSING = frozenset(
    {"NoSuchRemediationConfigurationException", "NoSuchConfigRuleException",
     "ResourceNotDiscoveredException"}
)  # fmt: skip


class AwsBusyError(Exception):
    """AWS cannot be asked just now: it throttles, or it is out of reach. Asking later helps."""


class AwsRefusedError(Exception):
    """AWS refused the call, and would refuse it again. The message is AWS's own."""


class AwsForbiddenError(AwsRefusedError):
    """A permission is missing; the message names it where AWS does."""


class NotConfiguredError(AwsRefusedError):
    """The rule, its remediation or the resource is not known in this account and Region."""


class ExecutionState(StrEnum):
    """https://docs.aws.amazon.com/config/latest/APIReference/API_RemediationExecutionStatus.html"""

    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, value: object) -> "ExecutionState":
        """A word that AWS did not have when this was written says nothing."""
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Execution:
    """The last remediation of one resource: *step* of *steps* is done or being done."""

    state: ExecutionState
    invoked_at: datetime
    step: int
    steps: int
    step_name: str
    message: str


class Clients(Protocol):
    def client(self, service: str, account: str, region: str) -> Any: ...


class ConfigService:
    """AWS Config, a rule at a time. All methods raise the errors above."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def configured(self, account: str, region: str, rule: str) -> bool:
        """Say whether the rule has a remediation configuration there."""
        with _aws_errors():
            answer = self._config(account, region).describe_remediation_configurations(
                ConfigRuleNames=[rule]
            )
        return bool(answer.get("RemediationConfigurations"))

    def start(self, keys: Sequence[FindingKey]) -> dict[FindingKey, str]:
        """Start the remediation of resources of one rule; return those that AWS did not take.

        AWS answers 200 and lists the refused ones in FailedItems (FACTS §4).
        """
        first = keys[0]
        with _aws_errors():
            answer = self._config(first.account, first.region).start_remediation_execution(
                ConfigRuleName=first.rule, ResourceKeys=[_resource_key(key) for key in keys]
            )
        failed = {
            (item["resourceType"], item["resourceId"]) for item in answer.get("FailedItems") or ()
        }
        why = answer.get("FailureMessage") or "AWS Config gave no reason."
        if answer.get("FailureMessage") and not failed:
            return dict.fromkeys(keys, why)
        return {key: why for key in keys if (key.resource_type, key.resource_id) in failed}

    def executions(self, keys: Sequence[FindingKey]) -> dict[FindingKey, Execution]:
        """Return the last execution of each resource of one rule that ever had one."""
        first = keys[0]
        asked = [_resource_key(key) for key in keys]
        pages = self._pages(
            first,
            "describe_remediation_execution_status",
            ConfigRuleName=first.rule,
            ResourceKeys=asked,
        )
        by_resource = {(key.resource_type, key.resource_id): key for key in keys}
        found = {}
        for page in pages:
            for status in page["RemediationExecutionStatuses"]:
                resource = status["ResourceKey"]
                key = by_resource.get((resource["resourceType"], resource["resourceId"]))
                if key is not None:
                    found[key] = _execution(status)
        return found

    def evaluation(self, key: FindingKey) -> Change | None:
        """Return AWS Config's present evaluation of one resource under one rule, None if none."""
        pages = self._pages(
            key,
            "get_compliance_details_by_resource",
            ResourceType=key.resource_type,
            ResourceId=key.resource_id,
        )
        for page in pages:
            for result in page["EvaluationResults"]:
                change = _change(key.account, key.region, result)
                if change is not None and change.key == key:
                    return change
        return None

    def evaluations(self, account: str, region: str, rule: str) -> Iterator[Change]:
        """Yield the present evaluation of every resource under *rule*."""
        place = FindingKey(account, region, rule, "", "")
        for page in self._pages(
            place,
            "get_compliance_details_by_config_rule",
            ConfigRuleName=rule,
            # AWS gives ten a page unless asked for more (FACTS §4).
            PaginationConfig={"PageSize": 100},
        ):
            for result in page["EvaluationResults"]:
                change = _change(account, region, result)
                if change is not None:
                    yield change

    def rules(self, account: str, region: str) -> Mapping[str, str]:
        """Return the ARNs of the Config rules there, by name."""
        place = FindingKey(account, region, "", "", "")
        return {
            rule["ConfigRuleName"]: rule.get("ConfigRuleArn", "")
            for page in self._pages(place, "describe_config_rules")
            for rule in page["ConfigRules"]
        }

    def facts(self, key: FindingKey) -> ResourceFacts | None:
        """Return what AWS Config holds of the resource itself, None where it holds nothing."""
        try:
            with _aws_errors():
                answer = self._config(key.account, key.region).get_resource_config_history(
                    resourceType=key.resource_type, resourceId=key.resource_id, limit=1
                )
        except NotConfiguredError:
            return None
        return next((_facts(key, item) for item in answer["configurationItems"]), None)

    def put_exception(self, key: FindingKey, until: datetime, message: str) -> None:
        """Mirror an exception. AWS takes it only while the resource is NON_COMPLIANT (FACTS §0)."""
        with _aws_errors():
            answer = self._config(key.account, key.region).put_remediation_exceptions(
                ConfigRuleName=key.rule,
                ResourceKeys=[_exception_key(key)],
                Message=message[:_MESSAGE_MAX],
                ExpirationTime=until,
            )
        _raise_failed(answer)

    def delete_exception(self, key: FindingKey) -> None:
        """Take a mirrored exception back; one that is gone already is no error."""
        try:
            with _aws_errors():
                answer = self._config(key.account, key.region).delete_remediation_exceptions(
                    ConfigRuleName=key.rule, ResourceKeys=[_exception_key(key)]
                )
        except AwsRefusedError as error:
            if "NoSuchRemediationException" in str(error):
                return
            raise
        _raise_failed(answer)

    def _config(self, account: str, region: str) -> Any:
        return self._clients.client("config", account, region)

    def _pages(self, place: FindingKey, operation: str, **asked: Any) -> Iterable[Any]:
        with _aws_errors():
            paginator = self._config(place.account, place.region).get_paginator(operation)
            yield from paginator.paginate(**asked)


@contextmanager
def _aws_errors() -> Iterator[None]:
    """Turn botocore's errors into ours."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        said = (error.response.get("Error", {}).get("Message") or str(error))[:_SAID_MAX]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _BUSY or status >= 500:
            raise AwsBusyError(said) from error
        if code in _FORBIDDEN:
            raise AwsForbiddenError(said) from error
        if code in _MISSING:
            raise NotConfiguredError(said) from error
        raise AwsRefusedError(f"{code}: {said}") from error
    except BotoCoreError as error:
        raise AwsBusyError(str(error)) from error


def _resource_key(key: FindingKey) -> dict[str, str]:
    return {"resourceType": key.resource_type, "resourceId": key.resource_id}


def _exception_key(key: FindingKey) -> dict[str, str]:
    # The same two words, in the other spelling that these calls want (FACTS §0.5).
    return {"ResourceType": key.resource_type, "ResourceId": key.resource_id}


def _raise_failed(answer: Mapping[str, Any]) -> None:
    for batch in answer.get("FailedBatches") or ():
        raise AwsRefusedError(batch.get("FailureMessage") or "AWS Config gave no reason.")


def _execution(status: Mapping[str, Any]) -> Execution:
    steps = status.get("StepDetails") or ()
    begun = [step for step in steps if step["State"] != "PENDING"]
    failed = [step for step in steps if step["State"] == "FAILED"]
    current = failed[0] if failed else begun[-1] if begun else {}
    return Execution(
        state=ExecutionState(status["State"]),
        invoked_at=_utc(status["InvocationTime"]),
        step=steps.index(current) + 1 if current else 0,
        steps=len(steps),
        step_name=str(current.get("Name", "")),
        message=str(current.get("ErrorMessage") or ""),
    )


def _change(account: str, region: str, result: Mapping[str, Any]) -> Change | None:
    qualifier = result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
    if result["ComplianceType"] not in set(Compliance):
        return None
    return Change(
        key=FindingKey(
            account,
            region,
            qualifier["ConfigRuleName"],
            qualifier["ResourceType"],
            qualifier["ResourceId"],
        ),
        compliance=Compliance(result["ComplianceType"]),
        recorded_at=_utc(result["ResultRecordedTime"]),
        annotation=(result.get("Annotation") or "").strip(),
    )


def _facts(key: FindingKey, item: Mapping[str, Any]) -> ResourceFacts:
    """Read a configuration item as the API tells it: its configuration is a text of JSON."""
    try:
        configuration = json.loads(item.get("configuration") or "{}")
    except ValueError:
        # Only a database's name stands in there: one odd item must not hold up all others.
        configuration = {}
    return ResourceFacts(
        account=key.account,
        region=key.region,
        resource_type=key.resource_type,
        resource_id=key.resource_id,
        captured_at=_utc(item["configurationItemCaptureTime"]),
        name=resource_name({**item, "configuration": configuration}),
        arn=item.get("arn") or "",
        tags=item.get("tags") or {},
        deleted=str(item.get("configurationItemStatus")).startswith("ResourceDeleted"),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
