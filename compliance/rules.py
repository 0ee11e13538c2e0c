"""The rule catalogue's entries: an AWS Config rule and how to mend what it finds. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Category(StrEnum):
    SECURITY = "security"
    AVAILABILITY = "availability"
    COST = "cost"
    PERFORMANCE = "performance"


class Severity(StrEnum):
    """Most severe first: the order in which people read them."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Impact:
    """What a remediation does to the people who depend on the resource."""

    change: str
    downtime: str
    cost: str
    who_notices: str
    reversible: bool
    undo: str


@dataclass(frozen=True, slots=True)
class Remediation:
    """The SSM Automation runbook that AWS Config runs, and what it needs.

    *resource_parameter* is the runbook's own name for AWS Config's RESOURCE_ID (FACTS §1).
    A value in *parameters* may be ``${name}``: Terraform fills it in, an account at a time.
    *in_maintenance_window* says that AWS makes the change only there.
    """

    runbook: str
    resource_parameter: str
    parameters: Mapping[str, str]
    iam_actions: tuple[str, ...]
    in_maintenance_window: bool = False


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """Who must agree and for how long an exception may last.

    *approvers* is how many people beside the asker must agree before a remediation starts.
    """

    approvers: int
    longest_exception: timedelta
    unattended: bool


@dataclass(frozen=True, slots=True)
class SourceFix:
    """The Terraform that fixes the violation where it comes from."""

    resource: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of ``config/rules.yaml``."""

    name: str
    identifier: str
    parameters: Mapping[str, str]
    resource_type: str
    title: str
    why: str
    category: Category
    severity: Severity
    remediation: Remediation
    impact: Impact
    terraform: SourceFix
    by_hand: str
    last_reviewed: date
    review_interval: timedelta
    decision: DecisionPolicy

    def review_due(self, today: date) -> bool:
        return today > self.last_reviewed + self.review_interval


Catalogue = Mapping[str, Rule]

#: The names that AWS gives a rule which a conformance pack or Security Hub made of ours (FACTS §6).
_OWNED_BY_AWS = re.compile(
    r"(?:securityhub-(?P<hub>.+)-[0-9a-f]{8}|(?P<pack>.+)-conformance-pack-[a-z0-9]+)"
)


def catalogue_entry(catalogue: Catalogue, rule_name: str) -> Rule | None:
    """Return the entry for a Config rule's name, also as AWS names it where a service owns it."""
    if rule_name in catalogue:
        return catalogue[rule_name]
    owned = _OWNED_BY_AWS.fullmatch(rule_name)
    return catalogue.get(owned["hub"] or owned["pack"]) if owned else None
