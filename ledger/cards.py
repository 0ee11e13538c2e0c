"""What chat shows: which findings have a card that is out of date, and where each card is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.finding import Finding, State
from compliance.routing import Team
from ledger.rows import from_row
from ledger.tables import cards, findings

#: AWS answers in less than a second, and a card that comes without a name is better than none.
_PATIENCE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message was posted: the chat product's ids of the channel and the message."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class StaleCard:
    """A finding that is newer than what its card shows; *place* is None before the first post.

    *team* is whom it was posted for, which need not be the finding's team any more.
    """

    finding: Finding
    place: Posted | None
    team: str


class Cards:
    """The courier's side of the ledger.

    *patience* is how long a new card waits for the name and the owner of its resource.
    """

    def __init__(
        self,
        engine: sa.Engine,
        now: Callable[[], datetime],
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._engine = engine
        self._now = now
        self._patience = patience

    def stale(self, team: Team, closed: Collection[str] = ()) -> StaleCard | None:
        """Return the finding of *team* whose card is brought up to date next, None if all are true.

        A card that somebody is looking at comes before one that nobody has seen yet; of several,
        the one whose finding has been in its state longest. What has its place in one of the
        channels that are *closed* is left out.
        """
        now = self._now()
        asked = findings.c.lookup_due <= now
        is_new = cards.c.message.is_(None) & (findings.c.changed_at > now - self._patience)
        query = (
            sa.select(findings, cards.c.channel, cards.c.message, cards.c.team.label("posted_for"))
            .outerjoin(cards, cards.c.finding == findings.c.id)
            .where(
                findings.c.shown_version < findings.c.version,
                findings.c.state != State.COMPLIANT.value,
                findings.c.team == team.name,
                sa.func.coalesce(cards.c.channel, team.channel).not_in(closed),
                sa.not_(sa.and_(findings.c.lookup_due.is_not(None), asked, is_new)),
            )
            .order_by(cards.c.message.is_(None), findings.c.changed_at)
            .limit(1)
        )
        with self._engine.connect().execution_options(read_only=True) as db:
            row = db.execute(query).mappings().first()
        if row is None:
            return None
        place = Posted(row["channel"], row["message"]) if row["message"] else None
        return StaleCard(from_row(row), place, row["posted_for"] or team.name)

    def shown(self, finding: Finding, place: Posted | None, now: datetime) -> None:
        """Note that *place* shows *finding* as it is at this version, or that none is needed."""
        with self._engine.begin() as db:
            # A newer version stays stale: only what was shown is noted.
            db.execute(
                sa.update(findings)
                .where(findings.c.id == finding.id, findings.c.shown_version < finding.version)
                .values(shown_version=finding.version)
            )
            if place is None:
                return
            row = {
                "team": finding.team,
                "channel": place.channel,
                "message": place.message,
                "posted_at": now,
            }
            of_finding = cards.c.finding == finding.id
            if not db.execute(sa.update(cards).where(of_finding).values(row)).rowcount:
                db.execute(sa.insert(cards).values(finding=finding.id, **row))

    def forget(self, finding_id: str) -> None:
        """The card is gone from chat: the next round posts a new one."""
        with self._engine.begin() as db:
            db.execute(sa.delete(cards).where(cards.c.finding == finding_id))
