"""Whose message each card is, and which replica sees to it."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.types import UTC_TEXT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    team = sa.Column("team", sa.String(length=64), nullable=False, server_default="")
    op.add_column("cards", team)
    op.add_column("cards", sa.Column("leased_until", UTC_TEXT, nullable=True))
    op.create_index("cards_by_age", "cards", ["posted_at"])
    op.create_index("cards_of_message", "cards", ["channel", "message"])
    # Until now a card was forgotten when its finding went to another team.
    op.execute(
        "UPDATE cards SET team ="
        " coalesce((SELECT team FROM findings WHERE findings.id = cards.finding), '')"
    )
