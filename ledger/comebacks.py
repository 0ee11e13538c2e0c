"""Findings that come back: they get a fresh card, and the old one points to it.

An edited card marks nothing unread, and what was resolved last week has scrolled away. What was
resolved within the day keeps its card, for that goes back and forth; an exception that is over is
news for as long as it lasted, since its card was read as done.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.finding import Finding, State
from compliance.letters import Kind
from ledger import threads
from ledger.letters import write_letter
from ledger.tables import findings, messages, posts

_AWAY = timedelta(days=1)
#: The new card is posted within moments; the old one is looked at after it.
_POINTED_AFTER = timedelta(seconds=5)


def part_with_cards(
    db: sa.Connection, moves: Iterable[tuple[Finding | None, Finding]], now: datetime
) -> None:
    """Take findings that came back from their old cards, in the move's transaction."""
    for before, after in moves:
        if before is not None and _has_come_back(before, after):
            _part(db, after.id, now)


def _has_come_back(before: Finding, after: Finding) -> bool:
    if after.state is not State.REOPENED:
        return False
    if before.state is State.EXCEPTED:
        return True
    was_away = after.changed_at - before.changed_at >= _AWAY
    return before.state is State.RESOLVED and was_away


def _part(db: sa.Connection, finding_id: str, now: datetime) -> None:
    cards = (
        sa.select(posts.c.id, posts.c.channel, posts.c.message, posts.c.is_group)
        .join(messages, messages.c.post == posts.c.id)
        .where(messages.c.finding == finding_id, posts.c.message != "")
    )
    for card in db.execute(cards).all():
        here = (messages.c.finding == finding_id) & (messages.c.channel == card.channel)
        db.execute(sa.delete(messages).where(here))
        if card.is_group:
            _redraw(db, card.id)
            continue
        detail = {"old": card.message}
        due = now + _POINTED_AFTER
        write_letter(db, card.channel, Kind.SUCCEEDED, finding_id, detail, due)
        db.execute(sa.delete(posts).where(posts.c.id == card.id))
        threads.forget(db, [card.id])


def _redraw(db: sa.Connection, post: int) -> None:
    """Let the message of the others be drawn anew, without the one that has left it."""
    of_post = messages.c.post == post
    other = db.execute(sa.select(messages.c.finding).where(of_post).limit(1)).scalar()
    if other is not None:
        db.execute(
            sa.update(messages).where(of_post, messages.c.finding == other).values(version=0)
        )
        db.execute(sa.update(findings).where(findings.c.id == other).values(shown_version=0))
