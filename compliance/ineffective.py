"""Allowlist entries that cover nothing, or not for long: each with its line and why. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Protocol

from compliance.allowlist import ANY, Allowlist, Entry
from compliance.aws_ids import ACCOUNT, BUCKET
from compliance.reasons import why_no_reason
from compliance.rules import Catalogue, Rule, canonical_name

#: How AWS Config names resources (FACTS §1.4): what an id looks like, and what it is called.
_IDS = {
    "AWS::RDS::DBInstance": (re.compile(r"db-[A-Z0-9]+"), "the resource id, db-…"),
    "AWS::SNS::Topic": (re.compile(r"arn:[a-z-]+:sns:.+"), "the topic's ARN"),
    "AWS::S3::Bucket": (BUCKET, "the bucket's name"),
    "AWS::Lambda::Function": (re.compile(r"[\w-]+", re.ASCII), "the function's name"),
    "AWS::DynamoDB::Table": (re.compile(r"[\w.-]+", re.ASCII), "the table's name"),
    "AWS::::Account": (ACCOUNT, "the account's id"),
}
#: Elsewhere, and here since 2018, no bucket has capitals or underscores in its name.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_OLD_BUCKETS = "us-east-1"
_BUCKET = re.compile(r"[a-z0-9.-]+")

IsRule = Callable[[str], bool]


@dataclass(frozen=True, slots=True, order=True)
class EntryWarning:
    """What is odd about the entry that begins on *line*, 0 where it is about no line."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


def ineffective(
    allowlist: Allowlist,
    catalogue: Catalogue,
    places: Collection[tuple[str, str]],
    today: date,
    is_rule: IsRule = lambda name: False,
) -> tuple[EntryWarning, ...]:
    """Return what keeps entries from doing what their writers meant, in the order of their lines.

    *places* are the accounts and Regions that are watched. *is_rule* says of a name that the
    catalogue has not whether AWS Config has such a rule.
    """
    look = _Look(catalogue, places, today, is_rule)
    alone = [
        EntryWarning(line, text) for line, entry in allowlist.numbered() for text in look(entry)
    ]
    return tuple(sorted([*alone, *set(_contradictions(allowlist, today))]))


def _contradictions(allowlist: Allowlist, today: date) -> Iterator[EntryWarning]:
    """Yield which entries cover what another one covers for longer; those that are over do not."""
    rivals = list(allowlist.rivals())
    lines = {id(entry): line for line, entry in allowlist.numbered()} if rivals else {}
    for group in rivals:
        in_force = [entry for entry in group if entry.expires >= today]
        longest = max(in_force, key=lambda entry: entry.expires, default=None)
        for entry in in_force:
            if longest is not None and entry is not longest:
                text = _contradiction(lines[id(longest)], longest, entry)
                yield EntryWarning(lines[id(entry)], text)


def _contradiction(line: int, longest: Entry, entry: Entry) -> str:
    covers = f"the entry on line {line} covers the same until {longest.expires}"
    if longest.exception_class is not entry.exception_class:
        kinds = f"{longest.exception_class.value}, and this one says {entry.exception_class.value}"
        return f"{covers} as {kinds}; keep the one that is right"
    if entry.expires != longest.expires:
        return f"{covers}, and this one until {entry.expires}; keep one"
    return f"{covers}; keep one"


