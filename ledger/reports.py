"""Figures for status and digest, counted by the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from compliance.change import Compliance
from compliance.finding import Finding, State
from ledger.database import reading
from ledger.rows import from_row
from ledger.tables import audit, cards, findings


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings of one team, rule and account are in one state."""

    team: str
    rule: str
    account: str
    state: State
    number: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Which findings a question is about; an empty field is about all."""

    teams: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Moved:
    """How many findings an action moved from one state into another in a span of time."""

    team: str
    rule: str
    action: str
    from_state: str
    to_state: str
    number: int


class Reports:
    """Questions that read and change nothing."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def problem(self) -> str:
        """Say why the database cannot be read, empty when it can."""
        try:
            with self._reading() as db:
                db.execute(sa.select(findings.c.id).limit(1))
        except sa.exc.SQLAlchemyError as error:
            return type(error).__name__
        return ""

    def counts(
        self,
        scope: Scope = EVERYTHING,
        states: Iterable[State] = State,
        *,
        applicable: bool = False,
    ) -> tuple[Count, ...]:
        """Count the findings in *states*; nearly all are compliant or resolved.

        *applicable* leaves out resources that were deleted or that the rule is not about.
        """
        columns = (findings.c.team, findings.c.rule, findings.c.account, findings.c.state)
        wanted = [*_within(scope), _in(states)]
        if applicable:
            wanted.append(findings.c.compliance != Compliance.NOT_APPLICABLE.value)
        query = sa.select(*columns, sa.func.count()).where(*wanted).group_by(*columns)
        with self._reading() as db:
            return tuple(
                Count(team, rule, account, State(state), number)
                for team, rule, account, state, number in db.execute(query)
            )

    def regions(self, scope: Scope, states: Iterable[State]) -> tuple[str, ...]:
        """Return the Regions of the findings in *states*."""
        query = sa.select(findings.c.region).distinct().where(*_within(scope), _in(states))
        with self._reading() as db:
            return tuple(db.execute(query).scalars())

    def oldest(
        self, states: Iterable[State], scope: Scope = EVERYTHING, limit: int = 5
    ) -> tuple[Finding, ...]:
        """Return the findings in *states* that have been non-compliant longest."""
        query = (
            sa.select(findings)
            .where(
                _in(states),
                findings.c.opened_at.is_not(None),
                *_within(scope),
            )
            .order_by(findings.c.opened_at)
            .limit(limit)
        )
        with self._reading() as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def moved(self, since: datetime, until: datetime) -> tuple[Moved, ...]:
        """Count the moves from *since* up to, not including, *until*."""
        columns = (
            findings.c.team,
            findings.c.rule,
            audit.c.action,
            audit.c.from_state,
            audit.c.to_state,
        )
        query = (
            sa.select(*columns, sa.func.count())
            .join(findings, findings.c.id == audit.c.finding)
            .where(audit.c.at >= since, audit.c.at < until)
            .group_by(*columns)
        )
        with self._reading() as db:
            return tuple(Moved(*row) for row in db.execute(query))

    def ending(self, before: datetime) -> tuple[Finding, ...]:
        """Return the excepted findings whose exception ends before *before*, soonest first."""
        query = (
            sa.select(findings)
            .where(findings.c.state == State.EXCEPTED.value, findings.c.until < before)
            .order_by(findings.c.until)
        )
        with self._reading() as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def beside(self, finding_id: str, until: datetime | None = None) -> tuple[Finding, ...]:
        """Return the findings that share a message with this one, itself among them, oldest first.

        Those that joined it after *until* are left out, and all that are another team's by now.
        """
        one = cards.alias()
        query = (
            sa.select(findings)
            .join(cards, cards.c.finding == findings.c.id)
            .join(one, (one.c.channel == cards.c.channel) & (one.c.message == cards.c.message))
            .where(one.c.finding == finding_id, one.c.message != "")
            .where(cards.c.team == findings.c.team)
            .order_by(findings.c.opened_at, findings.c.id)
        )
        if until is not None:
            # And all of them where the one that was pressed came into another message since.
            query = query.where(cards.c.posted_at <= until, one.c.posted_at <= until)
        with self._reading() as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def history(self, finding_id: str) -> tuple[sa.RowMapping, ...]:
        """Return the audit rows of a finding, oldest first."""
        query = sa.select(audit).where(audit.c.finding == finding_id).order_by(audit.c.seq)
        with self._reading() as db:
            return tuple(db.execute(query).mappings())

    def _reading(self) -> sa.Connection:
        return reading(self._engine)


def _in(states: Iterable[State]) -> sa.ColumnElement[bool]:
    return findings.c.state.in_([state.value for state in states])


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [
        column.in_(wanted)
        for column, wanted in (
            (findings.c.team, scope.teams),
            (findings.c.rule, scope.rules),
            (findings.c.account, scope.accounts),
            (findings.c.region, scope.regions),
        )
        if wanted
    ]
