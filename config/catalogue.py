"""Loads ``rules.yaml``, the rule catalogue, and checks all of it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from compliance.allowlist import CAN_BE_ASKED, ExceptionClass
from compliance.aws_ids import PARTITION
from compliance.rules import (
    Catalogue,
    Category,
    DecisionPolicy,
    Impact,
    Remediation,
    Rule,
    Severity,
    SourceFix,
)
from config.faults import ConfigError, Document, Fault, read, validate
from config.shapes import ResourceType, Strict, Text

#: aws_config_remediation_configuration takes no longer rule name (terraform FACTS).
_RULE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: An exception that nobody has limited is looked at again each quarter.
LONGEST_DAYS = 90
_PLACEHOLDER = "${kms_key_arn}"
_KEY = re.compile(rf"arn:{PARTITION.pattern}:kms:")
#: A rule's parameters together are one JSON text, each parameter of a runbook is a text of its own.
#: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
#: https://docs.aws.amazon.com/config/latest/APIReference/API_StaticValue.html
_RULE_PARAMETERS_MAX = 1024
_RUNBOOK_PARAMETER_MAX = 256
#: A headline is one line of a card: the severity, the resource's name, and this.
_WRONG_MAX = 60


def _matches(form: str, like: str) -> AfterValidator:
    def check(found: str) -> str:
        if not re.fullmatch(form, found, re.ASCII):
            raise ValueError(f"expected {like}")
        return found

    return AfterValidator(check)


class _Remediation(Strict):
    """How AWS Config mends it."""

    runbook: Annotated[
        str,
        _matches(r"[A-Za-z][A-Za-z0-9-]{0,63}", "a document's name like AWSConfigRemediation-…"),
    ] = Field(description="The SSM Automation document, AWS's own or one of documents_folder.")
    resource_parameter: Annotated[str, _matches(r"[A-Za-z0-9]+", "a parameter of the runbook")] = (
        Field(description="The runbook's parameter that takes AWS Config's resource id.")
    )
    parameters: dict[str, Text] = Field(description="The runbook's other parameters, as texts.")
    iam_actions: Annotated[
        list[Annotated[str, _matches(r"[a-z0-9-]+:[A-Za-z]+", "an action like s3:GetObject")]],
        Field(min_length=1),
    ] = Field(description="What the remediation's role may do.")
    in_maintenance_window: bool = Field(
        default=False, description="Whether the change waits for the resource's maintenance window."
    )


class _Impact(Strict):
    """What a person reads before they confirm."""

    change: Text = Field(description="What exactly changes: the API call.")
    downtime: Text = Field(description="What is down, and for how long.")
    cost: Text = Field(description="What it costs from then on.")
    who_notices: Text = Field(description="Who may notice.")
    reversible: bool = Field(description="Whether it can be taken back.")
    undo: Text = Field(description="How it is taken back.")
    danger: Text = Field(default="", description="One sentence to read before all else.")


class _SourceFix(Strict):
    """The same in Terraform: on the card of what Terraform manages, and for the features."""

    resource: Annotated[
        str, _matches(r"aws_[a-z0-9_]+", "a resource type like aws_db_instance")
    ] = Field(description="The resource type that sets it.")
    attribute: Text = Field(description="What to write there; the card shows it.")
    of: Annotated[str, _matches(r"aws_[a-z0-9_]+", "a resource type like aws_s3_bucket")] | None = (
        Field(
            default=None,
            description="The resource type that must have one of these, where it differs.",
        )
    )
    must_have: Annotated[
        dict[Annotated[str, _matches(r"[a-z0-9_.]+", "an attribute like multi_az")], Text],
        Field(min_length=1),
    ] = Field(description="Values by attribute that the features ask of a plan; any is any value.")
    checkov: list[Annotated[str, _matches(r"CKV2?_[A-Z0-9_]+", "a check like CKV_AWS_17")]] = Field(
        [], description="The checks of checkov that look for the same."
    )
    trivy: list[Annotated[str, _matches(r"[A-Z0-9-]+", "a check like AVD-AWS-0180")]] = Field(
        [], description="The checks of Trivy that look for the same."
    )


class _Review(Strict):
    """When somebody looked at the rule last."""

    last: date = Field(description="The day of the last review.")
    interval_days: Annotated[int, Field(strict=True, ge=1, le=3660)] = Field(
        description="How long the review is good for; the digest names rules that are due."
    )


_Approvers = Annotated[int, Field(strict=True, ge=0, le=5)]


class _ExceptionPolicy(Strict):
    """What an exception needs; what a rule does not say, its severity's policy does."""

    exception_approvers: _Approvers | None = Field(
        default=None,
        description="How many others must agree to an exception; as to a remediation without.",
    )
    longest_exception_days: Annotated[int, Field(strict=True, ge=1, le=3660)] | None = Field(
        default=None, description="How long an exception may last."
    )
    ticket: Literal["required", "optional"] | None = Field(
        default=None, description="Whether an exception needs a ticket."
    )
    classes: (
        Annotated[
            list[Literal[ExceptionClass.ACCEPTED_RISK, ExceptionClass.FALSE_POSITIVE]],
            Field(min_length=1),
        ]
        | None
    ) = Field(default=None, description="Which kinds of exception may be asked for.")

    def over(self, other: "_ExceptionPolicy") -> Mapping[str, Any]:
        """Return what this one says, and for the rest what *other* does."""
        known = _ExceptionPolicy.model_fields
        own = {name: getattr(self, name) for name in known}
        return {
            name: getattr(other, name) if value is None else value for name, value in own.items()
        }