class _Look:
    """Looks at one entry after another; what many of them have in common it looks at once."""

    def __init__(
        self,
        catalogue: Catalogue,
        places: Collection[tuple[str, str]],
        today: date,
        is_rule: IsRule,
    ) -> None:
        self._is_rule = is_rule
        self._catalogue = catalogue
        self._places = frozenset(places)
        self._accounts = frozenset(account for account, _ in places)
        self._regions = frozenset(region for _, region in places)
        self._today = today
        self._rules: dict[str, Rule | None] = {}
        self._odd_rules: dict[str, str] = {}
        self._odd_places: dict[tuple[str, str], tuple[str, ...]] = {}

    def __call__(self, entry: Entry) -> Iterator[str]:
        rules = [self._rule(name) for name in entry.rules]
        for name, rule in zip(entry.rules, rules, strict=True):
            if rule is None and (odd := self._odd_rule(name)):
                yield odd
        at = entry.account, entry.region
        if at not in self._odd_places:
            self._odd_places[at] = tuple(self._place(*at))
        yield from self._odd_places[at]
        if entry.resource != ANY:
            yield from _resource(entry, rules[0])
        yield from self._end(entry, rules)

    def _odd_rule(self, name: str) -> str:
        if name not in self._odd_rules:
            near = "" if self._is_rule(name) else self._nearest_rule(name)
            odd = f"rule {name!r} is not in the catalogue, nor named by AWS Config{near}"
            self._odd_rules[name] = "" if self._is_rule(name) else odd
        return self._odd_rules[name]

    def _nearest_rule(self, name: str) -> str:
        """AWS's identifier of a rule and Security Hub's control are other words for its name."""
        other = name.strip("[] ").upper().replace("-", "_")
        for rule in self._catalogue.values():
            if other in {rule.identifier, *map(str.upper, rule.controls)}:
                return _question(rule.name)
        return _nearest(name, self._catalogue)

    def _rule(self, name: str) -> Rule | None:
        if name not in self._rules:
            self._rules[name] = self._catalogue.get(canonical_name(self._catalogue, name))
        return self._rules[name]

    def _place(self, account: str, region: str) -> Iterator[str]:
        if account != ANY and account not in self._accounts:
            near = _nearest(account, self._accounts)
            yield f"account {account} is not one that bot.yaml watches{near}"
        elif region != ANY and not self._watches(account, region):
            where = "" if account == ANY else f" in account {account}"
            yield f"Region {region} is not one that bot.yaml watches{where}"

    def _watches(self, account: str, region: str) -> bool:
        if account == ANY:
            return region in self._regions
        return (account, region) in self._places

    def _end(self, entry: Entry, rules: Sequence[Rule | None]) -> Iterator[str]:
        if entry.expires < self._today:
            yield f"it ended on {entry.expires}; take it out, or agree a new exception"
            return
        limits = [rule.decision.longest_exception for rule in rules if rule]
        if limits and entry.expires - self._today > min(limits):
            yield (
                f"it lasts until {entry.expires}, and this rule's exceptions {min(limits).days} "
                "days at most; it is in force until an approver shortens it"
            )
        if why := why_no_reason(entry.reason):
            yield f"the form would not take its reason. {why}"


def _resource(entry: Entry, rule: Rule | None) -> Iterator[str]:
    resource = entry.resource
    if not resource.isprintable() or resource != resource.strip():
        yield f"resource {resource!r} has blanks around it, or characters in it that cannot be seen"
    elif "*" in resource or "?" in resource:
        yield f"resource {resource!r}: a * stands for all resources only where it stands alone"
    elif rule and rule.resource_type in _IDS:
        form, what = _IDS[rule.resource_type]
        if not form.fullmatch(resource):
            yield f"resource {resource!r}: expected {what}, as AWS Config has it"
        elif _is_elsewhere(entry):
            yield f"resource {resource!r} is in another account or Region than the entry"
        elif _is_no_bucket(entry, rule):
            yield f"resource {resource!r}: a bucket's name cannot have capitals or underscores"


def _is_elsewhere(entry: Entry) -> bool:
    """Whether the resource is an ARN that names another place than the entry does."""
    match entry.resource.split(":", 5):
        case ["arn", _, _, region, account, _]:
            is_other_region = entry.region not in {ANY, region} and region != ""
            is_other_account = entry.account not in {ANY, account} and account != ""
            return is_other_region or is_other_account
    return False


def _is_no_bucket(entry: Entry, rule: Rule) -> bool:
    is_bucket = rule.resource_type == "AWS::S3::Bucket" and entry.region != _OLD_BUCKETS
    return is_bucket and not _BUCKET.fullmatch(entry.resource)


def _nearest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return _question(near[0]) if near else ""


def _question(word: str) -> str:
    return f"; did you mean {word!r}?"


class InForce(Protocol):
    """Whatever has the allowlist that is in force now."""

    @property
    def current(self) -> Allowlist: ...


class Warnings:
    """The warnings about the allowlist in force; looked for when it or the day is another one."""

    def __init__(
        self,
        allowlist: InForce,
        catalogue: Catalogue,
        places: Collection[tuple[str, str]],
        now: Callable[[], datetime],
        is_rule: IsRule = lambda name: False,
    ) -> None:
        self._is_rule = is_rule
        self._allowlist = allowlist
        self._catalogue = catalogue
        self._places = places
        self._now = now
        self._known: tuple[Allowlist, date, tuple[EntryWarning, ...]] | None = None

    def __call__(self) -> tuple[EntryWarning, ...]:
        allowlist, today = self._allowlist.current, self._now().date()
        known = self._known
        if known is None or known[0] is not allowlist or known[1] != today:
            found = ineffective(allowlist, self._catalogue, self._places, today, self._is_rule)
            known = self._known = allowlist, today, found
        return known[2]
