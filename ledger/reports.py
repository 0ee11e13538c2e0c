"""Figures for status and digest, and lists of findings: questions that read and change nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.channel import Channel, Message
from compliance.finding import IN_PROGRESS, SETTLED, Finding, State
from ledger.audit import rows_about
from ledger.database import reading
from ledger.names import Names
from ledger.past import Past
from ledger.rows import from_row
from ledger.scope import EVERYTHING as EVERYTHING
from ledger.scope import Count as Count
from ledger.scope import Scope as Scope
from ledger.scope import within
from ledger.tables import UNSETTLED, audit, counts, findings, messages, posts

#: Of so many teams the findings are looked up team by team.
_FEW = 20
#: Few findings are in these states at a time: they are looked up by their state.
_RARE = IN_PROGRESS | {State.APPROVAL_PENDING}


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
        self.names = Names(engine)
        self.past = Past(engine)

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

        What is kept counted is read; only a scope of single findings or of an age is counted anew,
        from the findings in it that are not over.
        """
        table = findings if scope.is_of_findings else counts
        columns = [
            table.c[name] if name in by else sa.literal("", sa.Text).label(name)
            for name in ("team", "rule", "account")
        ]
        wanted = [*within(scope, table), *_in_states(table, states)]
        number = sa.func.count() if scope.is_of_findings else sa.func.sum(counts.c.number)
        if not scope.is_of_findings:
            wanted += [counts.c.number > 0, *([counts.c.applicable] if applicable else [])]
        apart = [table.c[name] for name in (*by, "state")]
        query = sa.select(*columns, table.c.state, number).where(*wanted).group_by(*apart)
        with reading(self._engine) as db:
            return tuple(
                Count(row[0], row[1], row[2], State(row[3]), int(row[4]))
                for row in db.execute(query)
            )

    def counts_at(
        self, at: datetime, scope: Scope, states: Collection[State], by: Collection[str]
    ) -> tuple[Count, ...]:
        """Count the findings that were in *states* at a past moment, from the audit log."""
        return self.past.counts(at, scope, states, self.counts(scope, states, by=by), by)

    def begins(self) -> datetime | None:
        """Return when the audit log begins, None while it is empty."""
        with reading(self._engine) as db:
            return db.execute(sa.select(audit.c.at).order_by(audit.c.seq).limit(1)).scalar()

    def known(self, what: str, scope: Scope, states: Iterable[State]) -> tuple[str, ...]:
        """Return which rules, accounts, Regions or types (*what*) the findings in *states* have."""
        query = (
            sa.select(counts.c[what])
            .distinct()
            .where(*within(scope, counts), *_in_states(counts, states), counts.c.number > 0)
        )
        with reading(self._engine) as db:
            return tuple(db.execute(query).scalars())

    def oldest(
        self,
        states: Iterable[State],
        scope: Scope = EVERYTHING,
        limit: int = 5,
        offset: int = 0,
    ) -> tuple[Finding, ...]:
        """Return the findings in *states* that have been non-compliant longest, after *offset*."""
        wanted = [
            findings.c.opened_at.is_not(None),
            *within(replace(scope, teams=frozenset()), findings),
            *_in_states(findings, states),
        ]
        if scope.teams:
            # Of few teams an index has the oldest; of many it is soon met in the order of age.
            few = len(scope.teams) <= _FEW
            team = findings.c.team if few else sa.func.coalesce(findings.c.team, "")
            wanted.append(team.in_(scope.teams))
        query = sa.select(findings).where(*wanted).order_by(findings.c.opened_at, findings.c.id)
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query.limit(limit).offset(offset)).mappings()))

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

    def ending(
        self, before: datetime, scope: Scope = EVERYTHING, limit: int | None = None
    ) -> tuple[Finding, ...]:
        """Return the excepted findings whose exception ends before *before*, soonest first."""
        query = (
            sa.select(findings)
            .where(
                UNSETTLED,
                findings.c.state == State.EXCEPTED.value,
                findings.c.until < before,
                *within(scope, findings),
            )
            .order_by(findings.c.until, findings.c.id)
            .limit(limit)
        )
        with reading(self._engine) as db:
            return tuple(map(from_row, db.execute(query).mappings()))

    def cards(self, finding_ids: Collection[str]) -> Mapping[str, tuple[Message, ...]]:
        """Return the messages that show each of these findings to its own team, oldest first."""
        query = (
            sa.select(messages.c.finding, posts.c.channel, posts.c.message)
            .join(posts, posts.c.id == messages.c.post)
            .join(findings, findings.c.id == messages.c.finding)
            .where(messages.c.finding.in_(finding_ids), posts.c.message != "")
            .where(posts.c.team == findings.c.team)
            .order_by(posts.c.posted_at, posts.c.id)
        )
        shown: dict[str, tuple[Message, ...]] = {}
        with reading(self._engine) as db:
            for finding_id, channel, message in db.execute(query):
                card = Message(Channel.parse(channel), message)
                shown[finding_id] = (*shown.get(finding_id, ()), card)
        return shown

    def history(self, finding_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the audit rows of a finding, oldest first."""
        with reading(self._engine) as db:
            return rows_about(db, finding_id)


def _in_states(table: sa.Table, states: Iterable[State]) -> list[sa.ColumnElement[bool]]:
    states = frozenset(states)
    some = table.c.state.in_([state.value for state in states])
    if table is counts or states & SETTLED:
        return [some]
    if states <= _RARE:
        return [UNSETTLED, some]
    # Those that are left out are few; an index on states would only be sorted by age.
    others = frozenset(State) - SETTLED - states
    return [
        UNSETTLED,
        *([table.c.state.not_in([state.value for state in others])] if others else []),
    ]
