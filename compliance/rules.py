"""The rule catalogue's entries: an AWS Config rule and how to mend what it finds. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from compliance.allowlist import CAN_BE_ASKED, ExceptionClass
from compliance.request import Verb


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
    """What a remediation does to the people who depend on the resource.

    *reversible* is None where nobody knows. *danger* is what to read before all else, if anything.
    """

    change: str
    downtime: str
    cost: str
    who_notices: str
    reversible: bool | None
    undo: str
    danger: str = ""


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

    *approvers* is how many people beside the asker must agree before a remediation starts, and
    *exception_approvers* before an exception begins: as many, unless the catalogue says otherwise.
    *classes* are the kinds of exception that people can ask for.
    """

    approvers: int
    longest_exception: timedelta
    unattended: bool
    exception_approvers: int | None = None
    ticket_required: bool = False
    classes: tuple[ExceptionClass, ...] = CAN_BE_ASKED

    def needed(self, verb: Verb) -> int:
        """Return how many people beside the asker must agree to *verb*.

        The end of an exception, ours or AWS Config's, only lets the finding be decided again, so
        one person may.
        """
        if verb in {Verb.REVOKE, Verb.CLEAR}:
            return 0
        if verb in {Verb.EXCEPT, Verb.EXTEND} and self.exception_approvers is not None:
            return self.exception_approvers
        return self.approvers


@dataclass(frozen=True, slots=True)
class SourceFix:
    """The Terraform that fixes the violation where it comes from."""

    resource: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of ``config/rules.yaml``.

    *wrong* is what is wrong with a resource that breaks it, as it goes on after the resource's
    name: ``can be read by anybody``. *controls* are Security Hub's names for the same: ``S3.8``.
    """

    name: str
    identifier: str
    parameters: Mapping[str, str]
    resource_type: str
    title: str
    wrong: str
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
    controls: tuple[str, ...] = ()

    @property
    def unremediable(self) -> str:
        """Empty: every rule of the catalogue has a remediation."""
        return ""

    def review_due(self, today: date) -> bool:
        return today > self.last_reviewed + self.review_interval


Catalogue = Mapping[str, Rule]

#: The names that AWS gives a rule which one of its services made of ours (FACTS §1b).
_MADE_BY_AWS = re.compile(
    r"securityhub-(?P<hub>.+)-[0-9a-f]{8}"
    r"|(?P<pack>.+)-conformance-pack-[a-z0-9]+"
    r"|OrgConfigRule-(?P<organisation>.+)-[a-z0-9]{8}"
)
_CONTROL_TOWER = "AWSControlTower_AWS-GR_"


def canonical_name(catalogue: Catalogue, rule_name: str) -> str:
    """Return the catalogue's name for a Config rule, *rule_name* itself where it has none.

    A rule that an AWS service made of ours is found by the name that the service gave it.
    """
    if rule_name in catalogue:
        return rule_name
    if made := _MADE_BY_AWS.fullmatch(rule_name):
        ours = next(filter(None, made.groups()))
        return ours if ours in catalogue else rule_name
    if rule_name.startswith(_CONTROL_TOWER):
        identifier = rule_name.removeprefix(_CONTROL_TOWER)
        return next(
            (rule.name for rule in catalogue.values() if rule.identifier == identifier), rule_name
        )
    return rule_name


def catalogue_entry(catalogue: Catalogue, rule_name: str) -> Rule | None:
    """Return the entry for a Config rule's name, also as AWS names it where a service owns it."""
    return catalogue.get(canonical_name(catalogue, rule_name))
