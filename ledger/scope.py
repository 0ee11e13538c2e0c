"""Which findings a question is about, for the database: every condition has its index."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from compliance.finding import State


@dataclass(frozen=True, slots=True)
class Scope:
    """Which findings a question is about; an empty field is about all.

    *opened_before* and *opened_after* are the ends of when the violation that is open now was
    recorded. *ids* are the findings that words name, None where no word does; *without* are those
    that words leave out.
    """

    teams: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    opened_before: datetime | None = None
    opened_after: datetime | None = None
    ids: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    @property
    def is_of_findings(self) -> bool:
        """Whether only the findings say what is in it: what is kept counted does not."""
        has_age = self.opened_before is not None or self.opened_after is not None
        return has_age or self.ids is not None or bool(self.without)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings of one team, rule and account are in one state."""

    team: str
    rule: str
    account: str
    state: State
    number: int


def within(scope: Scope, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of *scope* on *table*, of findings or of how many are alike."""
    wanted: list[sa.ColumnElement[bool]] = [
        column.in_(names)
        for column, names in (
            (table.c.team, scope.teams),
            (table.c.rule, scope.rules),
            (table.c.account, scope.accounts),
            (table.c.region, scope.regions),
            (table.c.resource_type, scope.types),
        )
        if names
    ]
    if scope.opened_before is not None:
        wanted.append(table.c.opened_at < scope.opened_before)
    if scope.opened_after is not None:
        wanted.append(table.c.opened_at >= scope.opened_after)
    if scope.ids is not None:
        wanted.append(table.c.id.in_(scope.ids))
    if scope.without:
        wanted.append(table.c.id.not_in(scope.without))
    return wanted
