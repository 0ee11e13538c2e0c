"""What a card says of a finding, for any chat product: facts, status, buttons. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from compliance.accounts import Account as Account
from compliance.finding import CAN_ASK, SETTLED, Finding, State
from compliance.known_rules import KnownRules
from compliance.policy import AnyRule, rule_of, why_no_remediation
from compliance.request import Request, Verb
from compliance.rules import Catalogue, Severity

#: What AWS and its tools leave on a resource: a tag, and the tool that it hints at; where that is
#: empty, the tag's value names the tool. People write such tags by hand and copy them, so that a
#: tag is a hint and not a proof.
_HINTS_AT = (
    ("aws:cloudformation:stack-name", "CloudFormation"),
    ("aws:servicecatalog:provisionedProductArn", "Service Catalog"),
    ("terraform-managed", "Terraform"),
    ("terraform", "Terraform"),
    ("ManagedBy", ""),
    ("managed-by", ""),
)
#: Where each partition has its console; there is no link into one that is not listed.
#: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html, and of the European Sovereign
#: Cloud https://docs.aws.eu/general/latest/gr/endpoints.html
_CONSOLES = (
    ("cn-", "amazonaws.cn"),
    ("us-gov-", "amazonaws-us-gov.com"),
    ("eusc-", "amazonaws-eusc.eu"),
    ("us-iso", ""),
    ("eu-iso", ""),
)
_USUAL_CONSOLE = "aws.amazon.com"
#: Tags that tell a reader who owns a resource.
_OWNER_TAGS = ("Owner", "Team", "Department", "Environment", "Application")


class FactKind(StrEnum):
    """What a fact is about; the value is what people read in front of it."""

    RESOURCE = "Resource"
    RESOURCE_ID = "Resource id"
    RESOURCE_TYPE = "Type"
    ACCOUNT = "Account"
    ENVIRONMENT = "Environment"
    REGION = "Region"
    OWNER_TAGS = "Owner tags"
    ANNOTATION = "AWS Config says"
    RULE = "Rule"
    TEAM = "Team"
    CHANGE = "What changes"
    DOWNTIME = "Downtime"
    WHO_NOTICES = "Who may notice"
    COST = "Cost"
    REVERSIBLE = "Reversible"
    WHERE = "Where"
    EXCEPTION_CLASS = "Kind of exception"
    REASON = "Reason"
    TICKET = "Ticket"
    EXPIRES = "Until the end of"


#: Facts that a reader copies rather than reads.
COPIED = frozenset(
    {
        FactKind.RESOURCE,
        FactKind.RESOURCE_ID,
        FactKind.RESOURCE_TYPE,
        FactKind.RULE,
        FactKind.REGION,
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a reader must know, as they read it."""

    kind: FactKind
    text: str


class Button(StrEnum):
    """What a person can press on a card; the lower four are about all findings of a message."""

    REMEDIATE = "remediate"
    IGNORE = "ignore"
    AGREE = "agree"
    WITHDRAW = "withdraw"
    LIST = "list"
    REMEDIATE_ALL = "remediate-all"
    AGREE_ALL = "agree-all"
    IGNORE_ALL = "ignore-all"


