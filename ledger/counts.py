"""How many findings are alike: kept true by the transaction that moves a finding."""

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from compliance.change import Compliance
from compliance.finding import Finding
from ledger.audit import lock_tail

#: One statement for both databases. In the order of the primary key's columns.
_ADD = sa.text(
    "INSERT INTO counts (team, rule, account, region, state, applicable, number)"
    " VALUES (:team, :rule, :account, :region, :state, :applicable, :number)"
    " ON CONFLICT (team, rule, account, region, state, applicable)"
    " DO UPDATE SET number = counts.number + excluded.number"
)

_Like = tuple[str, str, str, str, str, bool]


def count_moves(db: sa.Connection, moves: Iterable[tuple[Finding | None, Finding]]) -> None:
    """Count each finding as it is after its move and no longer as it was; None: it is new."""
    changes: Counter[_Like] = Counter()
    for before, after in moves:
        if before is not None:
            changes[_like(before)] -= 1
        changes[_like(after)] += 1
    rows = [
        {
            "team": team,
            "rule": rule,
            "account": account,
            "region": region,
            "state": state,
            "applicable": applicable,
            "number": number,
        }
        # In order, and behind a lock: two transactions must not wait for each other's rows.
        for (team, rule, account, region, state, applicable), number in sorted(changes.items())
        if number
    ]
    if rows:
        lock_tail(db)
        db.execute(_ADD, rows)


def _like(finding: Finding) -> _Like:
    key = finding.key
    applicable = finding.compliance is not Compliance.NOT_APPLICABLE
    return finding.team, key.rule, key.account, key.region, finding.state.value, applicable
