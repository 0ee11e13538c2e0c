"""In which message a new finding is shown: its own, or that of a storm.

A storm is measured over a minute: the first few findings of a rule have cards of their own, and
those that follow join one message that counts up. Where findings of many rules come at once, one
message has them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.channel import Channel
from ledger.stale import needs_nothing, new_findings
from ledger.tables import findings, posts

#: So many findings of one rule have cards of their own within a minute.
SINGLE_CARDS = 3
#: More new findings than this in one channel within a minute are a storm, of whatever rules.
STORM = 10
#: So many messages come to a channel within a minute before a storm of many rules is one message.
_MESSAGES = 4
_MINUTE = timedelta(minutes=1)
#: An edited message notifies nobody, so what goes on for longer comes in a new one.
_GROWS_FOR = timedelta(minutes=30)
#: How many findings join a message at a time: a transaction stays short.
JOIN_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """The message for new findings: *post* is None for a new one, *rule* empty for many rules."""

    post: int | None
    finding_ids: tuple[str, ...]
    rule: str
    is_group: bool


def place_of(
    db: sa.Connection,
    channel: Channel,
    first: sa.RowMapping,
    ready: sa.ColumnElement[bool],
    now: datetime,
) -> Place:
    """Return where the finding of *first* is shown, and which other new ones beside it.

    *ready* selects the findings that can be shown now.
    """
    team, rule = [first["team"]], first["rule"]
    of_rule = findings.c.rule == rule
    if growing := _growing(db, channel, first, now):
        post, of_post = growing
        joined = of_rule if of_post else sa.true()
        return Place(post, _ids(db, channel, team, ready, joined), of_post, True)
    recent = _recent(db, channel, now)
    single = sum(1 for each in recent if each == rule)
    coming = sa.not_(needs_nothing())
    if len(recent) >= _MESSAGES:
        others = _number(db, channel, team, STORM, coming)
        if len(recent) + others > STORM:
            return Place(None, _ids(db, channel, team, ready), "", True)
    if single + _number(db, channel, team, SINGLE_CARDS, coming, of_rule) > SINGLE_CARDS:
        return Place(None, _ids(db, channel, team, ready, of_rule), rule, True)
    return Place(None, (first["id"],), rule, False)


def _growing(
    db: sa.Connection, channel: Channel, first: sa.RowMapping, now: datetime
) -> tuple[int, str] | None:
    """Return the group that the finding joins, and its rule; one of its own rule comes first."""
    query = (
        sa.select(posts.c.id, posts.c.rule)
        .where(
            posts.c.channel == str(channel),
            posts.c.posted_at > now - _GROWS_FOR,
            posts.c.grown_at > now - _MINUTE,
            posts.c.is_group,
            posts.c.team == first["team"],
            posts.c.rule.in_([first["rule"], ""]),
            posts.c.message != "",
        )
        .order_by(posts.c.rule.desc())
        .limit(1)
    )
    found = db.execute(query).first()
    return (found.id, found.rule) if found else None


def _recent(db: sa.Connection, channel: Channel, now: datetime) -> Sequence[str]:
    """Return the rules of the messages that came to *channel* within a minute."""
    query = sa.select(posts.c.rule).where(
        posts.c.channel == str(channel), posts.c.posted_at > now - _MINUTE
    )
    return db.execute(query).scalars().all()


def _number(
    db: sa.Connection,
    channel: Channel,
    team: Sequence[str],
    enough: int,
    *wanted: sa.ColumnElement[bool],
) -> int:
    """Count the new findings as far as *enough* and one more."""
    some = new_findings(channel, team, *wanted).limit(enough + 1)
    return len(db.execute(some).all())


def _ids(
    db: sa.Connection,
    channel: Channel,
    team: Sequence[str],
    *wanted: sa.ColumnElement[bool],
) -> tuple[str, ...]:
    waiting = new_findings(channel, team, *wanted, sa.not_(needs_nothing()))
    query = waiting.order_by(findings.c.changed_at).limit(JOIN_MAX)
    return tuple(db.execute(query).scalars())