_LABELS = {
    Button.REMEDIATE: "Remediate",
    Button.IGNORE: "Ignore",
    Button.AGREE: "Agree",
    Button.WITHDRAW: "Withdraw",
    Button.LIST: "Show them",
    Button.REMEDIATE_ALL: "Remediate all",
    Button.AGREE_ALL: "Agree to all",
    Button.IGNORE_ALL: "Ignore all",
}
#: The same where another request than the usual one is agreed to or withdrawn.
_LABELS_OF_OTHERS = {
    Button.AGREE: "Agree to the {noun}",
    Button.WITHDRAW: "Withdraw the request for the {noun}",
    Button.AGREE_ALL: "Agree to all: {noun}",
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button as a card offers it, and as it comes back when it is pressed.

    *verb* is the verb of the request that is agreed to or withdrawn. *page* is the page of a list,
    from 0. On a message of several findings, *finding_id* is one of them, which finds the message.
    """

    button: Button
    finding_id: str
    verb: Verb | None = None
    page: int = 0

    @property
    def value(self) -> str:
        """What a chat product keeps with the button: ``F-3K7Q2`` or ``F-3K7Q2 except``."""
        return " ".join(filter(None, (self.finding_id, self.verb, str(self.page or ""))))

    @property
    def label(self) -> str:
        if self.verb is None or self.verb is Verb.REMEDIATE:
            return _LABELS[self.button]
        return _LABELS_OF_OTHERS[self.button].format(noun=self.verb.noun)

    @classmethod
    def parse(cls, button: str, value: str) -> "Press":
        """Return the press of *button* with *value*; raises ValueError where it is not one.

        Buttons of messages from before requests had verbs are about a remediation.
        """
        finding_id, *rest = value.split()
        pressed = cls(Button(button), finding_id)
        for word in rest:
            if word.isdecimal():
                pressed = replace(pressed, page=int(word))
            else:
                pressed = replace(pressed, verb=Verb(word))
        if pressed.verb is None and pressed.button in _LABELS_OF_OTHERS:
            return replace(pressed, verb=Verb.REMEDIATE)
        return pressed


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as its card shows it; everything but *state* to *presses* stays for good.

    *requests* wait to be agreed or carried out. *decided_by* are the ids of those whose decision
    led to the present state.
    """

    finding_id: str
    title: str
    severity: Severity | None
    why: str
    facts: tuple[Fact, ...]
    console_url: str
    preflight: tuple[Fact, ...]
    source_fix: str
    by_hand: str
    state: State
    status: str
    since: datetime
    opened_at: datetime | None
    until: datetime | None
    decided_by: tuple[str, ...]
    requests: tuple[Request, ...]
    presses: tuple[Press, ...]

    @property
    def buttons(self) -> frozenset[Button]:
        return frozenset(press.button for press in self.presses)

    @property
    def resource(self) -> str:
        """The resource by the name that people know, or else by AWS's id."""
        return self.fact(FactKind.RESOURCE)

    def fact(self, kind: FactKind) -> str:
        """Return the text of the fact of this *kind*, empty where there is none."""
        return next((fact.text for fact in self.facts if fact.kind is kind), "")


@dataclass(frozen=True, slots=True)
class Departed:
    """What stays where a finding's card was when another team has it now: no fact, no button."""


def card_of(
    finding: Finding,
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    known_rules: KnownRules | None = None,
) -> Card:
    """Return the card of *finding*; *known_rules*: what AWS says of rules."""
    rule = rule_of(finding, catalogue, known_rules or KnownRules(catalogue))
    account = accounts.get(finding.key.account, Account(finding.key.account))
    return Card(
        finding_id=finding.id,
        title=rule.title,
        severity=rule.severity,
        why=rule.why,
        facts=_facts(finding, account),
        console_url=console_url(finding),
        preflight=preflight(rule, account),
        source_fix=_source_fix(finding, rule),
        by_hand=_by_hand(finding, rule),
        state=finding.state,
        status=status(finding),
        since=finding.changed_at,
        opened_at=finding.opened_at,
        until=finding.until,
        decided_by=tuple(filter(None, finding.decided.deciders)) if finding.decided else (),
        requests=finding.requests,
        presses=presses(finding, rule),
    )


def presses(finding: Finding, rule: AnyRule) -> tuple[Press, ...]:
    """Return what can be pressed now: about each request that waits, and what it does not hide."""
    return (*_about_requests(finding), *_new_decisions(finding, rule))


def _about_requests(finding: Finding) -> Iterable[Press]:
    for request in finding.requests:
        if not request.is_agreed:
            yield Press(Button.AGREE, finding.id, request.verb)
        yield Press(Button.WITHDRAW, finding.id, request.verb)


def _new_decisions(finding: Finding, rule: AnyRule) -> Iterable[Press]:
    takes_remediation = not why_no_remediation(finding, rule)
    if takes_remediation and _can_be_asked(finding, Verb.REMEDIATE):
        yield Press(Button.REMEDIATE, finding.id)
    if finding.state is not State.APPROVED and _can_be_asked(finding, Verb.EXCEPT):
        yield Press(Button.IGNORE, finding.id)


def _can_be_asked(finding: Finding, verb: Verb) -> bool:
    return finding.state in CAN_ASK[verb] and finding.request(verb) is None


def status(finding: Finding) -> str:
    """Say where the finding stands, in the words of its life, with the reason behind them."""
    words = {
        State.APPROVAL_PENDING: finding.note or _waits_for(finding),
        State.APPROVED: "The remediation is about to start.",
        State.OPEN: finding.note or "Nobody has decided yet.",
        State.RUNNING: _step(finding),
    }.get(finding.state, finding.note)
    return words or finding.note


def _waits_for(finding: Finding) -> str:
    """The card names each request beside this."""
    if all(request.is_agreed for request in finding.requests):
        return "Agreed, and about to be carried out."
    return "It waits for agreement."


def _step(finding: Finding) -> str:
    if not finding.steps:
        return "AWS Config is starting the runbook."
    named = f": {finding.note}" if finding.note else ""
    return f"Step {finding.step} of {finding.steps}{named}."


def _facts(finding: Finding, account: Account) -> tuple[Fact, ...]:
    key = finding.key
    tags = ", ".join(f"{name}={finding.tags[name]}" for name in _OWNER_TAGS if name in finding.tags)
    named = finding.resource_name and finding.resource_name != key.resource_id
    facts = (
        Fact(FactKind.RESOURCE, finding.resource_name if named else key.resource_id),
        Fact(FactKind.RESOURCE_ID, key.resource_id if named else ""),
        Fact(FactKind.RESOURCE_TYPE, key.resource_type),
        Fact(FactKind.ACCOUNT, str(account)),
        Fact(FactKind.ENVIRONMENT, account.environment),
        Fact(FactKind.REGION, key.region),
        Fact(FactKind.OWNER_TAGS, tags),
        Fact(FactKind.ANNOTATION, finding.annotation),
        Fact(FactKind.RULE, key.rule),
        Fact(FactKind.TEAM, finding.team),
    )
    return tuple(fact for fact in facts if fact.text)


def preflight(rule: AnyRule, account: Account | None = None) -> tuple[Fact, ...]:
    """Return what a person must know before they press Remediate, of one *account* if given."""
    impact = rule.impact
    if impact is None:
        return ()
    reversible = f"{_REVERSIBLE[impact.reversible]} {impact.undo}".strip()
    where = " · ".join(filter(None, (str(account), account.environment))) if account else ""
    facts = (
        Fact(FactKind.CHANGE, impact.change),
        Fact(FactKind.DOWNTIME, impact.downtime),
        Fact(FactKind.WHO_NOTICES, impact.who_notices),
        Fact(FactKind.COST, impact.cost),
        Fact(FactKind.REVERSIBLE, reversible),
        Fact(FactKind.WHERE, where),
    )
    return tuple(fact for fact in facts if fact.text)


_REVERSIBLE = {True: "Yes.", False: "No.", None: "Not known."}


def given_with(request: Request) -> tuple[Fact, ...]:
    """Return what was given with *request*, which whoever agrees to it agrees to."""
    named = (
        ("class", FactKind.EXCEPTION_CLASS),
        ("reason", FactKind.REASON),
        ("ticket", FactKind.TICKET),
        ("expires", FactKind.EXPIRES),
    )
    return tuple(
        Fact(kind, str(request.detail[name])) for name, kind in named if request.detail.get(name)
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """A tag of a resource, and the tool that may manage the resource by it."""

    tool: str
    tag: str
    value: str

    def __str__(self) -> str:
        return f"{self.tag}={self.value}"


def managed_by(tags: Mapping[str, str]) -> Hint | None:
    """Return what hints at a tool that manages a resource with these *tags*."""
    for tag, tool in _HINTS_AT:
        value = tags.get(tag, "").strip()
        if value and value.lower() not in {"false", "no", "0"}:
            return Hint(tool or value, tag, value)
    return None


def _source_fix(finding: Finding, rule: AnyRule) -> str:
    hint = managed_by(finding.tags)
    # What is compliant is so as its code has it, or as nobody knows: nothing is to be undone.
    if hint is None or finding.state is State.RESOLVED:
        return ""
    undone = (
        f"{hint.tool} may manage this resource (its tag {hint}). If it does, its next deploy may "
        "undo a fix made here."
    )
    return f"{undone} {at_the_source([hint.tool], rule)}"


def at_the_source(tools: Iterable[str], rule: AnyRule) -> str:
    """Say what to change in the code of *tools*; the catalogue knows it in Terraform's words."""
    if rule.terraform is None or not any("terraform" in tool.lower() for tool in tools):
        return "Fix it in the code that deploys this resource."
    source = f"{rule.terraform.resource}: {rule.terraform.attribute}"
    return f"Change this at the source instead: {source}"


def _by_hand(finding: Finding, rule: AnyRule) -> str:
    if finding.state in SETTLED:
        return ""
    if why := why_no_remediation(finding, rule):
        return why
    return rule.by_hand if finding.state in {State.FAILED, State.NOT_VERIFIED} else ""


def console_url(finding: Finding) -> str:
    """Return the page of AWS Config's console that shows the rule, empty where none is known."""
    region = finding.key.region
    console = next((each for begin, each in _CONSOLES if region.startswith(begin)), _USUAL_CONSOLE)
    if not console:
        return ""
    return (
        f"https://{region}.console.{console}/config/home?region={region}"
        f"#/rules/details?configRuleName={quote(finding.aws_key.rule, safe='')}"
    )