class _Decision(_ExceptionPolicy):
    """Who decides, and what an exception needs."""

    approvers: _Approvers = Field(
        description="How many others must agree before a remediation starts."
    )
    unattended: bool = Field(description="Whether it may ever start without a person. Not yet.")

    def policy(self, of_severity: _ExceptionPolicy) -> DecisionPolicy:
        says = self.over(of_severity)
        return DecisionPolicy(
            approvers=self.approvers,
            longest_exception=timedelta(days=says["longest_exception_days"] or LONGEST_DAYS),
            unattended=self.unattended,
            exception_approvers=says["exception_approvers"],
            ticket_required=says["ticket"] == "required",
            classes=tuple(map(ExceptionClass, says["classes"] or CAN_BE_ASKED)),
        )


class _Rule(Strict):
    """A rule: what is required, why, and how it is mended."""

    identifier: Annotated[str, _matches(r"[A-Z0-9_]+", "an identifier like SNS_ENCRYPTED_KMS")] = (
        Field(description="AWS's identifier of the managed rule.")
    )
    parameters: dict[str, Text] = Field(
        default={}, description="The rule's input parameters, as texts."
    )
    security_hub: list[
        Annotated[str, _matches(r"[A-Za-z0-9]+\.[0-9]{1,3}", "a control like S3.8")]
    ] = Field([], description="The controls of AWS Security Hub that ask the same.")
    resource_type: ResourceType = Field(description="The type of resource that the rule looks at.")
    title: Text = Field(description="The rule in a few words, for lists.")
    wrong: (
        Annotated[
            str,
            _matches(
                rf"\{{name\}} [^{{}}\n]{{1,{_WRONG_MAX}}}",
                f"a sentence like '{{name}} can be read by anybody', {_WRONG_MAX} letters at most",
            ),
        ]
        | None
    ) = Field(
        default=None, description="A card's headline; {name} is the resource. Without: the title."
    )
    why: Text = Field(description="Why it matters, for somebody who does not know the rule.")
    category: Category = Field(description="What the rule protects.")
    severity: Severity = Field(description="How bad a violation is.")
    remediation: _Remediation = Field(description="How AWS Config mends it.")
    impact: _Impact = Field(description="What a person reads before they confirm.")
    terraform: _SourceFix = Field(description="The same in Terraform.")
    by_hand: Text = Field(description="How to mend it without a runbook.")
    review: _Review = Field(description="When somebody looked at the rule last.")
    decision: _Decision = Field(description="Who decides, and what an exception needs.")

    def entry(self, name: str, policies: "_Policies") -> Rule:
        return Rule(
            name=name,
            identifier=self.identifier,
            controls=tuple(self.security_hub),
            parameters=self.parameters,
            resource_type=self.resource_type,
            title=self.title,
            wrong=self._wrong(),
            why=self.why,
            category=self.category,
            severity=self.severity,
            remediation=Remediation(
                runbook=self.remediation.runbook,
                resource_parameter=self.remediation.resource_parameter,
                parameters=self.remediation.parameters,
                iam_actions=tuple(self.remediation.iam_actions),
                in_maintenance_window=self.remediation.in_maintenance_window,
            ),
            impact=Impact(**self.impact.model_dump()),
            terraform=SourceFix(self.terraform.resource, self.terraform.attribute),
            by_hand=self.by_hand,
            last_reviewed=self.review.last,
            review_interval=timedelta(days=self.review.interval_days),
            decision=self.decision.policy(policies.get(self.severity, _ExceptionPolicy())),
        )

    def _wrong(self) -> str:
        """Return what is wrong with a resource, as it goes on after its name."""
        if self.wrong is None:
            return f"breaks a rule: {self.title}"
        return self.wrong.removeprefix("{name} ")


