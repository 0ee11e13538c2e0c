"""AWS Config's recorder, evaluations and remediations, in every account and Region."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import RLock
from typing import Any

from moto.config.models import ConfigRule, config_backends
from moto.rds.models import rds_backends

from playground.aws import messages, patches, resources
from playground.aws.clients import Clients
from playground.aws.evaluators import EVALUATORS
from playground.aws.executions import Execution
from playground.aws.pace import Faults, Pace, Stamps
from playground.aws.records import (
    Item,
    Place,
    Recorded,
    RemediationException,
    ResourceKey,
    Result,
)
from playground.aws.runbooks import ASSUME_ROLE

#: How many configurations of a resource are kept: enough for a history, not for a leak.
HISTORY_MAX = 20


@dataclass(slots=True)
class RuleActivity:
    """When a rule was last asked for and last looked at."""

    activated_at: datetime
    asked_at: datetime | None = None
    evaluated_at: datetime | None = None


@dataclass(slots=True)
class PlaceState:
    """What AWS Config knows in one Region of one account."""

    history: dict[ResourceKey, list[Recorded]] = field(default_factory=dict)
    due: dict[ResourceKey, datetime] = field(default_factory=dict)
    windows: dict[str, datetime] = field(default_factory=dict)
    results: dict[tuple[str, ResourceKey], Result] = field(default_factory=dict)
    remediations: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    executions: dict[tuple[str, ResourceKey], Execution] = field(default_factory=dict)
    exceptions: dict[tuple[str, ResourceKey], RemediationException] = field(default_factory=dict)
    activity: dict[str, RuleActivity] = field(default_factory=dict)
    #: How often each recorder records which types, by the recorder's name.
    recording_modes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Rules to evaluate at the next tick; True where somebody asked for it.
    waiting: dict[str, bool] = field(default_factory=dict)

    def is_non_compliant(self, rule: str, key: ResourceKey) -> bool:
        result = self.results.get((rule, key))
        return result is not None and result.compliance == "NON_COMPLIANT"

    def forget_rule(self, rule: str) -> None:
        self.activity.pop(rule, None)
        self.waiting.pop(rule, None)
        tables: tuple[dict[tuple[str, ResourceKey], Any], ...] = (
            self.results,
            self.executions,
            self.exceptions,
        )
        for table in tables:
            for key in [key for key in table if key[0] == rule]:
                del table[key]


class ConfigService:
    """Moves only in ``tick``; ``lock`` guards its state against requests."""

    def __init__(self, stamp: Stamps, pace: Pace, faults: Faults, clients: Clients) -> None:
        self.stamp = stamp
        self.clock = stamp.clock
        self.pace = pace
        self.faults = faults
        self.lock = RLock()
        self._clients = clients
        self._states: defaultdict[Place, PlaceState] = defaultdict(PlaceState)
        self._outbox: list[messages.Notification] = []

    def state(self, place: Place) -> PlaceState:
        return self._states[place]

    def rules(self, place: Place) -> Mapping[str, ConfigRule]:
        rules: Mapping[str, ConfigRule] = config_backends[place.account][place.region].config_rules
        return rules

    def tick(self) -> list[messages.Notification]:
        """Do what is due everywhere; return what is to be published, in order."""
        with self.lock:
            for place in _places():
                self._advance_executions(place)
                self._open_windows(place)
                if _is_recording(place):
                    self._record(place)
                    self._evaluate_waiting(place)
            sent, self._outbox = self._outbox, []
            return sent

    def _advance_executions(self, place: Place) -> None:
        for execution in list(self.state(place).executions.values()):
            role_arn = execution.parameters[ASSUME_ROLE]
            connect = partial(self._connect, role_arn, place.region)
            execution.advance(self.stamp, self.pace, connect)

    def _connect(self, role_arn: str, region: str, service: str) -> Any:
        return self._clients.of(role_arn, service, region)

    def _open_windows(self, place: Place) -> None:
        windows = self.state(place).windows
        for database in list(rds_backends[place.account][place.region].databases.values()):
            if not database.pending_modified_values:  # type: ignore[attr-defined]
                windows.pop(database.dbi_resource_id, None)
                continue
            now = self.clock()
            opens_at = windows.setdefault(database.dbi_resource_id, now + self.pace.maintenance)
            if opens_at <= now:
                patches.open_maintenance_window(database)

    def _record(self, place: Place) -> None:
        """Record what changed long enough ago, and evaluate it."""
        state, seen = self.state(place), resources.read(place)
        for key in [*seen, *(key for key in state.history if key not in seen)]:
            if self._latest_live(state, key) == seen.get(key) or self.faults.is_missed(place, key):
                state.due.pop(key, None)
                continue
            now = self.clock()
            if state.due.setdefault(key, now + self.pace.evaluation) <= now:
                del state.due[key]
                self._record_change(place, key, seen.get(key))

    @staticmethod
    def _latest_live(state: PlaceState, key: ResourceKey) -> Item | None:
        latest = state.history[key][-1] if key in state.history else None
        return None if latest is None or latest.deleted else latest.item

    def _record_change(self, place: Place, key: ResourceKey, item: Item | None) -> None:
        state = self.state(place)
        previous = self._latest_live(state, key)
        if item is None:
            recorded = Recorded(state.history[key][-1].item, "ResourceDeleted", self.stamp())
        else:
            recorded = Recorded(item, "OK" if previous else "ResourceDiscovered", self.stamp())
        history = state.history.setdefault(key, [])
        history.append(recorded)
        del history[:-HISTORY_MAX]
        self._outbox.append(messages.item_change(recorded, previous, self.stamp()))
        for rule in list(self.rules(place).values()):
            self._evaluate(place, rule, recorded)

    def _evaluate_waiting(self, place: Place) -> None:
        state, rules = self.state(place), self.rules(place)
        waiting, state.waiting = state.waiting, {}
        asked = [name for name, is_asked in waiting.items() if is_asked]
        if asked:
            self._outbox.append(messages.evaluation_started(place, asked, self.stamp()))
        for name in waiting:
            for history in list(state.history.values()):
                if name in rules and not history[-1].deleted:
                    self._evaluate(place, rules[name], history[-1])

    def _evaluate(self, place: Place, rule: ConfigRule, recorded: Recorded) -> None:
        state, key = self.state(place), recorded.item.key
        evaluator = EVALUATORS.get(rule.source.source_identifier)
        if evaluator is None or evaluator.resource_type != key.resource_type:
            return
        name = str(rule.config_rule_name)
        invoked_at = self.stamp()
        state.activity[name].evaluated_at = invoked_at
        if recorded.deleted or not _is_in_scope(rule, recorded.item):
            compliance = "NOT_APPLICABLE"
        else:
            compliance = evaluator.judge(recorded.item, rule.input_parameters_dict)
        old = state.results.get((name, key))
        if old is None and compliance == "NOT_APPLICABLE":
            return
        new = Result(name, key, compliance, recorded.captured_at, invoked_at, self.stamp())
        state.results[name, key] = new
        if recorded.deleted:
            del state.results[name, key]
            state.exceptions.pop((name, key), None)
        if old is None or old.compliance != compliance:
            self._outbox.append(
                messages.compliance_change(place, rule.config_rule_arn, new, old, self.stamp())
            )


def _places() -> Iterator[Place]:
    for account, backends in list(config_backends.items()):
        for region, backend in list(backends.items()):
            if backend.recorders or backend.config_rules:
                yield Place(account, region)


def _is_recording(place: Place) -> bool:
    recorders = list(config_backends[place.account][place.region].recorders.values())
    for recorder in recorders:
        if recorder.status.recording:
            recorder.status.last_status = "SUCCESS"  # moto leaves it PENDING for ever
    return any(recorder.status.recording for recorder in recorders)


def _is_in_scope(rule: ConfigRule, item: Item) -> bool:
    scope = rule.scope
    if scope is None:
        return True
    if scope.tags:
        return any(
            name in item.tags and value in (None, item.tags[str(name)])
            for name, value in scope.tags.items()
        )
    types = scope.compliance_resource_types
    named = scope.compliance_resource_id
    return (not types or item.key.resource_type in types) and named in (
        None,
        item.key.resource_id,
    )
