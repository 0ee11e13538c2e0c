"""The threads of cards: which are to be looked at, and what they have said.

A row says up to which row of the audit log its thread has said everything. Whatever moves a finding
wakes the threads of its cards in the same transaction, so that no note is lost, and where nothing
moved nothing is read. A worker that looks at a thread has its lease. A reply has its id here before
it is made, so that one in doubt is looked for before it is made again.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from compliance.channel import Channel, Message
from compliance.finding import UNDECIDED, Finding, State
from compliance.happened import TOLD, Event
from compliance.notes import Memory, Thread
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.letters import write_letter
from ledger.rows import from_row
from ledger.stale import is_unleased
from ledger.tables import audit, findings, messages, posts, threads

#: Longer than chat takes for one reply, in blocks and then in words.
LEASE = timedelta(seconds=60)
#: What AWS and the bot itself do comes in bursts, and makes one note; a person's act is said at
#: once.
_COALESCE = timedelta(seconds=5)
#: A new card is looked at once, for the reminders that it may need.
_FIRST_LOOK = timedelta(minutes=1)
#: How much of what has happened one note takes in, and how many findings it looks at.
_EVENTS_MAX, _FINDINGS_MAX = 2_000, 200
#: One statement for both databases.
_ADD = (
    "INSERT INTO threads (post, said_seq, due_at, reply_id, reply_seq, memory)"
    " SELECT :post, coalesce(max(seq), 0), :due, '', 0, '' FROM audit WHERE true"
    " ON CONFLICT (post) DO "
)
_DUE = sa.bindparam("due", type_=threads.c.due_at.type)
_CARDS = (
    sa.select(messages.c.post)
    .where(messages.c.finding.in_(sa.bindparam("ids")))
    .distinct()
    .order_by(messages.c.post)
)
_BEGIN = sa.text(f"{_ADD} NOTHING").bindparams(_DUE)
_WAKE = sa.text(
    f"{_ADD} UPDATE SET due_at = excluded.due_at"
    " WHERE threads.due_at IS NULL OR threads.due_at > excluded.due_at"
).bindparams(_DUE)
_CARDS = (
    sa.select(messages.c.post)
    .where(messages.c.finding.in_(sa.bindparam("ids")))
    .distinct()
    .order_by(messages.c.post)
)
_CAME_BACK = (
    sa.select(sa.func.max(audit.c.seq))
    .join(messages, messages.c.finding == audit.c.finding)
    .join(findings, findings.c.id == audit.c.finding)
    .join(posts, posts.c.id == messages.c.post)
    .where(messages.c.post == sa.bindparam("post"), posts.c.is_group.is_(False))
    .where(findings.c.state == State.REOPENED, audit.c.to_state == State.REOPENED)
    .where(audit.c.from_state != State.REOPENED)
)
_BY_ITSELF = frozenset({"bot", "aws-config"})
_AT_ONCE = frozenset({"failed", "not verified"})


@dataclass(frozen=True, slots=True)
class Flight:
    """A reply that was begun: its id, how far it goes, and what is remembered once it was made."""

    id: str
    seq: int
    began_at: datetime
    memory: Memory
    escalate: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A thread that this replica looks at now, and no other one.

    *message* is None until its card is known to have been posted. *said_seq* is the last row of the
    audit log that it says, *seq* the last that *thread* takes in.
    """

    post: int
    message: Message | None
    thread: Thread
    said_seq: int
    seq: int
    lease: datetime
    flight: Flight | None

    @property
    def finding_ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.thread.findings)


def wake(db: sa.Connection, rows: Iterable[AuditRow], now: datetime) -> None:
    """Have the threads looked at of the cards of findings that *rows* are about.

    Called before *rows* are added to the log. In the order of posts, so that two that move many
    findings never wait for one another.
    """
    told = [row for row in rows if row.from_state not in {"", "compliant"} and _is_told(row)]
    at_once = {row.finding for row in told if _is_prompt(row)}
    for finding_ids, due in (
        (at_once, now),
        ({row.finding for row in told} - at_once, now + _COALESCE),
    ):
        if finding_ids:
            _have_looked_at(db, finding_ids, due)


def begin_thread(db: sa.Connection, post: int, now: datetime) -> None:
    """Note that a card was posted: what has happened until now it shows itself.

    That a finding came back is said all the same: a fresh card mentions nobody who can act.
    """
    begun = db.execute(_BEGIN, {"post": post, "due": now + _FIRST_LOOK})
    if begun.rowcount and (came_back := db.execute(_CAME_BACK, {"post": post}).scalar()):
        values = {"said_seq": came_back - 1, "due_at": now}
        db.execute(sa.update(threads).where(threads.c.post == post).values(values))


