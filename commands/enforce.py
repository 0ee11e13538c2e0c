"""Enforce the allowlist: findings follow it, however it was edited."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from commands.context import Context, Keeper
from commands.in_force import about
from compliance.allowlist import Allowlist, Entry
from compliance.enforcement import enforce, exception_of
from compliance.finding import IN_PROGRESS, Finding, State
from ledger.store import BOT

#: After a longer pause everything is compared again.
_PAUSE = timedelta(minutes=10)


def enforce_now(allowlist: Keeper, now: Callable[[], datetime], finding: Finding) -> Finding:
    """Return *finding* as the allowlist in force wants it at this moment."""
    return enforce(finding, allowlist.current, now())


class Enforcement:
    """Brings findings where the allowlist wants them.

    The first round compares everything. The others look at what has changed since the round
    before: entries that came, went or ended. What changed is looked at once more in the round
    after it: a finding that was being recorded meanwhile had the version before. An entry whose
    finding is under way is looked at until that is over.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._before: tuple[Allowlist, datetime] | None = None
        self._again: frozenset[Entry] = frozenset()

    def round(self) -> int:
        """Return how many findings were moved."""
        allowlist, now = self._context.allowlist.current, self._context.now()
        changed: frozenset[Entry] = frozenset()
        if self._before is None or _is_apart(*self._before, allowlist, now):
            findings: Iterable[Finding] = self._all(allowlist)
        else:
            changed = _changed(allowlist, *self._before, now)
            findings = about(self._context, changed | self._again) if changed or self._again else ()
        moved, under_way = self._enforce(findings, allowlist, now)
        # Only now: a round that the ledger ended is made again as a whole.
        self._before = allowlist, now
        self._again = changed | under_way
        return moved

    def _all(self, allowlist: Allowlist) -> Iterator[Finding]:
        yield from self._context.ledger.each([State.EXCEPTED])
        yield from about(self._context, allowlist.entries)

    def _enforce(
        self, findings: Iterable[Finding], allowlist: Allowlist, now: datetime
    ) -> tuple[int, frozenset[Entry]]:
        """Return how many were moved, and the entries of those that cannot be yet."""
        moved, under_way = 0, set()
        move = partial(enforce, allowlist=allowlist, now=now)
        for finding in findings:
            if finding.state in IN_PROGRESS and (entry := exception_of(finding, allowlist, now)):
                under_way.add(entry)
            if move(finding) is not finding:
                self._context.ledger.move(finding.id, move, actor=BOT, action="allowlist")
                moved += 1
        return moved, frozenset(under_way)


def _is_apart(before: Allowlist, since: datetime, allowlist: Allowlist, now: datetime) -> bool:
    """Whether what changed in between is not known: after a pause, and after an older version."""
    is_paused = not timedelta() <= now - since <= _PAUSE
    return is_paused or before.is_newest is not allowlist.is_newest


def _changed(
    allowlist: Allowlist, before: Allowlist, since: datetime, now: datetime
) -> frozenset[Entry]:
    difference = allowlist.since(before)
    return frozenset((*difference.added, *difference.removed, *allowlist.ending(since, now)))
