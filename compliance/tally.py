"""How many findings stand how: what a message says of more findings than it names. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from compliance.finding import Finding, State


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings of one rule and account are in one state."""

    rule: str
    account: str
    state: State
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The findings of one message, counted: the ledger counts, so that nobody reads them all."""

    counts: tuple[Count, ...]

    @property
    def number(self) -> int:
        return sum(each.number for each in self.counts)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are broken, the most frequent first."""
        counted: Counter[str] = Counter()
        for each in self.counts:
            counted[each.rule] += each.number
        return tuple(rule for rule, _ in counted.most_common())

    @property
    def states(self) -> tuple[tuple[State, int], ...]:
        """How many are in each state, in the order of a finding's life."""
        counted: Counter[State] = Counter()
        for each in self.counts:
            counted[each.state] += each.number
        return tuple((state, counted[state]) for state in State if counted[state])

    @property
    def accounts(self) -> tuple[tuple[str, int], ...]:
        """How many are in each account, by its id, the most first."""
        counted: Counter[str] = Counter()
        for each in self.counts:
            counted[each.account] += each.number
        return tuple(counted.most_common())

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Tally":
        counted = Counter((each.key.rule, each.key.account, each.state) for each in findings)
        return cls(tuple(Count(*place, number) for place, number in counted.items()))
