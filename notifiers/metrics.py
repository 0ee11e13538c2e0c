"""How the bot speaks to Prometheus: what came in, how findings stand, and what chat shows."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from compliance.change import Change, ResourceFacts
from compliance.finding import UNDECIDED, State
from compliance.known_rules import KnownRules, OtherRules
from ledger.errors import LedgerUnavailableError
from ledger.messages import Messages
from ledger.reports import Count, Reports
from notifiers.patience import Patient
from notifiers.troubles import Troubles

#: A topic may carry anything, and Prometheus keeps every name that it was ever given.
_NAMES_MAX = 100
_OTHERS = "other"
#: A database that has not answered by then is away.
_PATIENCE_SECONDS = 3.0
#: What a finding in each state waits for.
_WANTS = dict.fromkeys(UNDECIDED, "a decision") | {
    State.APPROVAL_PENDING: "others to agree",
    State.APPROVED: "its start",
}


#: The ledger's method, as the intake calls it.
Record = Callable[[Sequence[Change], Sequence[ResourceFacts]], None]


class Retried(Protocol):
    """What is tried again where it failed; *retries* counts since the start."""

    @property
    def retries(self) -> int: ...


class Queue(Retried, Protocol):
    """How it stands with one queue."""

    @property
    def url(self) -> str: ...

    @property
    def problem(self) -> str: ...

    def waiting_seconds(self, now: float) -> float: ...


class Watched(Protocol):
    """The allowlist, as far as it is counted."""

    @property
    def current(self) -> Sized: ...

    def problem(self) -> str: ...


_Several = Callable[[], Sized]


class Metrics:
    """The registry behind ``/metrics``; findings and messages are counted when it is asked."""

    def __init__(
        self,
        reports: Reports,
        messages: Messages,
        troubles: Troubles,
        now: Callable[[], datetime],
        said: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.registry = CollectorRegistry()
        self._kinds, self._rules = _Names(), _Names()
        self.registry.register(_FromLedger(reports, messages, now))
        self.registry.register(_Channels(troubles))
        self.registry.register(_Said(said))
        self._now = now
        self._messages = Counter(
            "compliance_messages",
            "Messages taken from queues and topics, by what they were.",
            ["kind"],
            registry=self.registry,
        )

        self._changes = Counter(
            "compliance_other_rule_changes",
            "Changes that AWS Config reported of rules that the catalogue does not have.",
            ["rule"],
            registry=self.registry,
        )

    def count(self, kind: str) -> None:
        self._messages.labels(self._kinds.bounded(kind)).inc()

    def watch(self, queues: Sequence[Queue], aws: Retried) -> None:
        """Count also how it stands with *queues*, and the pauses that *aws* asked for."""
        self.registry.register(_Queues(queues, aws, self._now))

    def watch_allowlist(self, allowlist: Watched, odd: _Several, differences: _Several) -> None:
        """Count also how it stands with the allowlist, and with AWS's copies of what it says."""
        figures: Sequence[tuple[str, str, Callable[[], float]]] = (
            ("up", "Whether the allowlist can be read.", lambda: not allowlist.problem()),
            ("entries", "Entries of the version in force.", lambda: len(allowlist.current)),
            ("odd_entries", "Entries that do not do what they seem to.", lambda: len(odd())),
            ("aws_differences", "Differences to AWS's exceptions, as of the last night.",
             lambda: len(differences())),
        )  # fmt: skip
        for name, what, figure in figures:
            gauge = Gauge(f"compliance_allowlist_{name}", what, registry=self.registry)
            gauge.set_function(figure)

    def counting(self, record: Record, known_rules: KnownRules) -> Record:
        """Return *record* so that changes of rules outside the catalogue are counted by name.

        Where they are dropped they are counted together, so that they do not vanish in silence.
        """

        def recorded(changes: Sequence[Change], facts: Sequence[ResourceFacts]) -> None:
            record(changes, facts)
            for change in changes:
                if known_rules.is_other(change.key):
                    is_named = known_rules.others is not OtherRules.DROP
                    name = self._rules.bounded(change.key.rule) if is_named else _OTHERS
                    self._changes.labels(name).inc()

        return recorded


