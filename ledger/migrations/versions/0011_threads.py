"""Who looks after a finding, what threads say, what people are sent, and open channels."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.add_column("findings", sa.Column("care", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "threads",
        sa.Column("post", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("said_seq", sa.Integer, nullable=False),
        sa.Column("due_at", time),
        sa.Column("leased_until", time),
        sa.Column("reply_id", sa.Text, nullable=False),
        sa.Column("reply_seq", sa.Integer, nullable=False),
        sa.Column("began_at", time),
        sa.Column("memory", sa.Text, nullable=False),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("threads_due", "threads", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("finding", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("leased_until", time),
        sa.Column("began_at", time),
    )
    op.create_index("letters_due", "letters", ["due_at"])
    op.create_table(
        "open_channels",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("outsiders", sa.Text, nullable=False),
        sa.Column("asked_at", time, nullable=False),
        sa.Column("allowed_by", sa.Text, nullable=False),
        sa.Column("allowed_at", time),
    )