class Threads:
    """The herald's side of the ledger; all methods raise LedgerUnavailableError."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def due(self) -> Mapping[Channel, int]:
        """Return how many threads of each channel are to be looked at now."""
        query = (
            sa.select(posts.c.channel, sa.func.count())
            .select_from(threads)
            .join(posts, posts.c.id == threads.c.post)
            .where(*self._is_due())
            .group_by(posts.c.channel)
        )
        with reading(self._engine) as db:
            return {Channel.parse(channel): number for channel, number in db.execute(query)}

    def next_look(self) -> datetime | None:
        """Return when the next thread is due, None while none is."""
        query = sa.select(sa.func.min(threads.c.due_at)).where(threads.c.due_at.is_not(None))
        with reading(self._engine) as db:
            return db.execute(query).scalar()

    def take(self, channel: Channel, beside: int = 0) -> Look | None:
        """Take on the thread of *channel* that has waited longest, None where none is due.

        *beside* is how many others are.
        """
        now = self._now()
        query = (
            sa.select(threads.c.post)
            .join(posts, posts.c.id == threads.c.post)
            .where(*self._is_due(), posts.c.channel == str(channel))
            .order_by(threads.c.due_at)
            .limit(1)
        )
        with reading(self._engine) as db:
            post = db.execute(query).scalar()
        if post is None:
            return None
        lease = now + LEASE
        of_it = (threads.c.post == post, *self._is_due())
        with writing(self._engine) as db:
            taken = sa.update(threads).where(*of_it).values(leased_until=lease, due_at=lease)
            if not db.execute(taken).rowcount:
                return None
        # Read under the lease, and after it was taken: what moves from now on wakes it again.
        with reading(self._engine) as db:
            return _load(db, post, lease, beside)

    def begin(self, look: Look, memory: Memory, *, escalate: bool) -> Flight:
        """Keep the id of the reply that is about to be made."""
        flight = Flight(secrets.token_hex(8), look.seq, self._now(), memory, escalate)
        after = {"now": _to_data(look.thread.memory), "after": _to_data(memory)}
        values = {
            "reply_id": flight.id,
            "reply_seq": flight.seq,
            "began_at": flight.began_at,
            "memory": json.dumps({**after, "escalate": escalate}),
        }
        with writing(self._engine) as db:
            db.execute(sa.update(threads).where(_held(look)).values(values))
        return flight

    def finish(
        self,
        look: Look,
        memory: Memory,
        look_at: datetime | None,
        said_seq: int,
        escalation: tuple[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Note what the thread has said, and when it is looked at again.

        It is looked at sooner where a finding has moved meanwhile. *escalation* is the channel that
        is told, and what it is told with.
        """
        due = sa.case(
            (threads.c.due_at < look.lease, threads.c.due_at),
            else_=sa.literal(look_at, threads.c.due_at.type),
        )
        values = {
            "said_seq": said_seq,
            "memory": json.dumps({"now": _to_data(memory)}),
            "reply_id": "",
            "reply_seq": 0,
            "began_at": None,
            "leased_until": None,
            "due_at": due,
        }
        with writing(self._engine) as db:
            is_ours = db.execute(sa.update(threads).where(_held(look)).values(values)).rowcount
            if is_ours and escalation:
                recipient, detail = escalation
                write_letter(db, recipient, "escalated", look.finding_ids[0], detail, self._now())

    def postpone(self, look: Look, until: datetime, *, is_unsaid: bool = False) -> None:
        """Leave the thread as it is until then; *is_unsaid*: chat certainly took no reply."""
        values: dict[str, Any] = {"leased_until": until, "due_at": until}
        if is_unsaid:
            memory = json.dumps({"now": _to_data(look.thread.memory)})
            values |= {"reply_id": "", "reply_seq": 0, "began_at": None, "memory": memory}
        with writing(self._engine) as db:
            db.execute(sa.update(threads).where(_held(look)).values(values))

    def drop(self, look: Look) -> None:
        """Note that the card is gone, and its thread with it."""
        with writing(self._engine) as db:
            db.execute(sa.delete(threads).where(_held(look)))

    def _is_due(self) -> tuple[sa.ColumnElement[bool], ...]:
        now = self._now()
        return (
            threads.c.due_at.is_not(None),
            threads.c.due_at <= now,
            is_unleased(threads.c.leased_until, now),
        )


