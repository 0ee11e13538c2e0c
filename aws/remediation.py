"""The remediation worker: claims approved findings, starts them, follows them, waits for Config.

Level-triggered: each round looks at the ledger and brings every finding one step further, so a
restart needs no memory. Claim, then act, then settle: no transaction is open during a call.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import compliance.finding as life
from aws.config_service import (
    KEYS_MAX,
    AwsBusyError,
    AwsForbiddenError,
    AwsRefusedError,
    ConfigService,
    Execution,
    ExecutionState,
    NotConfiguredError,
)
from aws.pauses import Pauses
from commands.desk import Desk
from compliance.authority import Verdict
from compliance.change import Compliance
from compliance.enforcement import enforce
from compliance.failures import (
    NOT_ALLOWED_TO_START,
    NOT_CONFIGURED,
    STILL_BROKEN,
    UNSEEN,
    explain,
)
from compliance.finding import Finding, IllegalMoveError, Move, State
from ledger.attempts import Attempt
from ledger.store import BOT

log = logging.getLogger(__name__)

#: A claim that was not followed by AWS's answer for so long belongs to a process that died.
_ABANDONED = timedelta(seconds=60)
#: A runbook that AWS Config does not report any more. Its own steps time out long before.
_LOST = timedelta(hours=6)
#: A database has a maintenance window every week, and the change takes its time in there.
_MAINTENANCE = timedelta(days=8)
#: InvocationTime is AWS's clock, the claim's is ours.
_CLOCK_SKEW = timedelta(minutes=2)

#: Whether those who decided about a finding may still; None when nobody can say just now.
Authorise = Callable[[Finding], Verdict | None]


@dataclass(frozen=True, slots=True)
class Remediator:
    """Brings findings from approved to waiting, and from waiting to not verified.

    Only AWS Config's own evaluation resolves a finding: that arrives as a change.
    """

    desk: Desk
    service: ConfigService
    authorise: Authorise
    window: timedelta
    pauses: Pauses = field(default_factory=Pauses)

    def round(self) -> None:
        """Do what can be done now for every finding with a remediation under way."""
        self._each(State.APPROVED, self._begin)
        self._each(State.RUNNING, self._follow)
        self._each(State.APPLIED, self._wait)
        self._each(State.WAITING, self._verify)

    def _each(self, state: State, work: Callable[[Sequence[Finding]], None]) -> None:
        for batch in _batches(self.desk.ledger.each([state])):
            key = batch[0].key
            if self.pauses.is_over((key.account, key.region), self.desk.now()):
                self._try(batch, work)

    def _try(self, batch: Sequence[Finding], work: Callable[[Sequence[Finding]], None]) -> None:
        place = batch[0].key.account, batch[0].key.region
        try:
            work(batch)
        except AwsBusyError as error:
            pause = self.pauses.lengthen(place, self.desk.now())
            told = {"finding": batch[0].id, "why": str(error), "seconds": pause.total_seconds()}
            log.warning("AWS is busy; trying again after a pause", extra=told)
        else:
            self.pauses.end(place)

    def _begin(self, batch: Sequence[Finding]) -> None:
        wanted = [finding for finding in batch if self._still_wanted(finding)]
        if not wanted:
            return
        first = wanted[0].key
        try:
            configured = self.service.configured(first.account, first.region, first.rule)
        except AwsRefusedError as error:
            self._fail_all(wanted, error)
            return
        if not configured:
            self._fail_all(wanted, NotConfiguredError("no remediation configuration"))
            return
        self._start([finding for finding in wanted if self._claim(finding)])

    def _still_wanted(self, finding: Finding) -> bool:
        """Check authority and allowlist again: both may have changed since the press."""
        allowlist, now = self.desk.allowlist.current, self.desk.now()
        if allowlist.covering(finding.key, now):
            self._move(finding, partial(enforce, allowlist=allowlist, now=now), "allowlist")
            return False
        verdict = self.authorise(finding)
        if verdict is None:
            return False
        if not verdict.allowed:
            note = f"Not started: {verdict.reason} Whoever may decide can press Remediate."
            self._move(finding, partial(life.fail, note=note, now=now), "authority withdrawn")
        return verdict.allowed

    def _claim(self, finding: Finding) -> bool:
        return self._move(finding, partial(life.start, now=self.desk.now()), "start")

    def _start(self, claimed: Sequence[Finding]) -> None:
        if not claimed:
            return
        by_key = {finding.key: finding for finding in claimed}
        try:
            refused = self.service.start(list(by_key))
        except AwsRefusedError as error:
            self._fail_all(claimed, error)
            return
        for key, why in refused.items():
            self._fail(by_key[key], explain(why, self.desk.rule(by_key[key])))
        self.desk.ledger.started(finding.id for finding in claimed if finding.key not in refused)

    def _follow(self, batch: Sequence[Finding]) -> None:
        try:
            executions = self.service.executions([finding.key for finding in batch])
        except AwsRefusedError as error:
            log.error(
                "a remediation cannot be followed",
                extra={"finding": batch[0].id, "problem": str(error)},
            )
            executions = {}
        for finding in batch:
            attempt = self.desk.ledger.last_attempt(finding.id)
            if attempt is not None:
                self._look_at(finding, attempt, executions.get(finding.key))

    def _look_at(self, finding: Finding, attempt: Attempt, reported: Execution | None) -> None:
        age = self._ago(attempt.claimed_at)
        execution = reported if reported and reported.invoked_at >= _earliest(attempt) else None
        if execution and execution.state is not ExecutionState.UNKNOWN:
            self._settle(finding, execution)
        elif execution is None and attempt.started_at is None and age > _ABANDONED:
            # The process died between its claim and AWS's answer, or AWS throttled. It is checked
            # again before it is started: whoever decided may have lost the right.
            self._move(finding, partial(life.release, now=self.desk.now()), "release")
        elif age > _LOST:
            self._fail(finding, explain("AWS Config lost track of the runbook.", None))

    def _settle(self, finding: Finding, execution: Execution) -> None:
        now = self.desk.now()
        if execution.state is ExecutionState.SUCCEEDED:
            self._move(finding, partial(life.apply, now=now), "applied")
        elif execution.state is ExecutionState.FAILED:
            step = f"Step {execution.step} of {execution.steps} ({execution.step_name}) failed. "
            told = explain(execution.message, self.desk.rule(finding))
            self._fail(finding, f"{step if execution.step else ''}{told}")
        elif execution.steps and (execution.step, execution.steps) != (finding.step, finding.steps):
            at = partial(
                life.progress,
                step=execution.step,
                steps=execution.steps,
                note=execution.step_name,
            )
            self._move(finding, at, "progress")

    def _wait(self, batch: Sequence[Finding]) -> None:
        rule, window = self.desk.rule(batch[0]), self.window
        note = "The change was applied. AWS Config has not evaluated the resource again yet."
        if rule and rule.remediation.in_maintenance_window:
            window = max(window, _MAINTENANCE)
            note = (
                "The change was ordered and waits for the resource's maintenance window. AWS "
                "Config evaluates it again after that."
            )
        now = self.desk.now()
        wait = partial(life.wait, until=now + window, note=note, now=now)
        for finding in batch:
            self._move(finding, wait, "wait")

    def _verify(self, batch: Sequence[Finding]) -> None:
        """At the end of the window ask AWS Config itself: its notification may have been lost."""
        for finding in batch:
            if finding.until is not None and finding.until <= self.desk.now():
                self._ask(finding)

    def _ask(self, finding: Finding) -> None:
        try:
            change = self.service.evaluation(finding.key)
        except AwsRefusedError as error:
            log.warning(
                "AWS Config could not be asked",
                extra={"finding": finding.id, "problem": str(error)},
            )
            change = None
        if change is not None:
            self.desk.ledger.record([change])
        if change is not None and change.compliance is not Compliance.NON_COMPLIANT:
            return
        note = STILL_BROKEN if change else UNSEEN
        give_up = partial(life.give_up_waiting, note=note, now=self.desk.now())
        self._move(finding, give_up, "not verified")

    def _fail_all(self, findings: Iterable[Finding], error: AwsRefusedError) -> None:
        for finding in findings:
            rule = self.desk.rule(finding)
            by_hand = rule.by_hand if rule else "see AWS Config's console."
            if isinstance(error, NotConfiguredError):
                note = NOT_CONFIGURED.format(by_hand=by_hand)
            elif isinstance(error, AwsForbiddenError):
                note = NOT_ALLOWED_TO_START.format(said=error)
            else:
                note = explain(str(error), rule)
            self._fail(finding, note)

    def _fail(self, finding: Finding, note: str) -> None:
        log.warning("remediation failed", extra={"finding": finding.id, "problem": note})
        self._move(finding, partial(life.fail, note=note, now=self.desk.now()), "failed")

    def _move(self, finding: Finding, move: Move, action: str) -> bool:
        """Apply *move*; False where the finding has gone elsewhere, which then stands."""
        try:
            self.desk.ledger.move(finding.id, move, actor=BOT, action=action)
        except IllegalMoveError:
            log.info("a finding moved on meanwhile", extra={"finding": finding.id, "move": action})
            return False
        return True

    def _ago(self, moment: datetime) -> timedelta:
        return self.desk.now() - moment


def _earliest(attempt: Attempt) -> datetime:
    """Return when AWS may have begun this attempt; what began nearer to the one before is that's.

    AWS can report the old execution for a while after it took the new one.
    """
    if attempt.before is None:
        return attempt.claimed_at - _CLOCK_SKEW
    return attempt.claimed_at - min(_CLOCK_SKEW, (attempt.claimed_at - attempt.before) / 2)


def _batches(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Group findings as AWS Config takes them: one rule of one account and Region, 100 at most."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = finding.key
        groups.setdefault((key.account, key.region, key.rule), []).append(finding)
    for group in groups.values():
        for start in range(0, len(group), KEYS_MAX):
            yield group[start : start + KEYS_MAX]
