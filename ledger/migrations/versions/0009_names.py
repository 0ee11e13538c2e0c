"""Words that findings are found by, counts by type of resource, and lists from one index."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_PAGE = 1000
_UNSETTLED = sa.text("state NOT IN ('compliant', 'resolved')")
_LISTED = ["opened_at", "team", "rule", "account", "region", "state", "resource_type"]


def upgrade() -> None:
    _count_by_type()
    op.drop_index("findings_by_age", "findings")
    op.create_index(
        "findings_by_age",
        "findings",
        _LISTED,
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )
    names = op.create_table(
        "names",
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column(
            "word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True
        ),
        sa.Column("finding", sa.String(16), primary_key=True),
        sqlite_with_rowid=False,
    )
    _fill(names)


def _count_by_type() -> None:
    op.drop_table("counts")
    op.create_table(
        "counts",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("team", "rule", "account")),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("state", sa.String(20), primary_key=True),
        sa.Column("applicable", sa.Boolean, primary_key=True),
        sa.Column("resource_type", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_index("counts_in_state", "counts", ["state", "team", "rule", "number"])
    op.execute(
        "INSERT INTO counts"
        " (team, rule, account, region, state, applicable, resource_type, number)"
        " SELECT team, rule, account, region, state, compliance <> 'NOT_APPLICABLE',"
        " resource_type, count(*) FROM findings GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )


def _fill(names: sa.Table) -> None:
    # Today's words, whatever today is: they have to be those that find asks by.
    from compliance.naming import words

    db = op.get_bind()
    for page in _pages(db):
        rows = [
            {"team": row.team, "word": word, "finding": row.id}
            for row in page
            for word in words(
                row.resource_name, row.resource_id, json.loads(row.tags or "{}"), _askers(row)
            )
        ]
        if rows:
            db.execute(sa.insert(names), rows)


def _askers(row: Any) -> set[str]:
    """Return who asked for what waits, and for what is in force."""
    asked = {request["actor"] for request in json.loads(row.requests or "[]")}
    if row.state != "resolved" and row.decided:
        asked.add(json.loads(row.decided)["actor"])
    return asked


def _pages(db: sa.Connection) -> Iterator[Sequence[Any]]:
    """Yield the findings of resources that broke a rule once, a page at a time."""
    last = ""
    query = sa.text(
        "SELECT id, team, state, resource_name, resource_id, tags, requests, decided FROM findings"
        " WHERE id > :last AND state <> 'compliant' ORDER BY id LIMIT :page"
    )
    while page := db.execute(query, {"last": last, "page": _PAGE}).all():
        yield page
        last = page[-1].id
