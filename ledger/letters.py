"""What is said to one person or in one channel by itself: kept until it has been said."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from compliance.channel import Channel, Message
from compliance.finding import Finding
from compliance.letters import PERSONAL, Kind, letters_of
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.rows import from_row
from ledger.stale import is_unleased
from ledger.tables import findings, letters, messages, posts

LEASE = timedelta(seconds=60)
#: What becomes of many requests of one person at once comes in one message.
_COALESCE = timedelta(seconds=2)
#: How many letters one message has.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """One of a recipient's letters; *card* is the finding's message, None where it has none."""

    id: int
    kind: Kind
    detail: Mapping[str, Any]
    finding: Finding | None
    card: Message | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """The letters to one recipient that go in one message, which this replica sends.

    *post_id* is our own id of it. *is_in_doubt*: an earlier try may have sent it, at *began_at*.
    """

    recipient: str
    post_id: str
    letters: tuple[Letter, ...]
    began_at: datetime
    is_in_doubt: bool


def write_letters(
    db: sa.Connection,
    moves: Iterable[tuple[Finding | None, Finding]],
    rows: Iterable[AuditRow],
    now: datetime,
) -> None:
    """Write to those who asked what became of it, in the transaction that moves the findings."""
    by_finding = {row.finding: row for row in rows}
    for before, after in moves:
        row = by_finding.get(after.id)
        if before is None or row is None or not (before.requests or before.decided):
            continue
        why = str(row.detail.get("why") or "")
        for each in letters_of(before, after, row.actor, row.action, why):
            write_letter(db, each.person, each.kind, after.id, each.detail, now + _COALESCE)


def write_letter(
    db: sa.Connection,
    recipient: str,
    kind: str,
    finding_id: str,
    detail: Mapping[str, Any],
    due: datetime,
) -> None:
    values = {
        "post_id": "",
        "recipient": recipient,
        "kind": kind,
        "finding": finding_id,
        "detail": json.dumps(dict(detail)),
        "due_at": due,
    }
    db.execute(sa.insert(letters).values(values))


class Letters:
    """The herald's side of the ledger; all methods raise LedgerUnavailableError."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def recipients(self) -> tuple[str, ...]:
        """Return those whom something is to be sent now."""
        query = sa.select(letters.c.recipient).where(*self._is_due()).distinct()
        with reading(self._engine) as db:
            return tuple(db.execute(query).scalars())

    def next_due(self) -> datetime | None:
        with reading(self._engine) as db:
            return db.execute(sa.select(sa.func.min(letters.c.due_at))).scalar()

    def take(self, recipient: str) -> Parcel | None:
        """Take on what goes to *recipient* next; None where nothing does."""
        now = self._now()
        waiting = (
            sa.select(letters)
            .where(letters.c.recipient == recipient, *self._is_due())
            .order_by(letters.c.id)
            .limit(_MOST)
            .with_for_update(skip_locked=True)
        )
        with writing(self._engine) as db:
            rows = db.execute(waiting).mappings().all()
            if not rows:
                return None
            # What was begun goes first, by itself and under the id that it has.
            begun = next((row["post_id"] for row in rows if row["post_id"]), "")
            rows = _of_one_message([row for row in rows if row["post_id"] == begun])
            began_at = rows[0]["began_at"] or now
            post_id = begun or secrets.token_hex(8)
            held = {"leased_until": now + LEASE, "post_id": post_id, "began_at": began_at}
            of_them = letters.c.id.in_([row["id"] for row in rows])
            db.execute(sa.update(letters).where(of_them).values(held))
        with reading(self._engine) as db:
            loaded = tuple(_load(db, row) for row in rows)
        return Parcel(recipient, post_id, loaded, began_at, bool(begun))

    def sent(self, parcel: Parcel) -> None:
        with writing(self._engine) as db:
            db.execute(sa.delete(letters).where(letters.c.post_id == parcel.post_id))

    def postpone(self, parcel: Parcel, until: datetime, *, is_unsent: bool = False) -> None:
        """Send it later; *is_unsent* says that chat certainly has not taken it."""
        values: dict[str, Any] = {"leased_until": until, "due_at": until}
        if is_unsent:
            values |= {"post_id": "", "began_at": None}
        with writing(self._engine) as db:
            of_it = letters.c.post_id == parcel.post_id
            db.execute(sa.update(letters).where(of_it).values(values))

    def _is_due(self) -> tuple[sa.ColumnElement[bool], ...]:
        now = self._now()
        return letters.c.due_at <= now, is_unleased(letters.c.leased_until, now)


def _of_one_message(rows: Sequence[sa.RowMapping]) -> Sequence[sa.RowMapping]:
    """Return those of *rows* that go together: a person's, or one alone that a channel is told."""
    personal = [row for row in rows if row["kind"] in PERSONAL]
    return personal or rows[:1]


def _load(db: sa.Connection, row: sa.RowMapping) -> Letter:
    of_it = findings.c.id == row["finding"]
    found = db.execute(sa.select(findings).where(of_it)).mappings().first()
    card = (
        sa.select(posts.c.channel, posts.c.message)
        .join(messages, messages.c.post == posts.c.id)
        .where(messages.c.finding == row["finding"], posts.c.message != "")
        .order_by(posts.c.id)
    )
    cards: Sequence[Message] = [
        Message(Channel.parse(channel), message) for channel, message in db.execute(card)
    ]
    product = row["recipient"].partition(":")[0]
    return Letter(
        id=row["id"],
        kind=Kind(row["kind"]),
        detail=json.loads(row["detail"]),
        finding=from_row(found) if found else None,
        card=next((each for each in cards if each.channel.product == product), None),
    )
