"""What a card says of a finding, for any chat product: facts, status, buttons. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.finding import UNDECIDED, Finding, State
from compliance.rules import Catalogue, Rule, Severity, catalogue_entry

#: What AWS and its tools leave on a resource: a tag, and the tool that it betrays.
_MANAGED_BY = (
    ("aws:cloudformation:stack-name", "CloudFormation"),
    ("aws:servicecatalog:provisionedProductArn", "Service Catalog"),
    ("terraform-managed", "Terraform"),
    ("terraform", "Terraform"),
    ("ManagedBy", ""),
    ("managed-by", ""),
    ("STAGE", "the Serverless Framework"),
)
#: Tags that tell a reader who owns a resource.
_OWNER_TAGS = ("Owner", "Team", "Department", "Environment", "Application")


class Button(StrEnum):
    """What a person can press on a card."""

    REMEDIATE = "remediate"
    IGNORE = "ignore"
    AGREE = "agree"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account as people know it."""

    id: str
    name: str = ""
    environment: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as its card shows it; everything but *state* to *buttons* stays for good."""

    finding_id: str
    title: str
    severity: Severity | None
    why: str
    facts: tuple[tuple[str, str], ...]
    console_url: str
    preflight: tuple[tuple[str, str], ...]
    source_fix: str
    by_hand: str
    state: State
    status: str
    since: datetime
    opened_at: datetime | None
    until: datetime | None
    decided_by: tuple[str, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What stays where a finding's card was when another team has it now: no fact, no button."""


def draw(finding: Finding, catalogue: Catalogue, accounts: Mapping[str, Account]) -> Card:
    """Return the card of *finding*; a rule that left the catalogue shows by its name alone."""
    rule = catalogue_entry(catalogue, finding.key.rule)
    account = accounts.get(finding.key.account, Account(finding.key.account))
    return Card(
        finding_id=finding.id,
        title=rule.title if rule else finding.key.rule,
        severity=rule.severity if rule else None,
        why=rule.why if rule else "This rule is not in the catalogue any more.",
        facts=_facts(finding, account),
        console_url=console_url(finding),
        preflight=preflight(rule, account) if rule else (),
        source_fix=_source_fix(finding, rule),
        by_hand=_by_hand(finding, rule),
        state=finding.state,
        status=status(finding),
        since=finding.changed_at,
        opened_at=finding.opened_at,
        until=finding.until,
        decided_by=_decided_by(finding),
        buttons=buttons(finding, rule),
    )


def buttons(finding: Finding, rule: Rule | None) -> tuple[Button, ...]:
    """Return what can be pressed now; a rule that AWS owns takes no remediation (FACTS §6)."""
    if finding.state is State.APPROVAL_PENDING:
        return (Button.AGREE, Button.WITHDRAW, Button.IGNORE)
    if finding.state not in UNDECIDED:
        return ()
    if rule is None or finding.service_linked:
        return (Button.IGNORE,)
    return (Button.REMEDIATE, Button.IGNORE)


def status(finding: Finding) -> str:
    """Say where the finding stands, in the words of its life, with the reason behind them."""
    said = {
        State.APPROVAL_PENDING: _agreed(finding),
        State.APPROVED: "The remediation is about to start.",
        State.OPEN: finding.note or "Nobody has decided yet.",
        State.RUNNING: _step(finding),
    }.get(finding.state, finding.note)
    return said or finding.note


def _decided_by(finding: Finding) -> tuple[str, ...]:
    asked = finding.decided or next(iter(finding.requests), None)
    return tuple(filter(None, asked.deciders)) if asked else ()


def _agreed(finding: Finding) -> str:
    return " ".join(
        f"{len(request.agreed)} of {request.needed} agreed." for request in finding.requests
    )


def _step(finding: Finding) -> str:
    if not finding.steps:
        return "AWS Config is starting the runbook."
    named = f": {finding.note}" if finding.note else ""
    return f"Step {finding.step} of {finding.steps}{named}."


def _facts(finding: Finding, account: Account) -> tuple[tuple[str, str], ...]:
    key = finding.key
    tags = ", ".join(f"{name}={finding.tags[name]}" for name in _OWNER_TAGS if name in finding.tags)
    named = finding.resource_name and finding.resource_name != key.resource_id
    facts = (
        ("Resource", finding.resource_name if named else key.resource_id),
        ("Resource id", key.resource_id if named else ""),
        ("Type", key.resource_type),
        ("Account", str(account)),
        ("Environment", account.environment),
        ("Region", key.region),
        ("Owner tags", tags),
        ("AWS Config says", finding.annotation),
        ("Rule", key.rule),
        ("Team", finding.team),
    )
    return tuple((name, text) for name, text in facts if text)


def preflight(rule: Rule, account: Account) -> tuple[tuple[str, str], ...]:
    """Return what a person must know before they press Remediate."""
    impact = rule.impact
    reversible = f"Yes. {impact.undo}" if impact.reversible else f"No. {impact.undo}"
    return (
        ("What changes", impact.change),
        ("Downtime", impact.downtime),
        ("Who may notice", impact.who_notices),
        ("Cost", impact.cost),
        ("Reversible", reversible),
        ("Where", " · ".join(filter(None, (str(account), account.environment)))),
    )


def managed_by(tags: Mapping[str, str]) -> str:
    """Name the tool that manages a resource by its tags, empty where none tells."""
    for tag, tool in _MANAGED_BY:
        value = tags.get(tag, "")
        if value and value.lower() not in {"false", "no", "0"}:
            return tool or value
    return ""


def _source_fix(finding: Finding, rule: Rule | None) -> str:
    tool = managed_by(finding.tags)
    if not tool or rule is None:
        return ""
    undone = f"{tool} manages this resource: its next deploy will undo a fix made here."
    return f"{undone} {at_the_source([tool], rule)}"


def at_the_source(tools: Iterable[str], rule: Rule) -> str:
    """Say what to change in the code of *tools*; the catalogue knows it in Terraform's words."""
    if not any("terraform" in tool.lower() for tool in tools):
        return "Change this in what it deploys instead."
    source = f"{rule.terraform.resource}: {rule.terraform.attribute}"
    return f"Change this at the source instead: {source}"


def _by_hand(finding: Finding, rule: Rule | None) -> str:
    if rule is None:
        return ""
    if finding.service_linked:
        return f"An AWS service owns this rule, so it takes no remediation. By hand: {rule.by_hand}"
    return rule.by_hand if finding.state in {State.FAILED, State.NOT_VERIFIED} else ""


def console_url(finding: Finding) -> str:
    """Return the page of AWS Config's console that shows the rule, where people have an account."""
    region, partition = finding.key.region, "aws.amazon.com"
    if region.startswith("cn-"):
        partition = "amazonaws.cn"
    elif region.startswith("us-gov-"):
        partition = "amazonaws-us-gov.com"
    return (
        f"https://{region}.console.{partition}/config/home?region={region}"
        f"#/rules/details?configRuleName={finding.key.rule}"
    )
