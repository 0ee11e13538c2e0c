"""Which accounts the bot has been configured to look after, so that one that left is known."""

import json
from collections.abc import Collection

import sqlalchemy as sa

from ledger.database import reading, writing
from ledger.marks import read_mark, write_mark
from ledger.tables import counts

_MARK = "accounts"


class Watched:
    """The accounts of the configuration, as they were and as they are."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def note(self, accounts: Collection[str]) -> None:
        """Remember that *accounts* are looked after."""
        with writing(self._engine) as db:
            known = set(json.loads(read_mark(db, _MARK) or "[]"))
            if not known.issuperset(accounts):
                write_mark(db, _MARK, json.dumps(sorted(known.union(accounts))))

    def gone(self, accounts: Collection[str]) -> tuple[str, ...]:
        """Return the accounts that were looked after, are not among *accounts*, have findings.

        An account that was never in the configuration may report all the same: it is not gone.
        """
        with reading(self._engine) as db:
            known = set(json.loads(read_mark(db, _MARK) or "[]")) - set(accounts)
            if not known:
                return ()
            counted = sa.select(counts.c.account).where(counts.c.number > 0).distinct()
            return tuple(sorted(known.intersection(db.execute(counted).scalars())))
