"""The sweep: every account's compliance, read from AWS Config itself and recorded as changes."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.swept import Swept, Tally
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

_RULE_GONE = "AWS Config does not have the rule {rule} in this account and Region any more."
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


class Missed(Protocol):
    """What the last sweep could not read, so that a restart does not forget it."""

    def since(self, moment: datetime) -> Collection[tuple[str, str]]:
        """Return the accounts and Regions; none where the sweep began before *moment*."""

    def begin(self, places: Iterable[Place], swept_at: datetime) -> None:
        """Keep what a sweep that began at *swept_at* could not read."""

    def keep(self, places: Iterable[Place]) -> None:
        """Keep *places* alone of what was missed, once the others have been read."""


@dataclass(frozen=True, slots=True)
class Records:
    """Where a sweep writes, what it compares with, and what came of it: the ledger's parts."""

    record: Callable[[Sequence[Change]], object]
    known: Known
    watched: Watched
    missed: Missed
    transitions: Callable[[datetime, datetime], Iterable[TransitionCount]]


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
        self._missed = records.missed
        self._transitions = records.transitions
        self._accounts = accounts
        self._now = now

    def sweep(self, progress: Progress = lambda ended, of: None) -> Swept:
        """Read everything; close what belongs to accounts that are looked after no more."""
        began_at = self._now()
        tally = self._read(self._places, progress)
        self._close_gone_accounts(tally)
        swept = self._counted(tally.result(), began_at)
        self._missed.begin(_unread(swept), began_at)
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
        missed = self._missed.since(self._now() - _NIGHT)
        if again := [place for place in self._places if place in missed]:
            return self._read_again(again)
        return bool(self.sweep().unread)

    def _read_again(self, places: Sequence[Place]) -> bool:
        swept = self._read(places, lambda ended, of: None).result()
        self._missed.keep(_unread(swept))
        return bool(swept.unread)

    def _close_gone_accounts(self, tally: Tally) -> None:
        accounts = self._accounts()
        if accounts is None:
            return
        for account in self._watched.gone(accounts):
            why = _ACCOUNT_GONE.format(account=account)
            tally.close(self._close(self._known.unresolved(account), why))
        self._watched.note(accounts, tally.accounts_read())

    def _read(self, places: Sequence[Place], progress: Progress) -> Tally:
        returned = self._watched.returned({place.account for place in places})
        tally = Tally(set(places), frozenset(returned))

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

    def _place(self, place: Place, tally: Tally) -> None:
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

    def _rule(self, place: Place, rule: str, arn: str, tally: Tally) -> set[FindingKey]:
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

    def _take(self, changes: Sequence[Change], tally: Tally) -> None:
        if changes:
            self._record(changes)
            tally.count(changes)

    def _compare(
        self,
        place: Place,
        rules: Collection[str],
        broken: Mapping[str, Collection[FindingKey]],
        tally: Tally,
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


def _unread(swept: Swept) -> frozenset[Place]:
    """Return where something could not be read, and leave a line in the log about each."""
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
    return frozenset(each.place for each in swept.unread)
