"""Facts: what a reader must know of a finding, of what a remediation does, of a request. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from compliance.accounts import Account
from compliance.finding import Finding
from compliance.policy import AnyRule
from compliance.request import Request

#: Tags that tell a reader who owns a resource, the most telling first.
_OWNER_TAGS = ("Owner", "Team", "Department", "Environment", "Application")


class FactKind(StrEnum):
    """What a fact is about; the value is what people read in front of it."""

    RESOURCE_ID = "Resource id"
    RESOURCE_TYPE = "Type"
    ACCOUNT = "Account"
    ENVIRONMENT = "Environment"
    REGION = "Region"
    OWNER = "Owner"
    OWNER_TAGS = "Owner tags"
    RULE = "Rule"
    TEAM = "Team"
    DANGER = "Danger"
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


def at_a_glance(finding: Finding, account: Account) -> tuple[Fact, ...]:
    """Return where the finding is and who owns it: what stands on the card in one line."""
    owner = next((finding.tags[tag] for tag in _OWNER_TAGS[:2] if finding.tags.get(tag)), "")
    return _known(
        Fact(FactKind.ACCOUNT, str(account)),
        Fact(FactKind.ENVIRONMENT, account.environment),
        Fact(FactKind.REGION, finding.key.region),
        Fact(FactKind.OWNER, owner),
    )


def about_resource(finding: Finding) -> tuple[Fact, ...]:
    """Return what a reader copies into a ticket or a console, and the tags of owners."""
    key = finding.key
    tags = ", ".join(f"{name}={finding.tags[name]}" for name in _OWNER_TAGS if name in finding.tags)
    return _known(
        Fact(FactKind.RESOURCE_ID, key.resource_id),
        Fact(FactKind.RESOURCE_TYPE, key.resource_type),
        Fact(FactKind.RULE, key.rule),
        Fact(FactKind.TEAM, finding.team),
        Fact(FactKind.OWNER_TAGS, tags),
    )


def preflight(rule: AnyRule, account: Account | None = None) -> tuple[Fact, ...]:
    """Return what a person must know before they remediate, the danger first.

    Of one *account* if given.
    """
    impact = rule.impact
    if impact is None:
        return ()
    reversible = f"{_REVERSIBLE[impact.reversible]} {impact.undo}".strip()
    where = " · ".join(filter(None, (str(account), account.environment))) if account else ""
    return _known(
        Fact(FactKind.DANGER, impact.danger),
        Fact(FactKind.CHANGE, impact.change),
        Fact(FactKind.DOWNTIME, impact.downtime),
        Fact(FactKind.WHO_NOTICES, impact.who_notices),
        Fact(FactKind.COST, impact.cost),
        Fact(FactKind.REVERSIBLE, reversible),
        Fact(FactKind.WHERE, where),
    )


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


def _known(*facts: Fact) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.text)
