"""How findings stood at a past moment, from the audit log: what has happened since is taken back.

So an answer costs what has changed since then, and not what there is. A finding stood in the state
that its first row after the moment leads out of; one without such a row stands as it did. Rows that
gave it to another team, or made its rule the catalogue's, say which team and rule it had.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.finding import SETTLED, Finding, State
from ledger.database import reading
from ledger.rows import from_row
from ledger.scope import Count, Scope, within
from ledger.tables import UNSETTLED, audit, findings

#: What changes whose finding it is, and of which rule; the detail says what it was before.
_MOVED = {"routed": "from", "folded": "was"}


@dataclass(frozen=True, slots=True)
class _Changed:
    """What a finding was, and what it is."""

    id: str
    team: str
    rule: str
    account: str
    region: str
    resource_type: str
    state: str


class Past:
    """Each method is about the moment *at*: what happened in that very moment had happened."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def counts(
        self,
        at: datetime,
        scope: Scope,
        states: Collection[State],
        now: Iterable[Count],
        by: Collection[str],
    ) -> tuple[Count, ...]:
        """Return how many findings stood in *states*, from how many do *now*, both counted *by*."""
        numbers: Counter[Count] = Counter()
        for each in now:
            numbers[_like(each, by)] += each.number
        for each, sign in self._changes(at, scope, states):
            numbers[_like(each, by)] += sign * each.number
        return tuple(replace(each, number=number) for each, number in numbers.items() if number)

    def _changes(
        self, at: datetime, scope: Scope, states: Collection[State]
    ) -> Iterator[tuple[Count, int]]:
        """Yield what is to be added to how many there are now, and what is to be taken away."""
        with reading(self._engine) as db:
            alike, moved = db.execute(_alike(at, scope)).all(), _moved(db, at)
        wanted = {state.value for state in states}
        for team, rule, account, is_, was, number in alike:
            for state, sign in ((is_, -1), (was, 1)):
                if state in wanted:
                    yield Count(team, rule, account, State(state), number), sign
        for now, then in moved:
            for each, sign in ((now, -1), (then, 1)):
                if each.state in wanted and _is_in(each, scope):
                    yield Count(each.team, each.rule, each.account, State(each.state), 1), sign

    def oldest(
        self, at: datetime, states: Collection[State], scope: Scope, limit: int, offset: int
    ) -> tuple[Finding, ...]:
        """Return findings as they stood, those that had been non-compliant longest first.

        Who decided, and until when, is what the history of each says.
        """
        wanted = [state.value for state in states]
        with reading(self._engine) as db:
            moved = {
                then.id: then
                for _, then in _moved(db, at)
                if then.state in wanted and _is_in(then, scope)
            }
            stood = _stood(at, scope, wanted, list(moved)).order_by("opened_at", "id")
            stood = stood.limit(limit).offset(offset)
            states_then = {row.id: row.state for row in db.execute(stood)}
            query = sa.select(findings).where(findings.c.id.in_(states_then))
            read = {row["id"]: from_row(row) for row in db.execute(query).mappings()}
            newer = [one.id for one in read.values() if one.opened_at and one.opened_at > at]
            opened = _opened(db, at, newer)
        return tuple(
            _as_it_stood(read[each], State(state), moved.get(each), opened.get(each))
            for each, state in states_then.items()
        )


def _like(count: Count, by: Collection[str]) -> Count:
    """Return what stands for all that are counted together with *count*."""
    return Count(
        team=count.team if "team" in by else "",
        rule=count.rule if "rule" in by else "",
        account=count.account if "account" in by else "",
        state=count.state,
        number=0,
    )


def _first(at: datetime) -> sa.Subquery:
    """The number of each finding's first row after the moment; a refusal moves nothing."""
    after = (audit.c.at > at) & (audit.c.to_state != "")
    query = sa.select(audit.c.finding, sa.func.min(audit.c.seq).label("seq"))
    return query.where(after).group_by(audit.c.finding).subquery()


def _of_moved(at: datetime) -> sa.Select[tuple[str]]:
    return sa.select(audit.c.finding).where(audit.c.at > at, audit.c.action.in_(_MOVED))


def _alike(at: datetime, scope: Scope) -> sa.Select[Any]:
    """Count what has changed since, by what it is and by the state in which it was."""
    first = _first(at)
    columns = (findings.c.team, findings.c.rule, findings.c.account, findings.c.state)
    return (
        sa.select(*columns, audit.c.from_state, sa.func.count())
        .select_from(first)
        .join(audit, audit.c.seq == first.c.seq)
        .join(findings, findings.c.id == first.c.finding)
        .where(*within(scope, findings), findings.c.id.not_in(_of_moved(at)))
        .group_by(*columns, audit.c.from_state)
    )


