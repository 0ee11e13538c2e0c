"""AWS Config's answers as our own types. Pure.

An item that lacks what AWS always sends says nothing, and takes nothing from the others.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aws.errors import AwsDoubtError
from compliance.change import Change, Compliance, FindingKey, ResourceFacts
from compliance.known_rules import ConfigRule, RuleKey
from compliance.notification import resource_name, resource_tags
from compliance.text import annotation, clean

log = logging.getLogger(__name__)

#: A step's message can be a whole stack trace.
_MESSAGE_MAX = 1000


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
    """The last remediation of one resource: *step* of *steps* is done or being done.

    *invoked_at* is None where AWS does not say when it began. *names* are those of all steps.
    """

    state: ExecutionState
    invoked_at: datetime | None
    step: int
    steps: int
    step_name: str
    message: str
    names: tuple[str, ...] = ()

    @property
    def is_under_way(self) -> bool:
        return self.state in {ExecutionState.QUEUED, ExecutionState.IN_PROGRESS}


@dataclass(frozen=True, slots=True)
class AwsException:
    """One of AWS Config's own exceptions: of a resource, with the words of who wrote it."""

    resource_type: str
    resource_id: str
    message: str
    expires_at: datetime | None


def aws_exception(item: Mapping[str, Any]) -> AwsException:
    """Return what one of RemediationExceptions says."""
    expires = item.get("ExpirationTime")
    return AwsException(
        resource_type=str(item.get("ResourceType") or ""),
        resource_id=str(item.get("ResourceId") or ""),
        message=clean(str(item.get("Message") or "")).strip()[:_MESSAGE_MAX],
        expires_at=_utc(expires) if isinstance(expires, datetime) else None,
    )


def listed(page: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the items under *name*; raises AwsDoubtError where *page* has no such list.

    AWS sends an empty list for nothing. What is left out was not said by AWS, and must not be read
    as "there is none".
    """
    items = page.get(name)
    if not isinstance(items, list):
        raise AwsDoubtError(f"AWS Config's answer has no {name}.")
    return (item for item in items if isinstance(item, dict))


def execution(status: Mapping[str, Any]) -> Execution:
    """Return the execution that one of RemediationExecutionStatuses is about."""
    steps = [step for step in status.get("StepDetails") or () if isinstance(step, dict)]
    begun = [step for step in steps if step.get("State") != "PENDING"]
    failed = [step for step in steps if step.get("State") == "FAILED"]
    current = failed[0] if failed else begun[-1] if begun else {}
    return Execution(
        state=ExecutionState(str(status.get("State"))),
        invoked_at=_began(status, steps),
        step=steps.index(current) + 1 if current else 0,
        steps=len(steps),
        step_name=clean(str(current.get("Name", ""))),
        message=clean(str(current.get("ErrorMessage") or ""))[:_MESSAGE_MAX],
        names=tuple(clean(str(step.get("Name", ""))) for step in steps),
    )


def _began(status: Mapping[str, Any], steps: list[Any]) -> datetime | None:
    """Return when it began: its first step, where AWS leaves out the execution's own time."""
    times = (status.get("InvocationTime"), *(step.get("StartTime") for step in steps))
    return next((_utc(each) for each in times if isinstance(each, datetime)), None)


def change(account: str, region: str, result: Mapping[str, Any]) -> Change | None:
    """Return what one of EvaluationResults says; None for what says nothing of compliance."""
    identifier = result.get("EvaluationResultIdentifier") or {}
    subject = identifier.get("EvaluationResultQualifier") or {}
    recorded_at, word = result.get("ResultRecordedTime"), result.get("ComplianceType")
    invoked_at = result.get("ConfigRuleInvokedTime")
    named = [subject.get(name) for name in ("ConfigRuleName", "ResourceType", "ResourceId")]
    if word not in Compliance.__members__ or not isinstance(recorded_at, datetime):
        return None
    if not all(isinstance(each, str) and each and each.isprintable() for each in named):
        log.warning("an evaluation names no resource", extra={"account": account, "region": region})
        return None
    return Change(
        key=FindingKey(account, region, *map(str, named)),
        compliance=Compliance(str(word)),
        recorded_at=_utc(recorded_at),
        annotation=annotation(result.get("Annotation") or ""),
        invoked_at=_utc(invoked_at) if isinstance(invoked_at, datetime) else None,
    )


def config_rule(account: str, region: str, item: Mapping[str, Any]) -> ConfigRule:
    """Return what one of ConfigRules says of a rule."""
    source = item.get("Source") or {}
    return ConfigRule(
        key=RuleKey(account, region, str(item.get("ConfigRuleName"))),
        arn=str(item.get("ConfigRuleArn") or ""),
        identifier=str(source.get("SourceIdentifier") or ""),
        owner=str(source.get("Owner") or ""),
        description=clean(str(item.get("Description") or "")).strip(),
        created_by=str(item.get("CreatedBy") or ""),
    )


def facts(key: FindingKey, item: Mapping[str, Any]) -> ResourceFacts | None:
    """Return what a configuration item says: its configuration is a text of JSON."""
    captured_at = item.get("configurationItemCaptureTime")
    if not isinstance(captured_at, datetime):
        return None
    made = item.get("resourceCreationTime")
    return ResourceFacts(
        account=key.account,
        region=key.region,
        resource_type=key.resource_type,
        resource_id=key.resource_id,
        captured_at=_utc(captured_at),
        name=name_of(item),
        arn=clean(str(item.get("arn") or "")),
        tags=resource_tags(item.get("tags")),
        deleted=str(item.get("configurationItemStatus")).startswith("ResourceDeleted"),
        made_at=_utc(made)
        if isinstance(made := item.get("resourceCreationTime"), datetime)
        else None,
    )


def name_of(item: Mapping[str, Any]) -> str:
    """Return the resource's name in a configuration item, empty where it has none."""
    try:
        configuration = json.loads(item.get("configuration") or "{}")
    except ValueError:
        # Only a database's name stands in there: one odd item must not hold up all others.
        configuration = {}
    return resource_name({**item, "configuration": configuration})


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
