"""How the remediation worker moves findings: only on from the state that it has seen."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from commands.context import Context
from compliance import life
from compliance.authority import Verdict
from compliance.enforcement import enforce, exception_of
from compliance.finding import Finding, IllegalMoveError, Move
from ledger.store import BOT

log = logging.getLogger(__name__)

#: Whether those who decided about a finding may still; None when nobody can say just now.
Authorise = Callable[[Finding], Verdict | None]


class TimedMove(Protocol):
    """A move of compliance/life.py that needs only the time."""

    def __call__(self, finding: Finding, now: datetime) -> Finding: ...


@dataclass(frozen=True, slots=True)
class Moves:
    """The worker's hand on the ledger."""

    context: Context
    authorise: Authorise

    def apply(self, seen: Finding, move: TimedMove, action: str) -> Finding | None:
        """Move what is still as *seen*; None where it has gone elsewhere, which then stands.

        Two workers can look at the same finding. What one concludes from an attempt must not
        befall the attempt that the other has begun since.
        """
        now = self.context.now()

        def unless_moved(finding: Finding) -> Finding:
            if (finding.state, finding.changed_at) != (seen.state, seen.changed_at):
                raise IllegalMoveError(finding, action)
            return move(finding, now=now)

        return self._move(seen, unless_moved, action)

    def fail(self, seen: Finding, note: str, action: str) -> None:
        log.warning("remediation failed", extra={"finding": seen.id, "problem": note})
        self.apply(seen, partial(life.fail, note=note), action)

    def is_excepted(self, finding: Finding) -> bool:
        """Say whether the allowlist covers the finding by now, and let it be excepted."""
        allowlist, now = self.context.allowlist.current, self.context.now()
        if not exception_of(finding, allowlist, now):
            return False
        self._move(finding, partial(enforce, allowlist=allowlist, now=now), "allowlist")
        return True

    def _move(self, finding: Finding, move: Move, action: str) -> Finding | None:
        try:
            return self.context.ledger.move(finding.id, move, actor=BOT, action=action)
        except IllegalMoveError:
            log.info("a finding moved on meanwhile", extra={"finding": finding.id, "move": action})
            return None
