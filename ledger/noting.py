"""Noting which versions of findings chat shows now."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from compliance.channel import Channel
from compliance.routing import Teams
from ledger.shown import Version
from ledger.stale import NOTHING_TO_DO
from ledger.tables import findings, messages

#: A newer version stays stale: only what was shown is noted, and a late note takes nothing back.
_NOTE = (
    sa.update(messages)
    .where(
        messages.c.finding == sa.bindparam("noted"),
        messages.c.channel == sa.bindparam("where"),
        messages.c.version < sa.bindparam("shown"),
    )
    .values(version=sa.bindparam("shown"))
)
_OLDER = sa.exists().where(
    messages.c.finding == findings.c.id, messages.c.version < sa.bindparam("shown")
)
_UP_TO_DATE = (
    sa.select(sa.func.count())
    .where(messages.c.finding == findings.c.id, messages.c.version >= sa.bindparam("shown"))
    .scalar_subquery()
)
#: A finding is shown when every message of it is up to date and every channel of its team has one.
_SHOWN = (
    sa.update(findings)
    .where(
        findings.c.id == sa.bindparam("noted"),
        findings.c.shown_version < sa.bindparam("shown"),
        sa.bindparam("needed") <= _UP_TO_DATE,
        sa.not_(_OLDER),
    )
    .values(shown_version=sa.bindparam("shown"))
)


def note(db: sa.Connection, channel: Channel, versions: Iterable[Version]) -> None:
    """Note that *channel* shows *versions*."""
    noted = [
        {"noted": each.finding_id, "where": str(channel), "shown": each.version}
        for each in versions
    ]
    if noted:
        db.execute(_NOTE, noted)


def note_everywhere(db: sa.Connection, teams: Teams, versions: Iterable[Version]) -> None:
    """Note each finding as shown whose messages are all up to date."""
    in_order = sorted(versions, key=lambda each: each.finding_id)
    noted = [
        {"noted": each.finding_id, "shown": each.version, "needed": _needed(teams, each)}
        for each in in_order
    ]
    if noted:
        _lock(db, [each.finding_id for each in in_order])
        db.execute(_SHOWN, noted)


def forget(db: sa.Connection, channel: Channel, versions: Iterable[Version]) -> None:
    """Note that *channel* shows these findings no more."""
    gone = [{"noted": each.finding_id, "where": str(channel)} for each in versions]
    if gone:
        of_it = messages.c.finding == sa.bindparam("noted")
        here = messages.c.channel == sa.bindparam("where")
        db.execute(sa.delete(messages).where(of_it, here), gone)


def _needed(teams: Teams, version: Version) -> int:
    """Return how many channels must show the finding."""
    return 0 if version.state in NOTHING_TO_DO else len(teams[version.team].channels)


def _lock(db: sa.Connection, finding_ids: Collection[str]) -> None:
    """Wait for the transaction that notes another message of these findings, to see it.

    Or each would find that the other's channel is out of date, and the findings would be so for
    ever. In the order of ids, as the ledger locks them, or PostgreSQL ends one of the two. SQLite's
    write lock keeps them apart already.
    """
    if db.dialect.name == "postgresql":
        of_them = sa.select(findings.c.id).where(findings.c.id.in_(finding_ids))
        db.execute(of_them.order_by(findings.c.id).with_for_update())
