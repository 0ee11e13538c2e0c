"""What AWS reports: by queues that are read, and by HTTPS deliveries that are taken."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.routing import Route

from aws import sns
from aws.queue import Count, Intake, Polling, Record, read_all
from aws.standing import Standing


class Listening:
    """Everything that brings AWS Config's notifications to *record*."""

    def __init__(
        self,
        queue_urls: Sequence[str],
        polling: Polling,
        topics: Sequence[str],
        record: Record,
        count: Count,
        now: Callable[[], datetime],
    ) -> None:
        confirm = sns.expecting(topics)
        self._intakes = [Intake(url, polling, record, confirm, count) for url in queue_urls]
        self.route: Route = sns.route(sns.Verifier(topics, now), record, count)

    def problem(self) -> str:
        """Say why a queue cannot be read, empty when all can."""
        return "; ".join(filter(None, (each.problem for each in self.standings)))

    @property
    def standings(self) -> list[Standing]:
        """How it stands with each queue."""
        return [intake.standing for intake in self._intakes]

    def read(self, stop: threading.Event) -> bool:
        """Read the queues until *stop*; False when that ended by a defect of ours."""
        return read_all(self._intakes, stop)
