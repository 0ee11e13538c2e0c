"""What the findings were last brought in line with."""

import sqlalchemy as sa

from ledger.tables import marks


def read_mark(db: sa.Connection, name: str) -> str:
    """Return the mark's value, empty where it was never written."""
    return db.execute(sa.select(marks.c.value).where(marks.c.name == name)).scalar() or ""


def write_mark(db: sa.Connection, name: str, value: str) -> None:
    of_it = marks.c.name == name
    if not db.execute(sa.update(marks).where(of_it).values(value=value)).rowcount:
        db.execute(sa.insert(marks).values(name=name, value=value))
