"""The remediation worker: claims approved findings, starts them, follows them, waits for Config.

Level-triggered: each round looks at the ledger and brings every finding one step further, so a
restart needs no memory. Accounts and Regions are worked on side by side. Claim, then act, then
write down what came of it: no transaction is open during a call.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aws.clients import LONGEST_CALL
from aws.config_service import (
    KEYS_MAX,
    AwsBusyError,
    AwsRefusedError,
    ConfigService,
    Execution,
    ExecutionState,
)
from aws.moves import Authorise, Moves, TimedMove
from aws.pauses import Pauses
from aws.rhythm import Rhythm
from aws.starting import CLOCK_SKEW, Starting
from aws.tasks import Place, Tasks
from commands.context import Context
from compliance import life
from compliance.change import Change, Compliance, FindingKey
from compliance.failures import NOT_SINCE, STILL_BROKEN, UNSEEN, explain
from compliance.finding import IN_PROGRESS, Finding, State
from ledger.attempts import Attempt

log = logging.getLogger(__name__)

#: A claim without AWS's answer is settled after so long: no call of its worker can still be on its
#: way, and AWS has had time to report what it took.
IN_DOUBT = LONGEST_CALL + timedelta(seconds=25)
#: A runbook that AWS Config does not report any more. Its own steps time out long before.
_LOST = timedelta(hours=6)
#: A database has a maintenance window every week, and the change takes its time in there.
_MAINTENANCE = timedelta(days=8)
#: From one decision's execution to the next decision it takes longer than that.
_NEAR = timedelta(seconds=10)
#: So many calls of one account and Region may be in vain before it is left alone for a while.
_VAIN_MAX = 3


@dataclass(frozen=True, slots=True)
class Remediator:
    """Brings findings from approved to waiting, and from waiting to not verified.

    Only AWS Config's own evaluation resolves a finding: that arrives as a change.
    """

    context: Context
    service: ConfigService
    authorise: Authorise
    window: timedelta
    tasks: Tasks = field(default_factory=partial(Tasks, 8))
    pauses: Pauses = field(default_factory=Pauses)

    def round(self) -> None:
        """Do what can be done now for every finding with a remediation under way."""
        now, busy = self.context.now(), self.tasks.busy()
        places: defaultdict[Place, list[Finding]] = defaultdict(list)
        for finding in self.context.ledger.each(IN_PROGRESS):
            place = Place(finding.key.account, finding.key.region)
            if place not in busy and _is_due(finding, now) and self.pauses.is_over(place, now):
                places[place].append(finding)
        self.tasks.run(
            {place: partial(self._work, place, findings) for place, findings in places.items()}
        )

    def _work(self, place: Place, findings: Sequence[Finding]) -> None:
        """Bring the findings of one place on, each through as many states as it can go."""
        moves = Moves(self.context, self.authorise)
        following = _Following(moves, self.service, self.window)
        of_state: defaultdict[State, list[Finding]] = defaultdict(list)
        for finding in findings:
            of_state[finding.state].append(finding)
        vain: list[AwsBusyError] = []
        for state, step, then in (
            (State.APPROVED, Starting(moves, self.service).begin, State.RUNNING),
            (State.RUNNING, following.follow, State.APPLIED),
            (State.APPLIED, following.wait, State.WAITING),
            (State.WAITING, following.verify, State.RESOLVED),
        ):
            for batch in _batches(of_state[state]):
                of_state[then] += self._try(batch, step, vain)
        self._pause(place, vain)

    def _try(
        self,
        batch: Sequence[Finding],
        step: Callable[[Sequence[Finding]], list[Finding]],
        vain: list[AwsBusyError],
    ) -> list[Finding]:
        """Take one step with one rule's findings; the others go on where AWS cannot be asked."""
        if len(vain) >= _VAIN_MAX:
            return []
        try:
            return step(batch)
        except AwsBusyError as error:
            log.info("AWS is busy", extra={"finding": batch[0].id, "why": str(error)})
            vain.append(error)
            return []

    def _pause(self, place: Place, vain: Sequence[AwsBusyError]) -> None:
        if not vain:
            self.pauses.end(place)
            return
        pause = self.pauses.lengthen(place, self.context.now())
        log.warning(
            "AWS is busy; trying again after a pause",
            extra={
                "account": place.account,
                "region": place.region,
                "why": str(vain[-1]),
                "seconds": pause.total_seconds(),
            },
        )


