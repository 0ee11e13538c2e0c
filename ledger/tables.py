"""The ledger's tables, the same for SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no zones, keeps it as ISO 8601 text that sorts."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.replace(tzinfo=None).isoformat(timespec="microseconds")
        return value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


findings = sa.Table(
    "findings",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("account", sa.String(12), nullable=False),
    sa.Column("region", sa.String(32), nullable=False),
    sa.Column("rule", sa.String(128), nullable=False),
    sa.Column("resource_type", sa.String(256), nullable=False),
    sa.Column("resource_id", sa.Text, nullable=False),
    sa.Column("resource_name", sa.Text, nullable=False, default=""),
    sa.Column("tags", sa.Text, nullable=False, default="{}"),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("compliance", sa.String(16), nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("opened_at", UtcDateTime),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("annotation", sa.Text, nullable=False, default=""),
    sa.Column("rule_arn", sa.Text, nullable=False, default=""),
    sa.Column("actor", sa.String(64), nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("until", UtcDateTime),
    sa.Column("step", sa.Integer, nullable=False, default=0),
    sa.Column("steps", sa.Integer, nullable=False, default=0),
    sa.Column("needed", sa.Integer, nullable=False, default=0),
    sa.Column("agreed", sa.Text, nullable=False, default="[]"),
    # The version that the finding's card shows, the exception that AWS has, and when AWS is asked
    # about the resource: null once it has answered.
    sa.Column("shown_version", sa.Integer, nullable=False, default=0),
    sa.Column("mirrored_until", UtcDateTime),
    sa.Column("mirror_due", UtcDateTime),
    sa.Column("lookup_due", UtcDateTime),
)
#: Answers ``status`` from the index alone: counts by team, rule and state, and the oldest.
sa.Index(
    "findings_by_state",
    findings.c.state,
    findings.c.team,
    findings.c.rule,
    findings.c.account,
    findings.c.opened_at,
)
sa.Index("findings_by_age", findings.c.opened_at, findings.c.state)
sa.Index(
    "findings_of_resource",
    findings.c.account,
    findings.c.region,
    findings.c.resource_type,
    findings.c.resource_id,
)
#: The migrations let these hold only the rows that are asked for. Said here as well, it would
#: load PostgreSQL's dialect for a ledger on SQLite.
sa.Index("findings_stale", findings.c.team, findings.c.changed_at)
sa.Index("findings_mirror_due", findings.c.mirror_due)
sa.Index("findings_lookup_due", findings.c.lookup_due)

resources = sa.Table(
    "resources",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("captured_at", UtcDateTime, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("arn", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("finding", sa.String(16), nullable=False, index=True),
    sa.Column("verb", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
)

remediations = sa.Table(
    "remediations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("finding", sa.String(16), nullable=False, index=True),
    sa.Column("asked_by", sa.String(64), nullable=False),
    sa.Column("claimed_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("outcome", sa.String(20), nullable=False, default=""),
    sa.Column("message", sa.Text, nullable=False, default=""),
)

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("finding", sa.String(16), primary_key=True),
    # The team that it was posted for: where another one has the finding now, the card has to go.
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("message", sa.String(64), nullable=False),
    sa.Column("posted_at", UtcDateTime, nullable=False),
    # Until then one replica sees to it; the message is empty until it has been posted.
    sa.Column("leased_until", UtcDateTime),
)
sa.Index("cards_by_age", cards.c.posted_at)
sa.Index("cards_of_message", cards.c.channel, cards.c.message)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("finding", sa.String(16), nullable=False, index=True),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("from_state", sa.String(20), nullable=False),
    sa.Column("to_state", sa.String(20), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

periods = sa.Table(
    "periods",
    metadata,
    sa.Column("job", sa.String(32), primary_key=True),
    sa.Column("period", sa.String(32), primary_key=True),
    sa.Column("leased_until", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
)
