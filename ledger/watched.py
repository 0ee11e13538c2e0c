"""Which accounts the bot has been configured to look after, so that one that left is known."""

import json
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from ledger.database import reading, writing
from ledger.marks import read_mark, write_mark

_MARK = "accounts"


@dataclass(frozen=True, slots=True)
class _Noted:
    """*looked_after* are those of the last time; what *left* had findings, which were closed."""

    looked_after: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


class Watched:
    """The accounts of the configuration, as they were before."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def gone(self, accounts: Collection[str]) -> frozenset[str]:
        """Return the accounts that were looked after before, and are not among *accounts*.

        An account that was never in the configuration may report all the same: it is not gone.
        """
        with reading(self._engine) as db:
            return _read(db).looked_after.difference(accounts)

    def returned(self, accounts: Collection[str]) -> frozenset[str]:
        """Return those of *accounts* whose findings were closed while they were gone."""
        with reading(self._engine) as db:
            return _read(db).left.intersection(accounts)

    def note(self, accounts: Collection[str], read: Collection[str] = ()) -> None:
        """Remember *accounts* for the next time; those in *read* have been read since."""
        with writing(self._engine) as db:
            noted = _read(db)
            gone = noted.looked_after.difference(accounts)
            left = noted.left.union(gone).difference(read)
            if (noted.looked_after, noted.left) != (frozenset(accounts), left):
                mark = {"looked_after": sorted(accounts), "left": sorted(left)}
                write_mark(db, _MARK, json.dumps(mark))


def _read(db: sa.Connection) -> _Noted:
    noted = json.loads(read_mark(db, _MARK) or "{}")
    return _Noted(*(frozenset(noted.get(name, ())) for name in ("looked_after", "left")))
