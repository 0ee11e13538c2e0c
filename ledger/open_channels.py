"""Channels that outsiders can read: who was asked about each, and who allowed it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.channel import Channel
from compliance.letters import Kind
from ledger import audit
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.letters import write_letter
from ledger.tables import open_channels


class OpenChannels:
    """All methods raise LedgerUnavailableError."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def is_allowed(self, channel: Channel) -> bool:
        """Say whether somebody has allowed the bot to post where outsiders read."""
        query = sa.select(open_channels.c.allowed_at).where(_is(channel))
        with reading(self._engine) as db:
            return db.execute(query).scalar() is not None

    def ask(self, channel: Channel, outsiders: str, of: Channel) -> None:
        """Have it asked in *of*, once, whether *channel* may be posted to."""
        now = self._now()
        row = {"channel": str(channel), "outsiders": outsiders, "asked_at": now, "allowed_by": ""}
        try:
            with writing(self._engine) as db:
                if db.execute(sa.select(open_channels.c.channel).where(_is(channel))).first():
                    return
                db.execute(sa.insert(open_channels).values(row))
                detail = {"channel": str(channel), "outsiders": outsiders}
                write_letter(db, str(of), Kind.OUTSIDERS, "", detail, now)
        except sa.exc.IntegrityError:
            # Another replica asks just now.
            return

    def allow(self, channel: Channel, actor: str, detail: Mapping[str, Any]) -> bool:
        """Record that *actor* allowed it; False where that waits for nobody."""
        now = self._now()
        waiting = _is(channel) & open_channels.c.allowed_at.is_(None)
        allowed = sa.update(open_channels).where(waiting)
        with writing(self._engine) as db:
            if not db.execute(allowed.values(allowed_by=actor, allowed_at=now)).rowcount:
                return False
            given = {"channel": str(channel), **detail}
            audit.lock_tail(db)
            audit.append(db, [AuditRow(now, "", actor, "outsiders allowed", detail=given)])
        return True


def _is(channel: Channel) -> sa.ColumnElement[bool]:
    return open_channels.c.channel == str(channel)
