"""Figures for status and digest, and lists of findings: questions that read and change nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from compliance.finding import SETTLED, Finding, State
from ledger.database import reading
from ledger.errors import LedgerUnavailableError
from ledger.rows import from_row
from ledger.tables import UNSETTLED, audit, counts, findings

#: Of so many teams the findings are looked up team by team.
_FEW = 20


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
class TransitionCount:
    """How many findings of a team and rule went from one state into another in a span of time."""

    team: str
    rule: str
    from_state: str
    to_state: str
    number: int


class Reports:
    """All methods raise LedgerUnavailableError."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def problem(self) -> str:
        """Say why the database cannot be read, empty when it can."""
        try:
            with reading(self._engine) as db:
                db.execute(sa.select(findings.c.id).limit(1))
        except LedgerUnavailableError as error:
            return str(error)
        return ""

    def counts(
        self,
        scope: Scope = EVERYTHING,
        states: Iterable[State] = State,
        *,
        applicable: bool = False,
        by: Collection[str] = ("team", "rule", "account"),
    ) -> tuple[Count, ...]:
        """Count the findings in *states*.

        *applicable* leaves out resources that were deleted or that the rule is not about. What is
        not in *by* is counted together, its name empty: with 500 teams and accounts, all three
        together are 20,000 numbers, and the database adds them up faster than they are read.
        """
        columns = [
            counts.c[name] if name in by else sa.literal("", sa.Text).label(name)
            for name in ("team", "rule", "account")
        ]
        columns.append(counts.c.state)
        wanted = [
            *_within(scope, counts),
            counts.c.state.in_([state.value for state in states]),
            counts.c.number > 0,
        ]
        if applicable:
            wanted.append(counts.c.applicable)
        number = sa.func.sum(counts.c.number)
        apart = [counts.c[name] for name in (*by, "state")]
        query = sa.select(*columns, number).where(*wanted).group_by(*apart)
        with reading(self._engine) as db:
            return tuple(
                Count(row[0], row[1], row[2], State(row[3]), int(row[4]))
                for row in db.execute(query)
            )

    def regions(self, scope: Scope, states: Iterable[State]) -> tuple[str, ...]:
        """Return the Regions of the findings in *states*."""
        wanted = counts.c.state.in_([state.value for state in states])
        query = (
            sa.select(counts.c.region)
            .distinct()
            .where(*_within(scope, counts), wanted, counts.c.number > 0)
        )
        with reading(self._engine) as db:
            return tuple(db.execute(query).scalars())

    def oldest(
        self, states: Iterable[State], scope: Scope = EVERYTHING, limit: int = 5
    ) -> tuple[Finding, ...]:
        """Return the findings in *states* that have been non-compliant longest."""
        states = frozenset(states)
        wanted = [
            findings.c.opened_at.is_not(None),
            *_within(replace(scope, teams=frozenset()), findings),
        ]
        if scope.teams:
            # Of few teams an index has the oldest; of many it is soon met in the order of age.
            few = len(scope.teams) <= _FEW
            team = findings.c.team if few else sa.func.coalesce(findings.c.team, "")
            wanted.append(team.in_(scope.teams))
        if states & SETTLED:
            wanted.append(findings.c.state.in_([state.value for state in states]))
        else:
            # Those that are left out are few; an index on states would only be sorted by age.
            others = frozenset(State) - SETTLED - states
            wanted += [UNSETTLED, findings.c.state.not_in([state.value for state in others])]
        query = sa.select(findings).where(*wanted).order_by(findings.c.opened_at).limit(limit)
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def transitions(self, since: datetime, until: datetime) -> tuple[TransitionCount, ...]:
        """Count the transitions from *since* up to, not including, *until*.

        What leaves a finding in its state (a refusal, another team, a step of a runbook) is none.
        """
        columns = (findings.c.team, findings.c.rule, audit.c.from_state, audit.c.to_state)
        query = (
            sa.select(*columns, sa.func.count())
            .join(findings, findings.c.id == audit.c.finding)
            .where(audit.c.at >= since, audit.c.at < until, audit.c.from_state != audit.c.to_state)
            .group_by(*columns)
        )
        with reading(self._engine) as db:
            return tuple(TransitionCount(*row) for row in db.execute(query))

    def refusals(self, since: datetime, until: datetime) -> int:
        """Count the presses and commands that were refused in a span of time."""
        in_time = (audit.c.at >= since) & (audit.c.at < until)
        query = sa.select(sa.func.count()).where(in_time, audit.c.action.like("% refused"))
        with reading(self._engine) as db:
            return db.execute(query).scalar_one()

    def ending(self, before: datetime) -> tuple[Finding, ...]:
        """Return the excepted findings whose exception ends before *before*, soonest first."""
        query = (
            sa.select(findings)
            .where(
                UNSETTLED,
                findings.c.state == State.EXCEPTED.value,
                findings.c.until < before,
            )
            .order_by(findings.c.until)
        )
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def history(self, finding_id: str) -> tuple[sa.RowMapping, ...]:
        """Return the audit rows of a finding, oldest first."""
        query = sa.select(audit).where(audit.c.finding == finding_id).order_by(audit.c.seq)
        with reading(self._engine) as db:
            return tuple(db.execute(query).mappings())


def _within(scope: Scope, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [
        column.in_(wanted)
        for column, wanted in (
            (table.c.team, scope.teams),
            (table.c.rule, scope.rules),
            (table.c.account, scope.accounts),
            (table.c.region, scope.regions),
        )
        if wanted
    ]
