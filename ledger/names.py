"""By which words findings are found: kept true by the transaction that moves a finding."""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from compliance.finding import SETTLED, Finding, State
from compliance.naming import words_of
from ledger.database import reading
from ledger.rows import from_row
from ledger.tables import findings, names

#: Sorts behind every word that begins with what stands before it.
_LAST = "\U0010ffff"
_DELETE = sa.delete(names).where(
    names.c.team == sa.bindparam("of_team"),
    names.c.word == sa.bindparam("of_word"),
    names.c.finding == sa.bindparam("of_finding"),
)
_INSERT = sa.insert(names)

#: What words are made of.
_NAMING = ("team", "resource_name", "tags", "requests", "decided")

_Row = tuple[str, str, str]


def note_names(db: sa.Connection, moves: Iterable[tuple[Finding | None, Finding]]) -> None:
    """Let each finding be found by the words that it has after its move, by its team's people."""
    first: dict[str, Finding | None] = {}
    last: dict[str, Finding] = {}
    for before, after in moves:
        if before is None or _names_differ(before, after):
            first.setdefault(after.id, before)
            last[after.id] = after
    gone, new = list[_Row](), list[_Row]()
    for finding_id, after in last.items():
        before = first[finding_id]
        was = _rows(before) if before else set[_Row]()
        now = _rows(after)
        gone += was - now
        new += now - was
    if gone:
        rows = [
            {"of_team": team, "of_word": word, "of_finding": of} for team, word, of in sorted(gone)
        ]
        db.execute(_DELETE, rows)
    if new:
        rows = [{"team": team, "word": word, "finding": of} for team, word, of in sorted(new)]
        db.execute(_INSERT, rows)


def _names_differ(before: Finding, after: Finding) -> bool:
    """Say whether the words can differ: most moves change the state, and no word with it.

    What never broke the rule has none, and who decided counts until it is over.
    """
    if State.COMPLIANT in (before.state, after.state):
        return before.state is not after.state
    if after.decided and (before.state in SETTLED) is not (after.state in SETTLED):
        return True
    return any(getattr(before, name) != getattr(after, name) for name in _NAMING)


def _rows(finding: Finding) -> set[_Row]:
    return {(finding.team, word, finding.id) for word in words_of(finding)}


class Names:
    """Finds findings of some teams by words; each question reads a bounded number of rows.

    All methods raise LedgerUnavailableError.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def called(self, word: str, teams: Collection[str], limit: int) -> tuple[Finding, ...]:
        """Return findings that have *word* as it is: a whole name, say."""
        return self._read(names.c.word == word, teams, limit)

    def beginning(self, word: str, teams: Collection[str], limit: int) -> tuple[Finding, ...]:
        """Return findings that have a word that begins with *word*."""
        return self._read(_begins(word), teams, limit)

    def search(
        self, words: Sequence[str], teams: Collection[str], limit: int
    ) -> tuple[Finding, ...] | None:
        """Return the findings that have a word for each of *words*, which are beginnings.

        None where even the rarest of them begins too many: *limit* and more.
        """
        rarest, number = self._rarest(words, teams, limit)
        if number >= limit:
            return None
        return tuple(
            finding
            for finding in self.beginning(rarest, teams, limit)
            if _has_all(words_of(finding), words)
        )

    def _rarest(self, words: Sequence[str], teams: Collection[str], limit: int) -> tuple[str, int]:
        """Return which of *words* begins the fewest, and how many: counted up to *limit* only."""
        numbers = {}
        with reading(self._engine) as db:
            for word in words:
                some = _of_teams(_begins(word), teams, limit).subquery()
                counted = sa.select(sa.func.count()).select_from(some)
                numbers[word] = db.execute(counted).scalar_one()
        fewest = min(numbers, key=lambda word: (numbers[word], -len(word)))
        return fewest, numbers[fewest]

    def _read(
        self, condition: sa.ColumnElement[bool], teams: Collection[str], limit: int
    ) -> tuple[Finding, ...]:
        with reading(self._engine) as db:
            # A finding can have two words with one beginning.
            ids = set(db.execute(_of_teams(condition, teams, limit)).scalars())
            query = sa.select(findings).where(findings.c.id.in_(ids)).order_by(findings.c.id)
            return tuple(map(from_row, db.execute(query).mappings()))


def _has_all(words: Collection[str], beginnings: Iterable[str]) -> bool:
    return all(any(word.startswith(each) for word in words) for each in beginnings)


def _begins(word: str) -> sa.ColumnElement[bool]:
    return (names.c.word >= word) & (names.c.word < f"{word}{_LAST}")


def _of_teams(
    condition: sa.ColumnElement[bool], teams: Collection[str], limit: int
) -> sa.Select[tuple[str]]:
    # Not distinct: that would read all of them before the first is given out.
    return sa.select(names.c.finding).where(names.c.team.in_(teams), condition).limit(limit)
