"""What AWS Config says of its own rules, and which rule of the catalogue each of them is. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from compliance.change import FindingKey
from compliance.rules import Catalogue, canonical_name

#: AWS's word for a rule that AWS wrote; a customer's own has another owner.
#: https://docs.aws.amazon.com/config/latest/APIReference/API_Source.html
_MANAGED = "AWS"


class OtherRules(StrEnum):
    """What becomes of changes of rules outside the catalogue: findings, a number, or nothing."""

    SHOW = "show"
    COUNT = "count"
    DROP = "drop"


class RuleKey(NamedTuple):
    """A rule of AWS Config: its name in one account and Region."""

    account: str
    region: str
    rule: str

    @classmethod
    def of(cls, key: FindingKey) -> "RuleKey":
        return cls(key.account, key.region, key.rule)


@dataclass(frozen=True, slots=True)
class ConfigRule:
    """What AWS Config answered about a rule; without an ARN, that it has no such rule.

    *identifier* is AWS's name for what a managed rule checks, whatever somebody called the rule.
    *remediation* is the SSM document that is configured for it, empty where none is.
    """

    key: RuleKey
    arn: str = ""
    identifier: str = ""
    owner: str = ""
    description: str = ""
    created_by: str = ""
    remediation: str = ""

    @property
    def exists(self) -> bool:
        return bool(self.arn)

    @property
    def service_linked(self) -> bool:
        """Whether an AWS service owns the rule, so that it takes no remediation (FACTS §6)."""
        return bool(self.created_by) or "/aws-service-rule/" in self.arn


class KnownRules:
    """What is known of rules beyond their names; it is added to while the bot runs.

    Rules are recognised by their identifier: organisations, stack sets and people give them names
    of their own. A rule with other input parameters than the catalogue's is the catalogue's all the
    same: it asks the same of the resource with another limit, the same people have to fix it in the
    same way, and two findings of one resource would say the same thing twice.
    """

    def __init__(self, catalogue: Catalogue, others: OtherRules = OtherRules.SHOW) -> None:
        self._catalogue = catalogue
        self.others = others
        self._by_identifier: dict[str, str] = {}
        for rule in catalogue.values():
            self._by_identifier.setdefault(rule.identifier, rule.name)
        self._rules: dict[RuleKey, ConfigRule] = {}
        self._names: set[str] = set()
        #: How often a rule turned out to be the catalogue's.
        self.recognitions = 0

    def add(self, rules: Iterable[ConfigRule]) -> None:
        """Take what AWS answered."""
        for rule in rules:
            before, self._rules[rule.key] = self._rules.get(rule.key), rule
            if rule.exists:
                self._names.add(rule.key.rule)
            name = self.recognised(rule)
            if name and (before is None or self.recognised(before) != name):
                self.recognitions += 1

    def hear(self, rules: Collection[ConfigRule]) -> frozenset[str]:
        """Take in which of *rules* are the catalogue's; return the names of those that are read.

        A sweep that has listed a place's rules need not ask about each.
        """
        self.add(rule for rule in rules if self.recognised(rule))
        keys = (FindingKey(*rule.key, "", "") for rule in rules)
        return frozenset(
            key.rule for key in keys if self.accepts(replace(key, rule=self.canonical(key)))
        )

    def accepts(self, key: FindingKey) -> bool:
        """Whether a change of a rule becomes a finding; *key* has the catalogue's name for it."""
        return self.others is OtherRules.SHOW or key.rule in self._catalogue

    def said(self, key: FindingKey) -> ConfigRule | None:
        """Return what AWS answered about the key's rule; None before it did."""
        return self._rules.get(RuleKey.of(key))

    def recognised(self, rule: ConfigRule) -> str:
        """Return the catalogue's name for *rule* by its identifier, empty where it has none."""
        if rule.owner != _MANAGED:
            return ""
        return self._by_identifier.get(rule.identifier, "")

    def canonical(self, key: FindingKey) -> str:
        """Return the catalogue's name for the key's rule, its own name where there is none.

        What a name says by itself goes first, so that nothing has to be asked for it.
        """
        name = canonical_name(self._catalogue, key.rule)
        if name in self._catalogue:
            return name
        rule = self.said(key)
        return self.recognised(rule) or name if rule else name

    def has_name(self, name: str) -> bool:
        """Whether AWS Config has a rule of this name somewhere."""
        return name in self._names

    def is_other(self, key: FindingKey) -> bool:
        """Whether the catalogue does not have the key's rule, as far as is known now."""
        return self.canonical(key) not in self._catalogue

    def is_unheard(self, key: FindingKey) -> bool:
        """Whether AWS has to be asked what the key's rule is."""
        if canonical_name(self._catalogue, key.rule) in self._catalogue:
            return False
        return RuleKey.of(key) not in self._rules
