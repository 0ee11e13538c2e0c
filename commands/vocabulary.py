"""What the words behind a filter can mean, read only for the filters that are asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from commands.grammar import nearest
from commands.rules import UNRATED
from commands.view import View
from compliance.finding import State
from compliance.naming import fold, parts
from compliance.rules import Category, Rule, Severity, catalogue_entry
from compliance.stage import SHOWN, Stage, states_of
from ledger.reports import Scope

#: What each word means: an account's name its id, a severity its rules, a stage its states.
Meanings = Mapping[str, frozenset[str]]

_EXAMPLES = 8
_STATES = {
    **{state.value: {state} for state in SHOWN},
    **{stage.value: states_of(stage) for stage in Stage},
    "waiting": states_of(Stage.WAITING),
    "pending": states_of(Stage.WAITING),
    "fixing": states_of(Stage.FIXING),
    "ignored": states_of(Stage.EXCEPTED),
    "unresolved": SHOWN - {State.EXCEPTED},
    "all": SHOWN,
}


class UnknownWordError(Exception):
    """Nothing has what was asked for; the message is for the asker."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of what is configured, and of the findings that the asker sees."""

    view: View

    def meanings(self, kind: str) -> Meanings:
        """Return each word of a *kind* of filter with what it means."""
        kinds: Mapping[str, Callable[[], Iterable[tuple[str, str]]]] = {
            "team": lambda: ((name, name) for name in sorted(self.view.context.teams.names)),
            "rule": self._rules,
            "account": self._accounts,
            "environment": self._environments,
            "region": lambda: ((each, each) for each in self._of_findings("region")),
            "severity": lambda: self._rated(Severity, lambda rule: rule.severity),
            "category": lambda: self._rated(Category, lambda rule: rule.category),
            "type": self._types,
            "state": lambda: ((word, each) for word, all_ in _STATES.items() for each in all_),
        }
        meanings: dict[str, set[str]] = defaultdict(set)
        for word, meant in kinds[kind]():
            meanings[fold(word)].add(meant)
        return {word: frozenset(meant) for word, meant in meanings.items() if word}

    def _of_findings(self, what: str) -> tuple[str, ...]:
        return self.view.reports.known(what, Scope(self.view.visible), SHOWN)

    def _all_rules(self) -> set[str]:
        return {*self.view.context.catalogue, *self._of_findings("rule")}

    def _rules(self) -> Iterable[tuple[str, str]]:
        """Yield the names of rules: the catalogue's own means those that AWS made of it too."""
        for rule in self._all_rules():
            yield rule, rule
            if entry := catalogue_entry(self.view.context.catalogue, rule):
                yield entry.name, rule
                # The service that it is about, rule:s3, and what Security Hub calls it, rule:S3.8.
                words = *entry.resource_type.split("::")[1:2], *entry.controls
                yield from ((word, rule) for word in words)

    def _accounts(self) -> Iterable[tuple[str, str]]:
        for each in {*self.view.accounts, *self._of_findings("account")}:
            yield each, each
            if account := self.view.accounts.get(each):
                yield account.name, each

    def _environments(self) -> Iterable[tuple[str, str]]:
        return ((account.environment, account.id) for account in self.view.accounts.values())

    def _rated(self, kinds: Iterable[str], of: Callable[[Rule], str]) -> Iterable[tuple[str, str]]:
        for rule in self._all_rules():
            entry = catalogue_entry(self.view.context.catalogue, rule)
            for word in [of(entry)] if entry else (UNRATED, "unrated", "not-rated"):
                yield word, rule
        # A severity that no rule has is one as well: it means none of them.
        yield from ((kind, "") for kind in kinds)

    def _types(self) -> Iterable[tuple[str, str]]:
        for each in self._of_findings("resource_type"):
            yield each, each
            # AWS::S3::Bucket is a bucket, and of S3.
            yield from ((word, each) for word in each.split("::")[1:])


def meaning(kind: str, word: str, known: Meanings) -> frozenset[str]:
    """Return what *word* means: a name as it is, or else every name that has its words in it.

    ``rule:public-access`` are all rules with both words, ``rule:s3-*`` those with a word that
    begins so. Raises UnknownWordError with the nearest right word.
    """
    folded = fold(word).rstrip("*")
    if folded in known:
        return known[folded]
    asked = parts(folded)
    meant = [each for name, each in known.items() if asked and _has_parts(parts(name), asked)]
    if not meant:
        raise UnknownWordError(_unknown(kind, word, known))
    return frozenset[str]().union(*meant)


def _has_parts(name: Iterable[str], asked: Iterable[str]) -> bool:
    return all(any(part.startswith(each) for part in name) for each in asked)


def _unknown(kind: str, word: str, known: Meanings) -> str:
    some = ", ".join(sorted(known)[:_EXAMPLES])
    near = nearest(word, known, f"{kind}:") or f" There are, for example: {some or 'none'}."
    return f"Nothing open has {kind}:{word[:60]}.{near}"
