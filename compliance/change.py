"""What AWS Config reports: one result of one rule for one resource. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

#: AWS's clock and ours differ by less. What is dated further ahead is no time of anything.
_CLOCK_SKEW = timedelta(minutes=5)


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether *moment* lies so far ahead of *now* that it cannot be when something happened."""
    return moment > now + _CLOCK_SKEW


class Compliance(StrEnum):
    """The results an evaluation can have; INSUFFICIENT_DATA never appears in one (FACTS §2.4)."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class FindingKey:
    """Rule x resource x account x Region: what makes a finding one finding."""

    account: str
    region: str
    rule: str
    resource_type: str
    resource_id: str

    def __str__(self) -> str:
        return "|".join(
            (self.account, self.region, self.rule, self.resource_type, self.resource_id)
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One compliance change, read from a notification or found by a sweep.

    *recorded_at* is AWS Config's ``resultRecordedTime``: changes of one key are ordered by it,
    never by arrival (FACTS §2.4). *invoked_at* is when the rule was called, where AWS says so: what
    it looked at is not newer than that.
    """

    key: FindingKey
    compliance: Compliance
    recorded_at: datetime
    annotation: str = ""
    rule_arn: str = ""
    invoked_at: datetime | None = None

    @property
    def evaluated_at(self) -> datetime:
        """When the resource was as the result says, at the latest."""
        return min(self.invoked_at or self.recorded_at, self.recorded_at)

    @property
    def service_linked(self) -> bool:
        """Whether an AWS service owns the rule, so that it takes no remediation (FACTS §6)."""
        return "/aws-service-rule/" in self.rule_arn


@dataclass(frozen=True, slots=True)
class Copy:
    """What one AWS Config rule says last of a finding's resource.

    Security Hub, conformance packs and organisations make rules of their own from one rule of the
    catalogue, each under another name. *rule* is AWS Config's name. *claimed_at* is the time that
    AWS gave where that lies ahead of every clock: *recorded_at* is when it came, then.
    """

    rule: str
    compliance: Compliance
    recorded_at: datetime
    service_linked: bool = False
    annotation: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What AWS Config says of a resource: its name, its tags, whether it is gone.

    *tags* are None where an answer leaves them out, which says nothing of them.
    """

    account: str
    region: str
    resource_type: str
    resource_id: str
    captured_at: datetime
    name: str = ""
    arn: str = ""
    tags: Mapping[str, str] | None = field(default_factory=dict)
    deleted: bool = False
    made_at: datetime | None = None