@dataclass(frozen=True, slots=True)
class _Following:
    """Brings the findings of one account, Region and rule on from running."""

    moves: Moves
    service: ConfigService
    window: timedelta

    def follow(self, batch: Sequence[Finding]) -> list[Finding]:
        """Look how far the runbooks are; return those that are applied."""
        try:
            executions = self.service.executions([finding.aws_key for finding in batch])
        except AwsRefusedError as error:
            log.error(
                "a remediation cannot be followed",
                extra={"finding": batch[0].id, "problem": str(error)},
            )
            executions = None
        applied = []
        for finding in batch:
            attempt = self.moves.context.ledger.last_attempt(finding.id)
            if attempt is not None:
                moved = self._look_at(finding, attempt, executions)
                applied += [moved] if moved and moved.state is State.APPLIED else []
        return applied

    def _look_at(
        self,
        finding: Finding,
        attempt: Attempt,
        executions: Mapping[FindingKey, Execution] | None,
    ) -> Finding | None:
        reported = (executions or {}).get(finding.aws_key)
        age = self.moves.context.now() - attempt.claimed_at
        if reported and _is_of(finding, attempt, reported, age):
            if attempt.started_at is None:
                # The answer to the start was lost, and AWS took it.
                self.moves.context.ledger.started([finding.id])
            if reported.state is not ExecutionState.UNKNOWN:
                return self._report(finding, reported)
        elif executions is not None and _was_not_taken(attempt, reported, age):
            # It is checked again before it is started: who decided may have lost the right.
            return self.moves.apply(finding, life.release, "release")
        if age > _LOST:
            self.moves.fail(finding, explain("AWS Config lost track of the runbook.", None), "lost")
        return None

    def _report(self, finding: Finding, execution: Execution) -> Finding | None:
        """Write down what AWS says of the finding's own execution."""
        if execution.state is ExecutionState.SUCCEEDED:
            return self.moves.apply(finding, life.apply, "applied")
        if execution.state is ExecutionState.FAILED:
            where = f"Step {execution.step} of {execution.steps} ({execution.step_name}) failed. "
            cause = explain(execution.message, self.moves.context.rule(finding))
            self.moves.fail(finding, f"{where if execution.step else ''}{cause}", "failed")
        elif execution.steps and (execution.step, execution.steps) != (finding.step, finding.steps):
            self.moves.apply(finding, partial(_progress, execution), "progress")
        return None

    def wait(self, batch: Sequence[Finding]) -> list[Finding]:
        rule, rhythm = self.moves.context.rule(batch[0]), self._rhythm(batch[0])
        window, note = self.window + rhythm.within, rhythm.why
        if rule.remediation and rule.remediation.in_maintenance_window:
            window = max(window, _MAINTENANCE)
            note = "The change waits for the resource's maintenance window."
        wait = partial(life.wait, until=self.moves.context.now() + window, note=note)
        moved = (self.moves.apply(finding, wait, "wait") for finding in batch)
        return [finding for finding in moved if finding is not None]

    def _rhythm(self, finding: Finding) -> Rhythm:
        """Return how soon AWS Config looks again; where the bot may not ask, at once."""
        try:
            return self.service.rhythm(finding.aws_key)
        except AwsRefusedError as error:
            extra = {"finding": finding.id, "problem": str(error)}
            log.warning("AWS Config does not say how often it looks", extra=extra)
            return Rhythm()

    def verify(self, batch: Sequence[Finding]) -> list[Finding]:
        """At the end of the window ask AWS Config itself: its notification may have been lost."""
        for finding in batch:
            if finding.until is not None and finding.until <= self.moves.context.now():
                self._ask(finding)
        return []

    def _ask(self, finding: Finding) -> None:
        try:
            change = self.service.evaluation(finding.aws_key)
        except AwsRefusedError as error:
            log.warning(
                "AWS Config could not be asked",
                extra={"finding": finding.id, "problem": str(error)},
            )
            change = None
        if change is not None:
            self.moves.context.ledger.record([change])
        self.moves.apply(finding, _conclusion(finding, change), "not verified")


def _conclusion(finding: Finding, change: Change | None) -> TimedMove:
    """Return what becomes of a finding whose window is over, by AWS Config's own evaluation.

    What came as news has resolved it already. An evaluation from before the end of the runbook is
    no verdict on it.
    """
    if change is None:
        return partial(life.give_up_waiting, note=UNSEEN)
    if change.compliance is not Compliance.NON_COMPLIANT:
        return life.accept
    is_older = change.evaluated_at < finding.changed_at
    return partial(life.give_up_waiting, note=NOT_SINCE if is_older else STILL_BROKEN)


def _progress(execution: Execution, finding: Finding, now: datetime) -> Finding:
    """Move on to the step that the runbook is at; when it got there does not count."""
    at = execution
    return life.progress(finding, at.step, at.steps, at.step_name, at.names)


def _is_due(finding: Finding, now: datetime) -> bool:
    return finding.state is not State.WAITING or finding.until is None or finding.until <= now


def _is_of(finding: Finding, attempt: Attempt, reported: Execution, age: timedelta) -> bool:
    """Say whether *reported* is of this decision, and not of one before it.

    AWS can report the old execution for a while after it took the new one.
    """
    if reported.invoked_at is None:
        return attempt.started_at is not None and age > IN_DOUBT
    return reported.invoked_at >= _earliest(finding, attempt)


def _was_not_taken(attempt: Attempt, reported: Execution | None, age: timedelta) -> bool:
    """Say whether AWS, asked late enough, knows nothing of a start whose answer did not come."""
    undated = reported is not None and reported.invoked_at is None
    return attempt.started_at is None and age > IN_DOUBT and not undated


def _earliest(finding: Finding, attempt: Attempt) -> datetime:
    """Return when AWS may have begun it; what began nearer to the decision before is that's.

    InvocationTime is AWS's clock, the claim's is ours. Where the attempt before was of the same
    decision, AWS may have taken that one after all, and said so late.
    """
    asked_at = finding.decided.asked_at if finding.decided else attempt.claimed_at
    if attempt.before is not None and attempt.before >= asked_at:
        return asked_at - _NEAR
    if attempt.before is None:
        return attempt.claimed_at - CLOCK_SKEW
    return attempt.claimed_at - min(CLOCK_SKEW, (attempt.claimed_at - attempt.before) / 2)


def _batches(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Group findings as AWS Config takes them: one rule, 100 resources at most."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.aws_key.rule, []).append(finding)
    for group in groups.values():
        for start in range(0, len(group), KEYS_MAX):
            yield group[start : start + KEYS_MAX]
