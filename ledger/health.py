"""Whether the database can be written."""

import logging
import secrets

import sqlalchemy as sa

from ledger.database import writing
from ledger.errors import LedgerUnavailableError
from ledger.tables import marks

log = logging.getLogger(__name__)

#: More than fits beside other rows in a page of SQLite's, so that one has to be had.
_LONGER_THAN_A_PAGE = 4200


def problem(engine: sa.Engine) -> str:
    """Say which error keeps the database from being written, empty when none does.

    One that is read-only or full can be read all the same. What is written is taken out again. The
    log has the whole error, which names hosts and users: anybody may ask for readiness.
    """
    name = f"written {secrets.token_hex(8)}"
    try:
        with writing(engine) as db:
            db.execute(sa.insert(marks).values(name=name, value="-" * _LONGER_THAN_A_PAGE))
            db.execute(sa.delete(marks).where(marks.c.name == name))
    except LedgerUnavailableError as error:
        log.warning("the ledger cannot be written", extra={"why": str(error)})
        return str(error).partition(":")[0]
    return ""
