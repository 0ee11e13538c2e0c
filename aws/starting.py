"""Starting remediations: each decision once, whatever becomes of the answer.

Claim, then call. A claim that AWS has neither taken nor refused is in doubt, and stays as it is:
following it (aws/remediation.py) finds out what became of it. Only what AWS has positively not
done is given back at once.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aws.config_service import (
    KEYS_MAX,
    AwsBusyError,
    AwsDoubtError,
    AwsForbiddenError,
    AwsRefusedError,
    ConfigService,
    NotConfiguredError,
    RoleRefusedError,
    Starter,
)
from aws.moves import Moves
from compliance import life
from compliance.authority import Verdict
from compliance.failures import (
    NOT_ALLOWED_TO_START,
    NOT_CONFIGURED,
    ROLE_REFUSED,
    SESSION_TOO_NARROW,
    explain,
    is_session_too_narrow,
)
from compliance.finding import Finding
from compliance.request import Request, Verb

log = logging.getLogger(__name__)

#: A claim that is older is not called for any more: others may take it for one in doubt soon.
_CALL_WITHIN = timedelta(seconds=15)
#: AWS's clock and ours differ by less.
CLOCK_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Starting:
    """Brings approved findings of one account, Region and rule to running."""

    moves: Moves
    service: ConfigService

    def begin(self, batch: Sequence[Finding]) -> list[Finding]:
        """Start what is still wanted of *batch*; return what AWS Config took."""
        wanted = [finding for finding in batch if self._is_still_wanted(finding)]
        if not wanted:
            return []
        first = wanted[0].aws_key
        try:
            arn = self.service.configured(first.account, first.region, first.rule)
            if not arn:
                raise NotConfiguredError("no remediation configuration")
        except AwsRefusedError as error:
            self._fail_all(wanted, error)
            return []
        return [each for decision in _decisions(wanted) for each in self._start(decision, arn)]

    def _is_still_wanted(self, finding: Finding) -> bool:
        """Ask everything again: allowlist, rule and authority may have changed since the press."""
        if self.moves.context.allowlist.current.is_unknown or self.moves.is_excepted(finding):
            # Where nobody knows what is excepted, the decision waits until somebody does.
            return False
        because = self._outdated(finding)
        if not because:
            verdict = self.moves.authorise(finding)
            if verdict is None:
                # Chat cannot say just now who somebody is; the decision waits for that.
                return False
            because = _unauthorised(verdict)
        if because:
            self.moves.fail(finding, f"Not started, because {because}", "not started")
        return not because

    def _outdated(self, finding: Finding) -> str:
        """Return why what was agreed is not enough by the rules of now, empty if it is."""
        request = finding.decided
        if request is None:
            return "the ledger does not say who decided. An approver can press Remediate."
        policy = self.moves.context.rule(finding).decision
        needed, agreed = policy.needed(Verb.REMEDIATE), len(request.agreed)
        if needed > agreed:
            others = "1 other" if needed == 1 else f"{needed} others"
            return (
                f"the rule now wants {others} to agree, and {agreed or 'none'} did. An "
                "approver can press Remediate and ask for that."
            )
        return ""

    def _start(self, findings: Sequence[Finding], configuration_arn: str) -> list[Finding]:
        """Start what one decision is about, in a session that names it."""
        first, request = findings[0], findings[0].decided
        assert request is not None  # noqa: S101 - _is_still_wanted has seen it
        ids = [finding.id for finding in findings]
        try:
            # Before the claim, because it can take as long as AWS likes.
            starter = self.service.starter(
                configuration_arn, first.aws_key, ids, request.deciders, request.asked_at
            )
        except AwsRefusedError as error:
            self._fail_all(findings, RoleRefusedError(str(error)))
            return []
        claims = (self.moves.apply(each, life.start, "start") for each in findings)
        return self._call(starter, [claim for claim in claims if claim is not None])

    def _call(self, starter: Starter, claims: Sequence[Finding]) -> list[Finding]:
        """Call AWS once for all; one by one where it refuses all for what may be one's fault."""
        if not (claims := self._still_fresh(claims)):
            return []
        by_key = {claim.aws_key: claim for claim in claims}
        try:
            refused = starter.start(list(by_key))
        except AwsDoubtError:
            raise
        except AwsBusyError:
            self._release(claims)
            raise
        except (AwsForbiddenError, NotConfiguredError) as error:
            self._fail_all(claims, error)
            return []
        except AwsRefusedError as error:
            if len(claims) > 1:
                return list(self._one_by_one(starter, claims))
            return self._refused(claims[0], str(error))
        taken = [claim for key, claim in by_key.items() if key not in refused]
        self.moves.context.ledger.started([claim.id for claim in taken])
        for key, why in refused.items():
            taken += self._refused(by_key[key], why)
        return taken

    def _one_by_one(self, starter: Starter, claims: Sequence[Finding]) -> Iterator[Finding]:
        for number, claim in enumerate(claims, 1):
            try:
                yield from self._call(starter, [claim])
            except AwsBusyError:
                # AWS was not asked about the others.
                self._release(claims[number:])
                raise

    def _still_fresh(self, claims: Sequence[Finding]) -> list[Finding]:
        now = self.moves.context.now()
        stale = [claim for claim in claims if now - claim.changed_at > _CALL_WITHIN]
        self._release(stale)
        return [claim for claim in claims if claim not in stale]

    def _release(self, claims: Iterable[Finding]) -> None:
        for claim in claims:
            self.moves.apply(claim, life.release, "release")

    def _refused(self, claim: Finding, why: str) -> list[Finding]:
        """Settle one that AWS did not take: it runs already, is compliant already, or fails.

        AWS's words for these are not known well enough to go by, so AWS is asked.
        """
        try:
            if self._is_under_way(claim):
                self.moves.context.ledger.started([claim.id])
                return [claim]
            evaluation = self.service.evaluation(claim.aws_key)
        except AwsBusyError:
            self._release([claim])
            raise
        except AwsRefusedError:
            evaluation = None
        if evaluation is not None:
            self.moves.context.ledger.record([evaluation])
        # One that this has resolved cannot fail any more.
        self.moves.fail(claim, explain(why, self.moves.context.rule(claim)), "failed")
        return []

    def _is_under_way(self, claim: Finding) -> bool:
        """Say whether AWS runs it since this decision: a start whose answer was lost, perhaps."""
        execution = self.service.executions([claim.aws_key]).get(claim.aws_key)
        since = claim.decided.asked_at - CLOCK_SKEW if claim.decided else claim.changed_at
        return bool(
            execution
            and execution.is_under_way
            and execution.invoked_at
            and execution.invoked_at >= since
        )

    def _fail_all(self, findings: Iterable[Finding], error: AwsRefusedError) -> None:
        for finding in findings:
            rule = self.moves.context.rule(finding)
            if isinstance(error, NotConfiguredError):
                note = NOT_CONFIGURED.format(by_hand=rule.by_hand)
            elif is_session_too_narrow(str(error)):
                note = SESSION_TOO_NARROW.format(message=error)
            elif isinstance(error, RoleRefusedError):
                note = ROLE_REFUSED.format(message=error)
            elif isinstance(error, AwsForbiddenError):
                note = NOT_ALLOWED_TO_START.format(message=error)
            else:
                note = explain(str(error), rule)
            self.moves.fail(finding, note, "failed")


def _unauthorised(verdict: Verdict) -> str:
    if verdict.allowed:
        return ""
    return f"those who decided may not any more: {verdict.reason} An approver can press Remediate."


def _decisions(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Group findings by who decided, and when to the second, as a press on several does."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_decision(finding.decided), []).append(finding)
    for group in groups.values():
        for start in range(0, len(group), KEYS_MAX):
            yield group[start : start + KEYS_MAX]


def _decision(request: Request | None) -> object:
    return request and (request.deciders, request.asked_at.replace(microsecond=0))
