"""The sweep: every account's compliance, read from AWS Config itself and recorded as changes."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.tasks import Place, Tasks
from compliance.change import Change, Compliance, FindingKey
from compliance.finding import Finding, State
from compliance.known_rules import ConfigRule
from ledger.reports import TransitionCount

__all__ = ["Place", "Sweep", "Swept"]

log = logging.getLogger(__name__)

_BATCH = 100
_MOMENT = timedelta(microseconds=1)
#: How long what a sweep could not read is tried again, before everything is read again.
_NIGHT = timedelta(hours=6)

_RULE_GONE = "AWS Config has no rule {rule} in this account and Region any more."
_ACCOUNT_GONE = "The account {account} is not looked after any more."

#: Hears how many of how many accounts and Regions have been read.
Progress = Callable[[int, int], None]


#: Takes in what AWS says of the rules of a place; returns the names of those that make findings.
Hear = Callable[[Collection[ConfigRule]], Collection[str]]


class Known(Protocol):
    """What the ledger knows, as far as a sweep compares it with what AWS Config reports."""

    def unresolved(self, account: str, region: str = "") -> Iterable[Finding]:
        """Return what is not settled in an account, or in one Region of it."""

    def doubt(self, finding_ids: Iterable[str]) -> None:
        """Find out what became of the resources of findings that AWS Config does not report."""


class Watched(Protocol):
    """Which accounts are looked after, and which were."""

    def gone(self, accounts: Collection[str]) -> Collection[str]:
        """Return the accounts that were looked after before, and are not among *accounts*."""

    def returned(self, accounts: Collection[str]) -> Collection[str]:
        """Return those of *accounts* whose findings were closed while they were gone."""

    def note(self, accounts: Collection[str], read: Collection[str]) -> None:
        """Remember *accounts* for the next time; those in *read* have been read since."""


@dataclass(frozen=True, slots=True)
class Records:
    """Where a sweep writes, what it compares with, and what came of it: the ledger's parts."""

    record: Callable[[Sequence[Change]], object]
    known: Known
    watched: Watched
    transitions: Callable[[datetime, datetime], Iterable[TransitionCount]]


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
class _Tally:
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