_Policies = Mapping[Severity, _ExceptionPolicy]
#: Nobody accepts a critical risk alone.
_CRITICAL = _ExceptionPolicy(exception_approvers=1)


class RulesFile(Strict):
    """The rule catalogue: what is required, why, and how it is mended."""

    rules: Annotated[dict[str, _Rule], Field(min_length=1)] = Field(
        description="The rules, each by its name in AWS Config."
    )
    exception_policy: dict[Severity, _ExceptionPolicy] = Field(
        default={}, description="What exceptions need by severity, where a rule does not say."
    )

    def entries(self) -> Catalogue:
        critical = self.exception_policy.get(Severity.CRITICAL, _CRITICAL)
        if critical.exception_approvers is None:
            critical = critical.model_copy(update={"exception_approvers": 1})
        policies = {**self.exception_policy, Severity.CRITICAL: critical}
        return {name: rule.entry(name, policies) for name, rule in self.rules.items()}


def load_catalogue(path: Path) -> Catalogue:
    """Return the rules by name, in the file's order; raises ConfigError with every fault."""
    document = read(path)
    catalogue = validate(document, RulesFile)
    faults = list(_inconsistent(document, catalogue))
    if faults:
        raise ConfigError(faults)
    return catalogue.entries()


def _inconsistent(document: Document, catalogue: RulesFile) -> Iterator[Fault]:
    alike: dict[str, str] = {}
    for name, rule in sorted(catalogue.rules.items()):
        place = ("rules", name)
        if not _RULE_NAME.fullmatch(name):
            yield document.fault(
                place, "expected a Config rule's name: 64 letters, digits, - or _ at most"
            )
        # CloudFormation's ids have neither, and two rules would become one.
        first = alike.setdefault(re.sub("[-_]", "", name).lower(), name)
        if first != name:
            expected = f"expected a name that differs from {first} in more than -, _ and capitals"
            yield document.fault(place, expected)
        yield from _wrong_parameters(document, place, rule)


def _wrong_parameters(document: Document, place: tuple[str, str], rule: _Rule) -> Iterator[Fault]:
    if len(json.dumps(rule.parameters)) > _RULE_PARAMETERS_MAX:
        expected = f"expected at most {_RULE_PARAMETERS_MAX} letters as JSON, in all"
        yield document.fault((*place, "parameters"), expected)
    for parameter, value in rule.parameters.items():
        for problem in _unfillable(value):
            yield document.fault((*place, "parameters", parameter), problem)
    for parameter, value in rule.remediation.parameters.items():
        for problem in (*_unfillable(value), *_unfit(rule, parameter, value)):
            yield document.fault((*place, "remediation", "parameters", parameter), problem)


def _unfillable(value: str) -> Iterator[str]:
    if "${" in value.replace(_PLACEHOLDER, ""):
        yield f"expected a plain value or {_PLACEHOLDER}, found {value!r}"


def _unfit(rule: _Rule, parameter: str, value: str) -> Iterator[str]:
    if parameter == rule.remediation.resource_parameter:
        yield "is the resource's own parameter; AWS Config fills it in"
    if parameter == "AutomationAssumeRole":
        yield "is set by Terraform for each account; take it out"
    if len(value) > _RUNBOOK_PARAMETER_MAX:
        yield f"expected at most {_RUNBOOK_PARAMETER_MAX} letters"
    if _KEY.match(value):
        yield f"expected {_PLACEHOLDER}: the runbook's role may use no other key"
