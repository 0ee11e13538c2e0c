"""Which findings chat shows as they are no longer, and which of them comes next.

A finding is stale while one of its messages shows an older version, or a channel of its team shows
none. Nearly all findings are not, and an index has the others only: where nothing is stale, a
look costs one probe of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa

from compliance.channel import Channel
from compliance.finding import State
from ledger.tables import STALE, UNCONFIRMED, findings, messages, posts

#: No post is leased, or left alone, for longer than this.
_LONGEST_LEASE = timedelta(minutes=15)
#: Nobody has to do anything about these, so they need no new message.
NOTHING_TO_DO = frozenset({State.RESOLVED, State.EXCEPTED, State.COMPLIANT})


#: What is stale, so that both databases look at nothing else: SQLite takes an index for a small
#: part of a table only if a range of it is asked for.
IS_STALE = STALE & (findings.c.team > "")


#: What a person has decided about: somebody is watching. AWS resolves and reports many at once, and
#: names come by the hundred in a storm; a person who pressed is not waiting for those.
IS_AWAITED = sa.or_(
    findings.c.state.not_in(
        [
            State.OPEN.value,
            State.REOPENED.value,
            State.RESOLVED.value,
            State.COMPLIANT.value,
        ]
    ),
    findings.c.requests != "",
    # Withdrawn: an open finding has no other note.
    (findings.c.state == State.OPEN.value) & (findings.c.note != ""),
)


@dataclass(frozen=True, slots=True)
class Stale:
    """Whose findings a channel does not show as they are, and whether somebody waits for one.

    *may_post* is False where nothing but changes of its messages can be due.
    """

    teams: frozenset[str]
    is_awaited: bool = False
    may_post: bool = True


class Turn(Enum):
    """What a channel is asked for: each order starves the others if it alone is asked."""

    #: Messages whose finding somebody is watching, the newest move first.
    AWAITED = "awaited"
    #: All messages that are out of date, the oldest move first.
    SHOWN = "shown"
    #: Findings without a message, the oldest first.
    NEW = "new"


def stale_pairs(db: sa.Connection) -> list[tuple[str, str | None, bool]]:
    """Return the teams of stale findings, each with the channels in which these have messages.

    The third says whether somebody waits for one of them.
    """
    awaited = sa.func.max(sa.case((IS_AWAITED, 1), else_=0))
    query = (
        sa.select(findings.c.team, messages.c.channel, awaited)
        .outerjoin(messages, messages.c.finding == findings.c.id)
        .where(IS_STALE)
        .group_by(findings.c.team, messages.c.channel)
    )
    return [(team, channel, bool(awaited)) for team, channel, awaited in db.execute(query)]


def channels_to_search(db: sa.Connection, now: datetime) -> set[str]:
    """Return the channels in which a post may have two messages, or one that is not known."""
    searched = posts.c.search_due.is_not(None) & (posts.c.search_due <= now)
    due = sa.select(posts.c.channel).where(searched)
    unconfirmed = sa.select(posts.c.channel).where(UNCONFIRMED, is_free(now))
    return set(db.execute(due.union(unconfirmed)).scalars())


def next_shown(
    db: sa.Connection, channel: Channel, teams: Collection[str], turn: Turn, now: datetime
) -> int | None:
    """Return the post to be brought up to date first, of those with a finding of *teams*."""
    query = (
        sa.select(messages.c.post)
        .select_from(findings)
        .join(messages, messages.c.finding == findings.c.id)
        .join(posts, posts.c.id == messages.c.post)
        .where(
            IS_STALE,
            findings.c.team.in_(teams),
            messages.c.channel == str(channel),
            messages.c.version < findings.c.version,
            posts.c.message != "",
            is_free(now),
        )
        .limit(1)
    )
    if turn is Turn.AWAITED:
        query = query.where(IS_AWAITED)
        return db.execute(query.order_by(findings.c.changed_at.desc())).scalar()
    return db.execute(query.order_by(findings.c.changed_at)).scalar()


def next_unconfirmed(db: sa.Connection, channel: Channel, now: datetime) -> int | None:
    """Return a post of which nobody knows whether it was posted."""
    query = (
        sa.select(posts.c.id)
        .where(UNCONFIRMED, posts.c.channel == str(channel), is_free(now))
        .limit(1)
    )
    return db.execute(query).scalar()


def new_findings(
    channel: Channel, teams: Collection[str], *conditions: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """Select the findings of *teams* that have no message in *channel*."""
    here = (messages.c.finding == findings.c.id) & (messages.c.channel == str(channel))
    return (
        sa.select(findings.c.id, findings.c.rule, findings.c.team, findings.c.state)
        .select_from(findings.outerjoin(messages, here))
        .where(
            IS_STALE,
            findings.c.team.in_(teams),
            messages.c.finding.is_(None),
            *conditions,
        )
    )


def is_ready(now: datetime, patience: timedelta) -> sa.ColumnElement[bool]:
    """Whether a finding has its name and its owner, or has waited long enough for them."""
    is_young = (findings.c.changed_at > now - patience) & (findings.c.changed_at <= now)
    is_nameless = findings.c.lookup_due.is_not(None) & (findings.c.lookup_due <= now)
    return sa.not_(is_young & is_nameless)


def needs_nothing() -> sa.ColumnElement[bool]:
    return findings.c.state.in_([state.value for state in NOTHING_TO_DO])


def is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a post is seen to by no replica. A lease from before a clock was set back is none."""
    return is_unleased(posts.c.leased_until, now)


def is_unleased(until: sa.ColumnElement[datetime], now: datetime) -> sa.ColumnElement[bool]:
    return until.is_(None) | (until <= now) | (until > now + _LONGEST_LEASE)


def how_stale(db: sa.Connection) -> tuple[int, datetime | None]:
    """Return how many findings are stale, and since when the oldest of them has been."""
    query = sa.select(sa.func.count(), sa.func.min(findings.c.changed_at)).where(IS_STALE)
    number, since = db.execute(query).one()
    return number, since
