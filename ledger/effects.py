"""Writing what became of findings, and everything that belongs to it in the same transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.finding import IN_PROGRESS, Finding, State
from compliance.request import Verb
from ledger import attempts, audit, counts
from ledger.audit import AuditRow
from ledger.comebacks import part_with_cards
from ledger.letters import write_letters
from ledger.names import note_names
from ledger.rows import to_changed_row, to_row
from ledger.tables import findings
from ledger.threads import wake

#: A finding before and after what happened to it; None before it was known.
Moved = tuple[Finding | None, Finding]
#: From a finding to the SHA-256 of the entries that are in force for it, by what they are.
InForce = Callable[[Finding], Mapping[str, str]]

# What every batch asks is put together once: that costs SQLAlchemy more than asking it.
_INSERT = sa.insert(findings)
#: AWS's time counts beside the version: it moves alone when AWS says the same again.
_SWAP = sa.update(findings).where(
    findings.c.id == sa.bindparam("swapped_id"),
    findings.c.version == sa.bindparam("swapped_version"),
    findings.c.recorded_at == sa.bindparam("swapped_recorded_at"),
)


def insert(db: sa.Connection, new: Sequence[Finding], nameless_due: datetime) -> None:
    """Insert *new* findings; AWS is asked from *nameless_due* on about those without a name."""
    if new:
        due = ({"lookup_due": nameless_due if is_nameless(each) else None} for each in new)
        db.execute(_INSERT, [{**to_row(each), **mark} for each, mark in zip(new, due, strict=True)])


def swap(db: sa.Connection, moves: Sequence[tuple[Finding, Finding]]) -> bool:
    """Write each finding after its move if it is still as before; False if one was not."""
    if not moves:
        return True
    values = [
        {
            **to_changed_row(after),
            "swapped_id": before.id,
            "swapped_version": before.version,
            "swapped_recorded_at": before.recorded_at,
        }
        for before, after in moves
    ]
    return db.execute(_SWAP, values).rowcount == len(values)


def follow(
    db: sa.Connection, moves: Sequence[Moved], rows: Sequence[AuditRow], now: datetime
) -> None:
    """Write what belongs to *moves*: AWS's copies of exceptions, what people are told, attempts,
    names, *rows* and counts.

    The audit log and the counts come last: a transaction that waits for another row must not hold
    their lock.
    """
    _mirror(db, moves, now)
    _ask_when_made(db, moves, now)
    part_with_cards(db, moves, now)
    write_letters(db, moves, rows, now)
    wake(db, rows, now)
    for before, after in moves:
        _attempt(db, before, after, now)
    note_names(db, moves)
    changes = counts.changed([move for move in moves if move[0] is not move[1]])
    if rows or changes:
        audit.lock_tail(db)
    audit.append(db, rows)
    counts.add(db, changes)


def is_nameless(finding: Finding) -> bool:
    """Whether somebody will look at the finding, and AWS has told neither name nor tags."""
    is_shown = finding.state not in {State.COMPLIANT, State.RESOLVED}
    return is_shown and not finding.resource_name and not finding.tags


def detail_of(
    after: Finding,
    in_force: InForce,
    given: Mapping[str, Any] | None = None,
    before: Finding | None = None,
) -> dict[str, Any]:
    """Return the detail of a row about *after*: its subject, what is in force, what was *given*.

    What the finding says of itself since *before* is kept as well: its note, the runbook's step,
    the end of an exception or of a wait. Where a request that waited *before* has ended without
    being decided, the row names its verb.
    """
    detail: dict[str, Any] = {"subject": audit.subject(after), **_news(before, after)}
    if ended := _ended(before, after):
        detail["requests_ended"] = ended
    if hashes := in_force(after):
        detail["in_force"] = dict(hashes)
    return {**detail, **(given or {})}


def _news(before: Finding | None, after: Finding) -> dict[str, Any]:
    """Return what *after* says of itself and did not say *before*."""
    if before is None:
        return {}
    news: dict[str, Any] = {}
    if after.note and after.note != before.note:
        news["note"] = after.note
    if after.step and (after.step, after.steps) != (before.step, before.steps):
        news |= {"step": after.step, "steps": after.steps}
    if after.until and after.until != before.until:
        news["until"] = after.until.isoformat()
    return news


def _ended(before: Finding | None, after: Finding) -> list[str]:
    decided = after.decided.verb if after.decided else None
    waited = {each.verb for each in before.requests} if before else set()
    return sorted(waited - {each.verb for each in after.requests} - {decided})


def _attempt(db: sa.Connection, before: Finding | None, after: Finding, now: datetime) -> None:
    """Open an attempt where the remediation was claimed, close it where it ended."""
    was = before.state if before else None
    if after.state is was:
        return
    if after.state is State.RUNNING:
        attempts.claim(db, after.id, now)
    elif was in IN_PROGRESS and after.state not in IN_PROGRESS:
        attempts.end(db, after.id, now)


def _ask_when_made(db: sa.Connection, moves: Iterable[Moved], now: datetime) -> None:
    """Let AWS be asked about what has just been excepted: was the resource there when it was?"""
    due = [
        after.id
        for before, after in moves
        if after.state is State.EXCEPTED and (before is None or before.state is not State.EXCEPTED)
    ]
    if due:
        db.execute(sa.update(findings).where(findings.c.id.in_(due)).values(lookup_due=now))


def _mirror(db: sa.Connection, moves: Iterable[Moved], now: datetime) -> None:
    """Ask for AWS's copy to be brought in line of each exception that began, changed or ended.

    And for AWS Config's own exceptions to be looked at where a remediation failed, or taken away.
    """
    due = [after.id for before, after in moves if _concerns_aws(before, after)]
    if due:
        of_those = findings.c.id.in_(due)
        db.execute(sa.update(findings).where(of_those).values(mirror_due=now))


def _concerns_aws(before: Finding | None, after: Finding) -> bool:
    was = before.state if before else None
    if State.EXCEPTED in {was, after.state} and before:
        return was is not after.state or before.until != after.until or _asks_to_clear(after)
    failed = {State.FAILED, State.NOT_VERIFIED}
    return after.state is State.EXCEPTED or after.state in failed - {was} or _asks_to_clear(after)


def _asks_to_clear(finding: Finding) -> bool:
    return finding.request(Verb.CLEAR) is not None
