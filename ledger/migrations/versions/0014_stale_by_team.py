"""What is stale by team: a channel looks at its own teams' findings, however many others come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

#: The words of ``ledger.tables.STALE``.
_STALE = sa.text("shown_version < version AND state <> 'compliant'")


def upgrade() -> None:
    op.drop_index("findings_stale", "findings")
    op.create_index(
        "findings_stale",
        "findings",
        ["team", "changed_at"],
        sqlite_where=_STALE,
        postgresql_where=_STALE,
    )