class Sweep:
    """Reads *places*, as many at once as *tasks* has workers.

    *accounts* returns all that are looked after, None while nobody can say.
    """

    def __init__(
        self,
        service: ConfigService,
        tasks: Tasks,
        places: Sequence[Place],
        hear: Hear,
        records: Records,
        accounts: Callable[[], Collection[str] | None],
        now: Callable[[], datetime],
    ) -> None:
        self._service = service
        self._tasks = tasks
        self._places = places
        self._hear = hear
        self._record = records.record
        self._known = records.known
        self._watched = records.watched
        self._transitions = records.transitions
        self._accounts = accounts
        self._now = now
        self._missing: tuple[Place, ...] = ()
        self._swept_at = now() - _NIGHT

    def sweep(self, progress: Progress = lambda ended, of: None) -> Swept:
        """Read everything; close what belongs to accounts that are looked after no more."""
        began_at = self._now()
        tally = self._read(self._places, progress)
        self._close_gone_accounts(tally)
        swept = self._counted(tally.result(), began_at)
        self._swept_at = began_at
        self._miss(swept)
        log.info("swept", extra={"evaluations": swept.evaluations, "unread": len(swept.unread)})
        return swept

    def _counted(self, swept: Swept, began_at: datetime) -> Swept:
        """Add what the ledger made of it."""
        numbers = dict.fromkeys(State, 0)
        for each in self._transitions(began_at, self._now() + _MOMENT):
            numbers[State(each.to_state)] += each.number
        opened = numbers[State.OPEN] + numbers[State.REOPENED]
        return replace(swept, opened=opened, closed=numbers[State.RESOLVED])

    def tonight(self) -> bool:
        """Sweep, or read what tonight's sweep missed; return whether anything is missing still."""
        if self._missing and self._now() - self._swept_at < _NIGHT:
            self.sweep_missing()
        else:
            self.sweep()
        return bool(self._missing)

    def sweep_missing(self) -> None:
        """Read what the last sweep could not; nothing where nothing is missing."""
        if self._missing:
            self._miss(self._read(self._missing, lambda ended, of: None).result())

    def _close_gone_accounts(self, tally: _Tally) -> None:
        accounts = self._accounts()
        if accounts is None:
            return
        for account in self._watched.gone(accounts):
            why = _ACCOUNT_GONE.format(account=account)
            tally.close(self._close(self._known.unresolved(account), why))
        self._watched.note(accounts, tally.accounts_read())

    def _miss(self, swept: Swept) -> None:
        self._missing = tuple(dict.fromkeys(each.place for each in swept.unread))
        for each in swept.unread:
            log.warning(
                "an account could not be swept",
                extra={
                    "account": each.place.account,
                    "region": each.place.region,
                    "rule": each.rule,
                    "why": each.why,
                },
            )

    def _read(self, places: Sequence[Place], progress: Progress) -> _Tally:
        returned = self._watched.returned({place.account for place in places})
        tally = _Tally(set(places), frozenset(returned))

        def work(place: Place) -> None:
            try:
                self._place(place, tally)
            finally:
                with tally.lock:
                    tally.ended += 1
                    progress(tally.ended, len(places))

        # Each function has a place of its own to bind: a loop's name would be the last one's.
        self._tasks.start({place: lambda place=place: work(place) for place in places})  # type: ignore[misc]
        self._tasks.wait(places=places)
        return tally

    def _place(self, place: Place, tally: _Tally) -> None:
        """Read one place: its rules, what they say, and what they say no more."""
        try:
            rules = self._service.rules(*place)
        except (AwsBusyError, AwsRefusedError) as error:
            tally.miss(place, "", error)
            return
        broken: dict[str, set[FindingKey]] = {}
        for rule in sorted(self._hear(rules.values())):
            try:
                broken[rule] = self._rule(place, rule, rules[rule].arn, tally)
            except AwsBusyError as error:
                # The other rules would only be asked about in vain.
                tally.miss(place, "", error)
                return
            except AwsRefusedError as error:
                tally.miss(place, rule, error)
        self._compare(place, rules.keys(), broken, tally)
        tally.read_place(place, len(broken))

    def _rule(self, place: Place, rule: str, arn: str, tally: _Tally) -> set[FindingKey]:
        """Record what a rule says; return the keys of what it finds NON_COMPLIANT."""
        batch: list[Change] = []
        broken = set[FindingKey]()
        for change in self._service.evaluations(*place, rule):
            as_of = self._now() if place.account in tally.returned else change.recorded_at
            batch.append(replace(change, rule_arn=arn, recorded_at=as_of))
            if change.compliance is Compliance.NON_COMPLIANT:
                broken.add(change.key)
            if len(batch) == _BATCH:
                self._take(batch, tally)
                batch = []
        self._take(batch, tally)
        return broken

    def _take(self, changes: Sequence[Change], tally: _Tally) -> None:
        if changes:
            self._record(changes)
            tally.count(changes)

    def _compare(
        self,
        place: Place,
        rules: Collection[str],
        broken: Mapping[str, Collection[FindingKey]],
        tally: _Tally,
    ) -> None:
        """Go through what is not settled in the ledger.

        What was found by a rule that AWS Config, having listed all, does not have, is closed. What
        a rule does not report any more may be deleted: AWS is asked about the resource itself.
        """
        unreported, closed = [], 0
        for finding in self._known.unresolved(*place):
            names = evaluated_by(finding)
            gone = {rule: _RULE_GONE.format(rule=rule) for rule in names if rule not in rules}
            closed += self._end(finding, gone)
            if any(
                rule in broken and replace(finding.key, rule=rule) not in broken[rule]
                for rule in names
            ):
                unreported.append(finding.id)
        self._known.doubt(unreported)
        tally.close(closed)

    def _close(self, findings: Iterable[Finding], why: str) -> int:
        return sum(self._end(each, dict.fromkeys(evaluated_by(each), why)) for each in findings)

    def _end(self, finding: Finding, whys: Mapping[str, str]) -> bool:
        """Record of each AWS Config rule in *whys* that it says nothing of the resource now."""
        as_of = max(self._now(), finding.recorded_at + _MOMENT)
        ends = [
            Change(replace(finding.key, rule=rule), Compliance.NOT_APPLICABLE, as_of, why)
            for rule, why in whys.items()
        ]
        if ends:
            self._record(ends)
        return bool(ends)


def evaluated_by(finding: Finding) -> tuple[str, ...]:
    """Return the names of the AWS Config rules that evaluate the finding's resource."""
    return tuple(copy.rule for copy in finding.copies) or (finding.key.rule,)
