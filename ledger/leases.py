"""Leases: which replica brings a post up to date, and until when nobody else does."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.channel import Channel
from ledger import stale
from ledger.storms import Place
from ledger.tables import findings, messages, posts

#: Longer than chat takes for one message, in blocks and then in words.
LEASE = timedelta(seconds=60)


def take_lease(
    db: sa.Connection, channel: Channel, place: Place, now: datetime
) -> sa.RowMapping | None:
    """Reserve a message; None where another replica has it, IntegrityError likewise.

    Our own id of the post is kept here, before anything is posted.
    """
    until = {"leased_until": now + LEASE}
    if place.post is None:
        post = db.execute(
            sa.insert(posts)
            .values(
                post_id=secrets.token_hex(8),
                channel=str(channel),
                message="",
                team=_team_of(db, place),
                rule=place.rule,
                is_group=place.is_group,
                posted_at=now,
                grown_at=now,
                attempts=1,
                **until,
            )
            .returning(posts.c.id)
        ).scalar_one()
    else:
        post = place.post
        grown = {"grown_at": now} if place.finding_ids else {}
        lease = sa.update(posts).where(posts.c.id == post, stale.is_free(now))
        if not db.execute(lease.values(**until, **grown)).rowcount:
            return None
    rows = [
        {"finding": each, "channel": str(channel), "post": post, "version": 0, "joined_at": now}
        for each in sorted(place.finding_ids)
    ]
    if rows:
        db.execute(sa.insert(messages), rows)
    return db.execute(sa.select(posts).where(posts.c.id == post)).mappings().one()


def lease_until(db: sa.Connection, post: int, until: datetime | None) -> None:
    of_it = posts.c.id == post
    db.execute(sa.update(posts).where(of_it).values(leased_until=until))


def _team_of(db: sa.Connection, place: Place) -> str:
    query = sa.select(findings.c.team).where(findings.c.id == place.finding_ids[0])
    return str(db.execute(query).scalar_one())
