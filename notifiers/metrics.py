"""How the bot speaks to Prometheus: what came in, and how findings stand."""

from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ledger.reports import Reports

#: A topic may carry anything, and Prometheus keeps every name that it was ever told.
_KINDS_MAX = 100


class Metrics:
    """The registry behind ``/metrics``; findings are counted when they are asked for."""

    def __init__(self, reports: Reports) -> None:
        self.registry = CollectorRegistry()
        self._kinds: set[str] = set()
        self.registry.register(_Findings(reports))
        self._messages = Counter(
            "compliance_messages",
            "Messages taken from queues and topics, by what they were.",
            ["kind"],
            registry=self.registry,
        )

    def count(self, kind: str) -> None:
        if len(self._kinds) < _KINDS_MAX:
            self._kinds.add(kind)
        self._messages.labels(kind if kind in self._kinds else "other").inc()


class _Findings(Collector):
    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "compliance_findings", "Findings by team and state.", labels=["team", "state"]
        )
        tally: Tally[tuple[str, str]] = Tally()
        for count in self._reports.counts():
            tally[count.team, count.state.value] += count.number
        for labels, number in sorted(tally.items()):
            family.add_metric(labels, number)
        yield family
