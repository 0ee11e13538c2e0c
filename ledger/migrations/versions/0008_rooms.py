"""The conversations of chat products that tell the bot where it may speak."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TEXTS = ("service_url", "name", "team", "group", "person", "installer", "called")


def upgrade() -> None:
    time = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "rooms",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("product", "id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("closed_at", time),
    )
