"""Whose message each card is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    team = sa.Column("team", sa.String(length=64), nullable=False, server_default="")
    op.add_column("cards", team)
    # Until now a card was forgotten when its finding went to another team.
    op.execute(
        "UPDATE cards SET team ="
        " coalesce((SELECT team FROM findings WHERE findings.id = cards.finding), '')"
    )
