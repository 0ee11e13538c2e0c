"""What a sweep could not read, kept so that a restart of the bot does not forget it."""

import json
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from ledger.database import reading, writing
from ledger.marks import read_mark, write_mark

_MARK = "missed"


class Missed:
    """The accounts and Regions that the last sweep did not read, or not wholly."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def since(self, moment: datetime) -> frozenset[tuple[str, str]]:
        """Return what was missed; nothing where the sweep began before *moment*."""
        with reading(self._engine) as db:
            noted = json.loads(read_mark(db, _MARK) or "{}")
        if not noted or datetime.fromisoformat(noted["swept_at"]) < moment:
            return frozenset()
        return frozenset((account, region) for account, region in noted["places"])

    def begin(self, places: Iterable[tuple[str, str]], swept_at: datetime) -> None:
        """Keep what a sweep that began at *swept_at* missed."""
        mark = {"swept_at": swept_at.isoformat(), "places": sorted(places)}
        with writing(self._engine) as db:
            write_mark(db, _MARK, json.dumps(mark))

    def keep(self, places: Iterable[tuple[str, str]]) -> None:
        """Keep *places* alone of what was missed, once the others have been read."""
        with writing(self._engine) as db:
            if noted := json.loads(read_mark(db, _MARK) or "{}"):
                mark = {**noted, "places": sorted(places)}
                write_mark(db, _MARK, json.dumps(mark))
