"""Enforce the allowlist: findings follow the file, whoever edited it and whenever."""

from functools import partial

from commands.desk import Desk
from compliance.enforcement import enforce
from compliance.finding import UNDECIDED, State
from ledger.store import BOT

_CONCERNED = (*sorted(UNDECIDED), State.APPROVAL_PENDING, State.APPROVED, State.EXCEPTED)
_LIMIT = 100_000


def enforce_allowlist(desk: Desk) -> int:
    """Move every finding to where the allowlist wants it; return how many were moved."""
    entries, now = desk.allowlist.entries(), desk.now()
    moved = 0
    for finding in desk.ledger.in_states(_CONCERNED, limit=_LIMIT):
        if enforce(finding, entries, now) is finding:
            continue
        desk.ledger.move(
            finding.id, partial(enforce, entries=entries, now=now), actor=BOT, action="allowlist"
        )
        moved += 1
    return moved
