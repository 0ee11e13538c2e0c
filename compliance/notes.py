"""What a card's thread is to say next: what has happened since, whom it needs, when to look. Pure.

A thread is looked at, not written to: what it says follows from the audit log since it last said
something and from how its findings stand now. So nothing that is over calls anybody, a finding
that goes back and forth makes one note, and a crash loses none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from compliance.attention import Waiting, waiting_for
from compliance.ending import is_waited_for, ways_out
from compliance.finding import Finding
from compliance.happened import Event, Kind, Said
from compliance.hours import Patience
from compliance.press import Press
from compliance.prose import Prose
from compliance.request import Verb
from compliance.routing import Teams
from compliance.rules import Severity
from compliance.said import collapsed, of_group, of_one, reminding, still_calls

#: A message of several findings says something once a minute at most.
GROUP_APART = timedelta(minutes=1)
#: What goes back and forth is said once an hour after it was said that it does.
FLAP_APART = timedelta(hours=1)
#: Where more threads of a channel have something to say than this, news is left to the cards.
_BACKLOG = 30
#: Of what nobody asked about, a channel is reminded of so many at once, and of the next later.
_REMINDERS_MAX = 5
_LATER = timedelta(minutes=15)
#: More changes than this within an hour is back and forth.
_FLAPS = 2
#: Nobody has rated the rule, or rated it so: these are reminded of although nobody asked.
_REMINDED = frozenset({Severity.CRITICAL, Severity.HIGH})
#: What calls for a decision.
_CALLS = frozenset({Kind.FAILED, Kind.NOT_FIXED, Kind.REOPENED, Kind.ASKED, Kind.WOKE, Kind.ENDING})


@dataclass(frozen=True, slots=True)
class Memory:
    """What a thread has said: *reminded* times since *needed_since*, the last *reminded_at*.

    *flips* are when it was said, within an hour, that its finding was resolved or came back.
    """

    needed_since: datetime | None = None
    reminded: int = 0
    reminded_at: datetime | None = None
    said_at: datetime | None = None
    flips: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """The findings of a card as they are, and the *events* that its thread has not said.

    Of very many findings only those are here that something happened to or that wait.
    """

    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    memory: Memory
    is_group: bool = False
    #: So many other threads of the channel are due as well.
    waiting_beside: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What is said; *users* and *groups* are who is needed, none where it is news.

    *presses* are what they can do about it at once.
    """

    text: Prose
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    urgent: bool = False
    is_reminder: bool = False
    presses: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about a thread now, and when it is looked at again, None for not at all.

    *expired* are requests that nobody answered in time, by finding; *woke* are findings whose
    snooze is over. *escalate* says that the escalation channel is told.
    """

    note: Note | None
    memory: Memory
    look_at: datetime | None
    is_said: bool = True
    expired: tuple[tuple[str, Verb], ...] = ()
    woke: tuple[str, ...] = ()
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What threads say, by what has been configured; *severity* rates the rule of a finding."""

    teams: Teams
    patience: Patience
    severity: Callable[[Finding], Severity | None]

    def plan(self, thread: Thread, now: datetime) -> Plan:
        if (until := self._silent_until(thread)) is not None and until > now:
            return Plan(None, thread.memory, until, is_said=False)
        expired = tuple(self._expired(thread.findings, now))
        woke = tuple(each.id for each in thread.findings if _is_over(each, now))
        if expired or woke:
            # They move the finding, and what moved is looked at again.
            return Plan(None, thread.memory, now, is_said=False, expired=expired, woke=woke)
        memory = self._needed(thread)
        note = self._news(thread)
        if note is not None:
            flips = self._flips(thread, memory, now)
            memory = replace(memory, said_at=now, flips=flips)
            return Plan(note, memory, self._look_at(thread.findings, memory, now))
        return self._reminder(thread, memory, now)

    def waiting(self, finding: Finding) -> Waiting | None:
        return waiting_for(finding, self.teams[finding.team], self.teams, self.patience.lifetime)

    def _silent_until(self, thread: Thread) -> datetime | None:
        """Return until when the thread says nothing, whatever has happened."""
        memory = thread.memory
        if not thread.events:
            return None
        if thread.is_group and memory.said_at:
            return memory.said_at + GROUP_APART
        only_flips = all(each.is_evaluation for each in thread.events)
        if only_flips and len(memory.flips) >= _FLAPS:
            return memory.flips[-1] + FLAP_APART
        return None

    def _flips(self, thread: Thread, memory: Memory, now: datetime) -> tuple[datetime, ...]:
        recent = tuple(each for each in memory.flips if each > now - FLAP_APART)
        flipped = any(each.is_flip for each in thread.events)
        return (*recent, now) if flipped and not thread.is_group else recent

    def _needed(self, thread: Thread) -> Memory:
        """Return the memory for what waits now: another wait begins without reminders."""
        waits = [wait for each in thread.findings if (wait := self._reminded(each))]
        since = min((each.since for each in waits), default=None)
        if since == thread.memory.needed_since:
            return thread.memory
        return replace(thread.memory, needed_since=since, reminded=0, reminded_at=None)

    def _reminded(self, finding: Finding) -> Waiting | None:
        """Return what people are reminded of: requests, and what is grave and nobody is on."""
        team = self.teams[finding.team]
        wait = self.waiting(finding)
        if wait is None or not team.notify.reminds:
            return None
        if any(not each.is_agreed for each in finding.requests):
            return wait
        # Of an exception's end people are warned on its days, and are not reminded of that.
        if finding.care.claim or finding.care.snooze or is_waited_for(finding):
            return None
        reminded = _REMINDED | team.notify.in_channel
        return wait if self.severity(finding) in reminded else None

    def _expired(self, findings: Iterable[Finding], now: datetime) -> Iterable[tuple[str, Verb]]:
        for finding in findings:
            for request in finding.requests:
                if not request.is_agreed and request.asked_at + self.patience.lifetime <= now:
                    yield finding.id, request.verb

    def _news(self, thread: Thread) -> Note | None:
        """Return what has happened, None where it is nothing that people have to know."""
        by_id = {each.id: each for each in thread.findings}
        said = _said(thread.events, by_id)
        if not said:
            return None
        text = of_group(said) if thread.is_group else of_one(next(iter(said.values())))
        callers = [
            by_id[key] for key, each in said.items() if any(_calls(one, by_id[key]) for one in each)
        ]
        kinds = frozenset(one.kind for one in chain.from_iterable(said.values()))
        ending = [by_id[key] for key, each in said.items() if each[-1].kind is Kind.ENDING]
        note = self._calling(text, callers, kinds)
        if len(ending) == 1:
            note = replace(note, presses=ways_out(ending[0]))
        is_news = not note.users and not note.groups
        return None if is_news and thread.waiting_beside > _BACKLOG else note

    def _calling(self, text: Prose, findings: Sequence[Finding], kinds: frozenset[Kind]) -> Note:
        waits = [(each, wait) for each in findings if (wait := self.waiting(each))]
        waits = [(each, wait) for each, wait in waits if self.teams[each.team].notify.mentions]
        if not waits:
            return Note(text)
        users = tuple(dict.fromkeys(chain.from_iterable(wait.users for _, wait in waits)))
        groups = tuple(dict.fromkeys(chain.from_iterable(wait.groups for _, wait in waits)))
        urgent = Kind.FAILED in kinds or any(self._is_urgent(each, kinds) for each, _ in waits)
        return Note(text, users, groups, urgent)

    def _is_urgent(self, finding: Finding, kinds: frozenset[Kind]) -> bool:
        severity = self.severity(finding)
        if severity in self.teams[finding.team].notify.in_channel:
            return True
        return Kind.REOPENED in kinds and severity is Severity.CRITICAL

    def _reminder(self, thread: Thread, memory: Memory, now: datetime) -> Plan:
        waits = [(each, wait) for each in thread.findings if (wait := self._reminded(each))]
        due = self._reminder_due(memory)
        if not waits or due is None or due > now:
            return Plan(None, memory, self._look_at(thread.findings, memory, now))
        if thread.waiting_beside > _REMINDERS_MAX and not any(each.requests for each, _ in waits):
            return Plan(None, memory, now + _LATER)
        escalate = self.patience.is_escalation(memory.reminded)
        made = replace(memory, reminded=memory.reminded + 1, reminded_at=now, said_at=now)
        text = reminding(waits, escalate)
        note = replace(
            self._calling(text, [each for each, _ in waits], frozenset()), is_reminder=True
        )
        note = replace(note, urgent=note.urgent or escalate)
        look_at = self._look_at(thread.findings, made, now)
        return Plan(note, made, look_at, escalate=escalate)

    def _reminder_due(self, memory: Memory) -> datetime | None:
        last = memory.reminded_at or memory.needed_since
        return self.patience.next_reminder(last, memory.reminded) if last else None

    def _look_at(
        self, findings: Iterable[Finding], memory: Memory, now: datetime
    ) -> datetime | None:
        """Return when something becomes due by itself: a reminder, an expiry, a snooze's end."""
        ends = [
            request.asked_at + self.patience.lifetime
            for each in findings
            for request in each.requests
            if not request.is_agreed
        ]
        ends += [each.care.snooze.until for each in findings if each.care.snooze]
        due = self._reminder_due(memory)
        return min((*ends, *([due] if due else [])), default=None)


def _is_over(finding: Finding, now: datetime) -> bool:
    return finding.care.snooze is not None and finding.care.snooze.until <= now


def _said(events: Iterable[Event], by_id: Mapping[str, Finding]) -> dict[str, tuple[Said, ...]]:
    """Return what is said of each finding, without those of which nothing is."""
    about: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        about[event.finding].append(event)
    said = {key: tuple(collapsed(each, by_id[key])) for key, each in about.items() if key in by_id}
    return {key: each for key, each in said.items() if each}


def _calls(said: Said, finding: Finding) -> bool:
    return said.kind in _CALLS and still_calls(said, finding)
