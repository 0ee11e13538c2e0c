"""Enforce the allowlist: findings follow the file, whoever edited it and whenever."""

from collections.abc import Iterator, Sequence
from functools import partial

from commands.desk import Desk
from compliance.allowlist import ANY, Entry
from compliance.enforcement import enforce
from compliance.finding import CAN_BEGIN, Finding, State
from ledger.store import BOT, Ledger


def enforce_allowlist(desk: Desk) -> int:
    """Move every finding to where the allowlist wants it; return how many were moved."""
    entries, now = desk.allowlist.entries(), desk.now()
    moved = 0
    for finding in _concerned(desk.ledger, entries):
        if enforce(finding, entries, now) is finding:
            continue
        desk.ledger.move(
            finding.id, partial(enforce, entries=entries, now=now), actor=BOT, action="allowlist"
        )
        moved += 1
    return moved


def _concerned(ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Finding]:
    """What is excepted may have to end, and what an entry could cover may have to begin.

    Nothing else is read: of a million open findings, the allowlist names few.
    """
    yield from ledger.each([State.EXCEPTED])
    named = {entry.resource for entry in entries} - {ANY}
    yield from ledger.each(CAN_BEGIN, resources=named)
    wide = {entry.rule for entry in entries if entry.resource == ANY}
    yield from ledger.each(CAN_BEGIN, rules=wide)
