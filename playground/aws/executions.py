"""One run of a runbook on one resource, moved on a step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from playground.aws.pace import Pace, Stamps, StepFailure
from playground.aws.records import ResourceKey
from playground.aws.runbooks import Connect, Step, StepFailedError


@dataclass(slots=True)
class StepState:
    name: str
    state: str = "PENDING"
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    error: str | None = None

    def details(self) -> dict[str, Any]:
        details = {
            "Name": self.name,
            "State": self.state,
            "ErrorMessage": self.error,
            "StartTime": self.started_at,
            "StopTime": self.stopped_at,
        }
        return {name: value for name, value in details.items() if value is not None}


@dataclass(slots=True)
class Execution:
    """*due* is when the next move may happen; *failure* is what a test wants to go wrong."""

    key: ResourceKey
    runbook: tuple[Step, ...]
    parameters: Mapping[str, str]
    failure: StepFailure | None
    invoked_at: datetime
    due: datetime
    updated_at: datetime
    state: str = "QUEUED"
    steps: list[StepState] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = [StepState(step.name) for step in self.runbook]

    @property
    def ended(self) -> bool:
        return self.state in ("SUCCEEDED", "FAILED")

    def advance(self, stamp: Stamps, pace: Pace, connect: Connect) -> None:
        """Make at most one move, if one is due."""
        if self.ended or stamp.clock() < self.due:
            return
        now = self.updated_at = stamp()
        self.due = stamp.clock() + pace.step
        if self.state == "QUEUED":
            self.state = "IN_PROGRESS"
            self._begin(0, now)
            return
        current = next(i for i, step in enumerate(self.steps) if step.state == "IN_PROGRESS")
        self.steps[current].error = self._run(current, connect)
        self._finish(current, now)

    def status(self) -> dict[str, Any]:
        return {
            "ResourceKey": {
                "resourceType": self.key.resource_type,
                "resourceId": self.key.resource_id,
            },
            "State": self.state,
            "StepDetails": [step.details() for step in self.steps],
            "InvocationTime": self.invoked_at,
            "LastUpdatedTime": self.updated_at,
        }

    def _begin(self, index: int, now: datetime) -> None:
        self.steps[index].state = "IN_PROGRESS"
        self.steps[index].started_at = now

    def _run(self, index: int, connect: Connect) -> str | None:
        if self.failure is not None and self.failure.step == index + 1:
            return self.failure.message
        try:
            self.runbook[index].run(connect, self.parameters)
        except (ClientError, BotoCoreError, StepFailedError) as error:
            return str(error)
        return None

    def _finish(self, index: int, now: datetime) -> None:
        step = self.steps[index]
        step.stopped_at = now
        step.state = "FAILED" if step.error else "SUCCEEDED"
        if step.error:
            self.state = "FAILED"
        elif index + 1 == len(self.steps):
            self.state = "SUCCEEDED"
        else:
            self._begin(index + 1, now)
