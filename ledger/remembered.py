"""The allowlist's last good text, for a start at which its place is away."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from compliance.shelf import Lineage, Text
from ledger.database import reading, writing
from ledger.tables import allowlists

#: 100,000 entries are packed in half a second, into a tenth.
_LEVEL = 1


def memory_of(place: object, engine: Callable[[], sa.Engine]) -> "Remembered | None":
    """Return the memory of a repository or a bucket; who starts a bot has a file at hand."""
    return None if isinstance(place, Path) else Remembered(engine, str(place))


class Remembered:
    """One text of one *source*; another source has nothing to do with it.

    *engine* opens the ledger, which nobody has to reach before the text is asked for.
    """

    def __init__(self, engine: Callable[[], sa.Engine], source: str) -> None:
        self._engine = engine
        self._source = source

    def recall(self) -> Text | None:
        query = sa.select(allowlists).where(allowlists.c.source == self._source)
        with reading(self._engine()) as db:
            row = db.execute(query).first()
        if row is None:
            return None
        return Text(zlib.decompress(row.packed).decode("utf-8"), row.revision, Lineage.MEANT)

    def keep(self, text: Text) -> None:
        """Keep *text* unless another replica has done so; what other sources had goes."""
        known = sa.select(allowlists.c.source, allowlists.c.revision)
        with reading(self._engine()) as db:
            if db.execute(known).all() == [(self._source, text.revision)]:
                return
        packed = zlib.compress(text.text.encode("utf-8"), _LEVEL)
        # Another replica may keep the same at this moment.
        with suppress(sa.exc.IntegrityError), writing(self._engine()) as db:
            db.execute(sa.delete(allowlists))
            db.execute(
                sa.insert(allowlists).values(
                    source=self._source, revision=text.revision, packed=packed
                )
            )
