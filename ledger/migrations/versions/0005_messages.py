"""A message a finding and channel, each with the version it shows, in posts with ids of ours."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    posts = op.create_table(
        "posts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("is_group", sa.Boolean, nullable=False),
        sa.Column("posted_at", _time(), nullable=False),
        sa.Column("grown_at", _time(), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("leased_until", _time()),
        sa.Column("search_due", _time()),
    )
    op.create_table(
        "messages",
        sa.Column("finding", sa.String(16), primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("post", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("joined_at", _time(), nullable=False),
        sqlite_with_rowid=False,
    )
    _fill(posts)
    op.create_index("posts_of_channel", "posts", ["channel", "posted_at"])
    op.create_index("messages_of_post", "messages", ["post", "finding"])
    for name, column, where in (
        ("posts_unconfirmed", "channel", "message = ''"),
        ("posts_search_due", "search_due", "search_due IS NOT NULL"),
    ):
        only = sa.text(where)
        op.create_index(name, "posts", [column], sqlite_where=only, postgresql_where=only)
    op.drop_table("cards")


def _fill(posts: sa.Table) -> None:
    """Turn each card that was posted into a message. What was not is posted as if it were new."""
    db = op.get_bind()
    query = sa.text(
        "SELECT channel, message, min(team) AS team, min(posted_at) AS first,"
        " max(posted_at) AS last, count(*) AS number"
        " FROM cards WHERE message <> '' GROUP BY channel, message"
    ).columns(first=_time(), last=_time())
    rows = [
        {
            # These messages carry no id, and nothing else may be taken for them.
            "post_id": secrets.token_hex(8),
            "channel": f"slack:{row.channel}",
            "message": row.message,
            "team": row.team,
            "rule": "",
            "is_group": row.number > 1,
            "posted_at": row.first,
            "grown_at": row.last,
            "attempts": 1,
        }
        for row in db.execute(query)
    ]
    if rows:
        db.execute(sa.insert(posts), rows)
    op.execute(
        "INSERT INTO messages (finding, channel, post, version, joined_at)"
        " SELECT cards.finding, posts.channel, posts.id, findings.shown_version, cards.posted_at"
        " FROM cards JOIN findings ON findings.id = cards.finding"
        " JOIN posts ON posts.channel = 'slack:' || cards.channel"
        " AND posts.message = cards.message WHERE cards.message <> ''"
    )


def _time() -> sa.types.TypeEngine[Any]:
    return sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
