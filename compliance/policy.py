"""The terms on which people decide about any finding, also of rules outside the catalogue. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.finding import Finding
from compliance.known_rules import ConfigRule, KnownRules
from compliance.rules import (
    Catalogue,
    DecisionPolicy,
    Impact,
    Remediation,
    Rule,
    Severity,
    SourceFix,
    catalogue_entry,
)

#: Nobody has rated these rules, so nobody decides about them alone, and an exception is looked at
#: again each quarter.
OTHER_DECISION = DecisionPolicy(approvers=1, longest_exception=timedelta(days=90), unattended=False)
#: A longer description is read in the card's second line.
_TITLE_MAX = 80
_UNKNOWN = "Not known."

_UNRATED = "AWS Config's rule {name}. It is not in the catalogue, so it is not rated."
_UNDESCRIBED = "AWS Config gives no description of this rule. It is not in the catalogue."
_UNANSWERED = "AWS Config has not answered yet what this rule is about. It is not in the catalogue."
_CONSOLE = (
    "Open the rule in AWS Config's console, which says what it found. The catalogue does not have "
    "this rule, so the bot does not know how to fix it."
)
_CHANGE = (
    "AWS Config runs the SSM document {document}, which somebody configured for this rule in this "
    "account. The catalogue does not say what it changes: read the document first."
)
OWNED_BY_AWS = "An AWS service owns this rule, so it takes no remediation. By hand: {by_hand}"
_ASKED = "AWS Config has not answered yet whether a remediation is configured for this rule. "
_NONE_CONFIGURED = (
    "AWS Config has no remediation configured for this rule in this account and Region. "
)
_GONE = "AWS Config does not have this rule any more. "


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A rule that the catalogue has not; *said* is what AWS answered about it, None before that."""

    name: str
    said: ConfigRule | None = None

    @property
    def title(self) -> str:
        return self._description if self._is_short else self.name

    @property
    def wrong(self) -> str:
        return f"breaks the rule {self.name}"

    @property
    def why(self) -> str:
        if self.said is None:
            return _UNANSWERED
        if self._is_short:
            return f"{self._description} {_UNRATED.format(name=self.name)}"
        return self._description or _UNDESCRIBED

    @property
    def severity(self) -> Severity | None:
        return None

    @property
    def decision(self) -> DecisionPolicy:
        return OTHER_DECISION

    @property
    def impact(self) -> Impact | None:
        """What is known of the configured remediation: its name alone; None where there is none."""
        if not self.said or not self.said.remediation:
            return None
        return Impact(
            change=_CHANGE.format(document=self.said.remediation),
            downtime=_UNKNOWN,
            cost=_UNKNOWN,
            who_notices=_UNKNOWN,
            reversible=None,
            undo="",
        )

    @property
    def remediation(self) -> Remediation | None:
        return None

    @property
    def terraform(self) -> SourceFix | None:
        return None

    @property
    def by_hand(self) -> str:
        return _CONSOLE

    @property
    def unremediable(self) -> str:
        """Why AWS Config can run no remediation for it, empty where it can."""
        if self.said is None:
            return _ASKED + _CONSOLE
        if not self.said.exists:
            return _GONE + _CONSOLE
        if self.said.service_linked:
            return OWNED_BY_AWS.format(by_hand=_CONSOLE)
        return "" if self.said.remediation else _NONE_CONFIGURED + _CONSOLE

    @property
    def _description(self) -> str:
        return self.said.description if self.said else ""

    @property
    def _is_short(self) -> bool:
        return 0 < len(self._description) <= _TITLE_MAX


#: What cards and decisions ask of a rule, whether or not the catalogue has it.
AnyRule = Rule | OtherRule


def rule_of(finding: Finding, catalogue: Catalogue, known_rules: KnownRules) -> AnyRule:
    """Return the finding's rule: there always is one."""
    entry = catalogue_entry(catalogue, finding.key.rule)
    return entry or OtherRule(finding.key.rule, known_rules.said(finding.aws_key))


def why_no_remediation(finding: Finding, rule: AnyRule) -> str:
    """Say why the finding takes no remediation and what to do instead, empty where it takes one."""
    if finding.service_linked:
        return OWNED_BY_AWS.format(by_hand=rule.by_hand)
    return rule.unremediable