def _moved(db: sa.Connection, at: datetime) -> list[tuple[_Changed, _Changed]]:
    """Return what changed hands or its rule's name since: as it is, and as it was."""
    first = _first(at)
    query = (
        sa.select(findings, audit.c.from_state)
        .select_from(first)
        .join(audit, audit.c.seq == first.c.seq)
        .join(findings, findings.c.id == first.c.finding)
        .where(findings.c.id.in_(_of_moved(at)))
    )
    was = _was(db, at)
    pairs = []
    for row in db.execute(query).mappings():
        names = ("id", "team", "rule", "account", "region", "resource_type", "state")
        now = _Changed(**{name: row[name] for name in names})
        then = replace(now, state=row["from_state"], **was.get(now.id, {}))
        pairs.append((now, then))
    return pairs


def _was(db: sa.Connection, at: datetime) -> dict[str, dict[str, str]]:
    """Return the team and the rule that findings had, as far as they have others since."""
    query = (
        sa.select(audit.c.finding, audit.c.action, audit.c.detail)
        .where(audit.c.at > at, audit.c.action.in_(_MOVED))
        .order_by(audit.c.seq)
    )
    was: dict[str, dict[str, str]] = {}
    for finding, action, detail in db.execute(query):
        name = "team" if action == "routed" else "rule"
        # The first of them says how it was; what came later is between.
        was.setdefault(finding, {}).setdefault(name, json.loads(detail)[_MOVED[action]])
    return was


def _stood(
    at: datetime, scope: Scope, states: list[str], moved: list[str]
) -> sa.CompoundSelect[tuple[str, str, datetime]]:
    """Return the ids of what stood in *states*, with the state of each and since when it is open.

    *moved* are in scope.
    """
    first = _first(at)
    changed = (
        sa.select(findings.c.id, audit.c.from_state.label("state"), _opened_at(at))
        .select_from(first)
        .join(audit, audit.c.seq == first.c.seq)
        .join(findings, findings.c.id == first.c.finding)
        .where(audit.c.from_state.in_(states))
    )
    since = (audit.c.finding == findings.c.id) & (audit.c.at > at) & (audit.c.to_state != "")
    as_now = sa.select(findings.c.id, findings.c.state, findings.c.opened_at).where(
        UNSETTLED,
        findings.c.state.in_(states),
        *within(scope, findings),
        ~sa.exists().where(since),
    )
    elsewhere = findings.c.id.not_in(_of_moved(at))
    return sa.union_all(
        changed.where(*within(scope, findings), elsewhere),
        changed.where(findings.c.id.in_(moved)),
        as_now,
    )


def _opened_at(at: datetime) -> sa.ColumnElement[datetime]:
    """Since when a finding was open then, for the order of a list.

    A finding keeps when its newest violation was recorded; of one that is newer than the moment,
    the row says it that opened the one before.
    """
    before = audit.alias()
    is_it = (before.c.finding == findings.c.id) & (before.c.at <= at) & _opens(before)
    row = sa.select(sa.func.max(before.c.at)).where(is_it).scalar_subquery()
    newest = findings.c.opened_at
    return sa.case((newest > at, row), else_=newest).label("opened_at")


def _opens(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a row of the audit log opened its finding: anew, or again."""
    over = ["", *(state.value for state in SETTLED)]
    return rows.c.from_state.in_(over) & rows.c.to_state.not_in(over)


def _opened(db: sa.Connection, at: datetime, finding_ids: Collection[str]) -> dict[str, datetime]:
    """Return when the violation was recorded that was open then."""
    query = (
        sa.select(audit.c.finding, audit.c.at, audit.c.detail)
        .where(audit.c.finding.in_(finding_ids), audit.c.at <= at, _opens(audit))
        .order_by(audit.c.seq)
    )
    opened = {}
    for finding, moment, detail in db.execute(query):
        evaluation = json.loads(detail).get("evaluation") or {}
        recorded = evaluation.get("recorded_at")
        opened[finding] = datetime.fromisoformat(recorded) if recorded else moment
    return opened


def _as_it_stood(
    finding: Finding, state: State, then: _Changed | None, opened_at: datetime | None
) -> Finding:
    finding = replace(finding, opened_at=opened_at or finding.opened_at)
    if state is not finding.state:
        finding = replace(finding, state=state, until=None)
    if then is None:
        return finding
    return replace(finding, team=then.team, key=replace(finding.key, rule=then.rule))


def _is_in(finding: _Changed, scope: Scope) -> bool:
    return (
        (not scope.teams or finding.team in scope.teams)
        and (not scope.rules or finding.rule in scope.rules)
        and (not scope.accounts or finding.account in scope.accounts)
        and (not scope.regions or finding.region in scope.regions)
        and (not scope.types or finding.resource_type in scope.types)
        and (scope.ids is None or finding.id in scope.ids)
        and finding.id not in scope.without
    )