def forget(db: sa.Connection, posts_of: Collection[int]) -> None:
    """Delete the threads of posts that are no more."""
    db.execute(sa.delete(threads).where(threads.c.post.in_(posts_of)))


def _held(look: Look) -> sa.ColumnElement[bool]:
    return (threads.c.post == look.post) & (threads.c.leased_until == look.lease)


def _is_told(row: AuditRow) -> bool:
    return row.from_state != row.to_state or row.action in TOLD


def _is_prompt(row: AuditRow) -> bool:
    return row.actor not in _BY_ITSELF or row.to_state in _AT_ONCE


def _have_looked_at(db: sa.Connection, finding_ids: Collection[str], due: datetime) -> None:
    cards = db.execute(_CARDS, {"ids": sorted(finding_ids)}).scalars().all()
    if cards:
        rows = [{"post": post, "due": due} for post in cards]
        db.execute(_WAKE, rows)


def _load(db: sa.Connection, post: int, lease: datetime, beside: int) -> Look | None:
    query = (
        sa.select(threads, posts.c.channel, posts.c.message, posts.c.is_group)
        .join(posts, posts.c.id == threads.c.post)
        .where(threads.c.post == post)
    )
    row = db.execute(query).mappings().first()
    if row is None:
        return None
    events, seq = _events(db, row)
    kept = json.loads(row["memory"] or "{}")
    channel = Channel.parse(row["channel"])
    thread = Thread(
        findings=_findings(db, row, events),
        events=events,
        memory=_memory(kept.get("now")),
        is_group=row["is_group"],
        waiting_beside=beside,
    )
    flight = None
    if row["reply_id"]:
        after = _memory(kept.get("after"))
        escalate = bool(kept.get("escalate"))
        flight = Flight(row["reply_id"], row["reply_seq"], row["began_at"], after, escalate)
    message = Message(channel, row["message"]) if row["message"] else None
    return Look(post, message, thread, row["said_seq"], seq, lease, flight)


def _events(db: sa.Connection, row: sa.RowMapping) -> tuple[tuple[Event, ...], int]:
    """Return what the thread has not said, oldest first, and the last row of it."""
    # The plus keeps the index of a group's members out of it: there can be very many.
    own = sa.literal_column("+messages.post", sa.Integer) if row["is_group"] else messages.c.post
    query = (
        sa.select(audit)
        .join(messages, messages.c.finding == audit.c.finding)
        .where(
            audit.c.seq > row["said_seq"],
            messages.c.channel == row["channel"],
            own == row["post"],
        )
        .order_by(audit.c.seq)
        .limit(_EVENTS_MAX)
    )
    rows = db.execute(query).mappings().all()
    events = tuple(
        Event(
            each["at"],
            each["finding"],
            each["actor"],
            each["action"],
            each["from_state"],
            each["to_state"],
            json.loads(each["detail"]),
        )
        for each in rows
    )
    return events, rows[-1]["seq"] if rows else row["said_seq"]


def _findings(
    db: sa.Connection, row: sa.RowMapping, events: Sequence[Event]
) -> tuple[Finding, ...]:
    """Return the findings that something happened to, and those that wait for somebody."""
    of_post = (
        sa.select(findings)
        .join(messages, messages.c.finding == findings.c.id)
        .where(messages.c.post == row["post"])
        .limit(_FINDINGS_MAX)
    )
    moved = list(dict.fromkeys(each.finding for each in events))[:_FINDINGS_MAX]
    waits = findings.c.state.in_([state.value for state in UNDECIDED])
    wanted = [findings.c.id.in_(moved), findings.c.requests != "", waits]
    queries = [of_post.where(each) for each in wanted] if row["is_group"] else [of_post]
    found = {
        each["id"]: from_row(each) for query in queries for each in db.execute(query).mappings()
    }
    return tuple(found.values())


def _to_data(memory: Memory) -> dict[str, Any]:
    def text(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "needed_since": text(memory.needed_since),
        "reminded": memory.reminded,
        "reminded_at": text(memory.reminded_at),
        "said_at": text(memory.said_at),
        "flips": [each.isoformat() for each in memory.flips],
    }


def _memory(data: Mapping[str, Any] | None) -> Memory:
    if not data:
        return Memory()

    def time(name: str) -> datetime | None:
        return datetime.fromisoformat(data[name]) if data[name] else None

    return Memory(
        needed_since=time("needed_since"),
        reminded=data["reminded"],
        reminded_at=time("reminded_at"),
        said_at=time("said_at"),
        flips=tuple(map(datetime.fromisoformat, data["flips"])),
    )