class _Names:
    """The names that Prometheus was given, so that there are not too many of them."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def bounded(self, name: str) -> str:
        if len(self._given) < _NAMES_MAX:
            self._given.add(name)
        return name if name in self._given else _OTHERS


class _FromLedger(Collector):
    """What the ledger says; while it is away, that it is, and everything else is still answered."""

    def __init__(self, reports: Reports, messages: Messages, now: Callable[[], datetime]) -> None:
        self._reports = reports
        self._messages = messages
        self._now = now
        self._ask = Patient(self._metrics, _PATIENCE_SECONDS)

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        metrics: Sequence[Metric] = ()
        # Away, or it hangs: either way everything else is answered.
        with suppress(LedgerUnavailableError, TimeoutError):
            metrics = self._ask()
        yield GaugeMetricFamily(
            "compliance_ledger_up", "Whether the ledger can be read.", value=bool(metrics)
        )
        yield from metrics

    def _metrics(self) -> Sequence[Metric]:
        counts = self._reports.counts()
        return [_findings(counts), _waiting(counts), *self._stale()]

    def _stale(self) -> Iterator[Metric]:
        number, since = self._messages.how_stale()
        yield GaugeMetricFamily(
            "compliance_stale_findings", "Findings that chat does not show as they are.", number
        )
        yield GaugeMetricFamily(
            "compliance_stale_seconds",
            "How long the oldest of them has been so.",
            (self._now() - since).total_seconds() if since else 0,
        )


def _findings(counts: Iterable[Count]) -> Metric:
    family = GaugeMetricFamily(
        "compliance_findings", "Findings by team and state.", labels=["team", "state"]
    )
    tally: Tally[tuple[str, str]] = Tally()
    for count in counts:
        tally[count.team, count.state.value] += count.number
    for labels, number in sorted(tally.items()):
        family.add_metric(labels, number)
    return family


def _waiting(counts: Iterable[Count]) -> Metric:
    family = GaugeMetricFamily(
        "compliance_decisions_waiting",
        "Findings that wait for a decision, for others to agree, or to be started.",
        labels=["wants"],
    )
    tally: Tally[str] = Tally()
    for count in counts:
        if wanted := _WANTS.get(count.state):
            tally[wanted] += count.number
    for wants in dict.fromkeys(_WANTS.values()):
        family.add_metric([wants], tally[wants])
    return family


class _Queues(Collector):
    """How far behind the bot is, as its workers find it: nothing is asked of AWS for it."""

    def __init__(self, queues: Sequence[Queue], aws: Retried, now: Callable[[], datetime]) -> None:
        self._queues = queues
        self._aws = aws
        self._now = now

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "compliance_queue_age_seconds",
            "Age of the oldest message that was received and is not recorded yet.",
            labels=["queue"],
        )
        up = GaugeMetricFamily(
            "compliance_queue_up", "Whether the queue can be read.", labels=["queue"]
        )
        retries = CounterMetricFamily(
            "compliance_retries", "What failed and is tried again.", labels=["what"]
        )
        for queue in self._queues:
            age.add_metric([queue.url], queue.waiting_seconds(self._now().timestamp()))
            up.add_metric([queue.url], not queue.problem)
        retries.add_metric(["batch of messages"], sum(queue.retries for queue in self._queues))
        retries.add_metric(["account"], self._aws.retries)
        yield from (age, up, retries)


class _Said(Collector):
    """What people were told beside their cards: calls, news, reminders, escalations, letters."""

    def __init__(self, said: Callable[[], Mapping[str, int]]) -> None:
        self._said = said

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "compliance_notes",
            "What people were told in threads and directly since the start, by what it was for.",
            labels=["kind"],
        )
        for kind, number in sorted(self._said().items()):
            family.add_metric([kind], number)
        yield family


class _Channels(Collector):
    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        refusals = CounterMetricFamily(
            "compliance_chat_refusals",
            "Messages that a channel refused, by the reason.",
            labels=["channel", "problem"],
        )
        for (channel, problem), number in sorted(self._troubles.refusals().items()):
            refusals.add_metric([str(channel), problem], number)
        closed = GaugeMetricFamily(
            "compliance_channel_refuses",
            "Channels that take no messages now, by the reason.",
            labels=["channel", "problem"],
        )
        for channel, problem in sorted(self._troubles.problems().items()):
            closed.add_metric([str(channel), problem], 1)
        busy = CounterMetricFamily("compliance_chat_retries", "Messages that chat put off.")
        busy.add_metric([], self._troubles.retries)
        yield from (refusals, closed, busy)
