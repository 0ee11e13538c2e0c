"""What a sweep found: counted by its tasks while it reads, and said in words at its end."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from aws.tasks import Place
from compliance.change import Change, Compliance


@dataclass(frozen=True, slots=True)
class Unread:
    """An account and Region, or one rule there, that could not be read, and why."""

    place: Place
    rule: str
    why: str

    def __str__(self) -> str:
        rule = f", rule {self.rule}" if self.rule else ""
        return f"account {self.place.account}, {self.place.region}{rule}: {self.why}"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found.

    *opened* and *closed* are the ledger's, while it was swept; of the closed, *gone* are those
    whose rule or account is gone.
    """

    accounts: int
    rules: int
    evaluations: int
    non_compliant: int
    gone: int
    unread: tuple[Unread, ...]
    opened: int = 0
    closed: int = 0

    def lines(self) -> tuple[str, ...]:
        """Return what a person at a terminal reads at the end."""
        read = (
            f"Read {self.rules} rules in {self.accounts} accounts: {self.evaluations} evaluations, "
            f"{self.non_compliant} of them non-compliant."
        )
        gone = f", {self.gone} of them of rules and accounts that are gone" if self.gone else ""
        moved = f"Findings opened: {self.opened}. Findings closed: {self.closed}{gone}."
        missing = (f"Could not read {each}" for each in self.unread)
        return (read, moved, *missing)


@dataclass(slots=True)
class Tally:
    """What the tasks of one sweep have found so far; they count under one lock."""

    places: set[Place]
    #: Their findings were closed as of then, so what AWS says now counts as of now.
    returned: frozenset[str]
    lock: threading.Lock = field(default_factory=threading.Lock)
    read: set[Place] = field(default_factory=set)
    rules: int = 0
    evaluations: int = 0
    non_compliant: int = 0
    gone: int = 0
    unread: list[Unread] = field(default_factory=list)
    ended: int = 0

    def miss(self, place: Place, rule: str, error: Exception) -> None:
        with self.lock:
            self.unread.append(Unread(place, rule, str(error)))

    def read_place(self, place: Place, rules: int) -> None:
        with self.lock:
            self.read.add(place)
            self.rules += rules

    def close(self, findings: int) -> None:
        with self.lock:
            self.gone += findings

    def count(self, changes: Sequence[Change]) -> None:
        broken = sum(each.compliance is Compliance.NON_COMPLIANT for each in changes)
        with self.lock:
            self.evaluations += len(changes)
            self.non_compliant += broken

    def accounts_read(self) -> frozenset[str]:
        missed = {place.account for place in self.places - self.read}
        return frozenset(place.account for place in self.read) - missed

    def result(self) -> Swept:
        explained = {each.place for each in self.unread}
        failed = [Unread(place, "", "see the log") for place in self.places - self.read - explained]
        return Swept(
            accounts=len({place.account for place in self.read}),
            rules=self.rules,
            evaluations=self.evaluations,
            non_compliant=self.non_compliant,
            gone=self.gone,
            unread=tuple(sorted((*self.unread, *failed), key=lambda each: (each.place, each.rule))),
        )
