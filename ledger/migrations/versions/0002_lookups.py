"""When AWS Config has to be asked about a finding's resource."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.types import UTC_TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("findings", sa.Column("lookup_due", UTC_TEXT, nullable=True))
    op.create_index(
        "findings_lookup_due",
        "findings",
        ["lookup_due"],
        sqlite_where=sa.text("lookup_due IS NOT NULL"),
        postgresql_where=sa.text("lookup_due IS NOT NULL"),
    )
