"""Facts: what a reader must know of a finding, of what a remediation does, of a request. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from compliance.accounts import Account
from compliance.allowlist import Entry
from compliance.finding import Finding
from compliance.policy import AnyRule
from compliance.request import Request, Verb
from compliance.scope import ACCOUNT, EVERYWHERE, REGION

#: Tags that say who owns a resource, the plainest first.
_OWNER_TAGS = ("Owner", "Team", "Department", "Environment", "Application")


class FactKind(StrEnum):
    """What a fact is about; the value is what people read in front of it."""

    RESOURCE_ID = "Resource id"
    RESOURCE_TYPE = "Type"
    ACCOUNT = "Account"
    ACCOUNT_ID = "Account id"
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
    CONTROL = "What protects it instead"
    EXPIRES = "Until the end of"
    EXCEPTION = "Exception"
    COVERS = "Covers"
    ENDS = "Ends now on"
    FIRST_EXPIRES = "First agreed until"
    FIRST_ASKED = "First agreed on"
    RENEWALS = "Times extended"


#: Facts that a reader copies rather than reads.
COPIED = frozenset(
    {
        FactKind.RESOURCE_ID,
        FactKind.RESOURCE_TYPE,
        FactKind.ACCOUNT_ID,
        FactKind.RULE,
        FactKind.REGION,
        FactKind.EXCEPTION,
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
        Fact(FactKind.ACCOUNT, account.name or account.id),
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
        Fact(FactKind.ACCOUNT_ID, key.account),
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
    """Return what was given with *request*: what an approver agrees to."""
    facts = [
        Fact(kind, str(request.detail[name]))
        for name, kind in _GIVEN
        if request.detail.get(name) and request.verb is not Verb.REMEDIATE
    ]
    if scope := request.detail.get("scope"):
        facts.append(Fact(FactKind.COVERS, _COVERS.get(scope, f"all with the {scope}")))
    return tuple(facts)


def entry_facts(entry: Entry) -> tuple[Fact, ...]:
    """Return what an exception says, for the approver who decides about it."""
    covers = " · ".join(
        (
            entry.account,
            entry.region,
            entry.resource,
            *(f"{name}={value}" for name, value in entry.tags),
        )
    )
    return _known(
        Fact(FactKind.EXCEPTION_CLASS, entry.exception_class.value),
        Fact(FactKind.REASON, entry.reason),
        Fact(FactKind.CONTROL, entry.control),
        Fact(FactKind.TICKET, entry.ticket),
        Fact(FactKind.EXPIRES, str(entry.expires)),
        Fact(FactKind.FIRST_ASKED, str(entry.first_asked or "")),
        Fact(FactKind.FIRST_EXPIRES, str(entry.first_expires or "")),
        Fact(FactKind.RENEWALS, str(entry.renewals or "")),
        Fact(FactKind.COVERS, covers if entry.is_wide else ""),
        Fact(FactKind.EXCEPTION, entry.known_as),
    )


_GIVEN = (
    ("class", FactKind.EXCEPTION_CLASS),
    ("reason", FactKind.REASON),
    ("control", FactKind.CONTROL),
    ("ticket", FactKind.TICKET),
    ("ends", FactKind.ENDS),
    ("expires", FactKind.EXPIRES),
    ("first_asked", FactKind.FIRST_ASKED),
    ("first_expires", FactKind.FIRST_EXPIRES),
    ("renewals", FactKind.RENEWALS),
    ("id", FactKind.EXCEPTION),
)
_COVERS = {
    REGION: "every resource in this account and Region",
    ACCOUNT: "every resource in this account",
    EVERYWHERE: "every resource in every account",
}


def _known(*facts: Fact) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.text)
