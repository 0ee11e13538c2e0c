"""The steps of a running remediation by name, and who took back what was asked for last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("runbook", "withdrawn_by"):
        op.add_column("findings", sa.Column(name, sa.Text, nullable=False, server_default=""))
