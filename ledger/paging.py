"""Reading many findings: a page of them is held, and nothing is locked in between."""

from collections.abc import Iterator

import sqlalchemy as sa

from compliance.finding import Finding
from ledger.database import reading
from ledger.rows import from_row
from ledger.tables import findings


def each_finding(
    engine: sa.Engine, *wanted: sa.ColumnElement[bool], page: int
) -> Iterator[Finding]:
    """Yield the findings that are *wanted* in the order of their ids, *page* read at once."""
    last = ""
    while True:
        query = sa.select(findings).where(findings.c.id > last, *wanted)
        with reading(engine) as db:
            rows = db.execute(query.order_by(findings.c.id).limit(page)).mappings().all()
        yield from map(from_row, rows)
        if len(rows) < page:
            return
        last = rows[-1]["id"]
