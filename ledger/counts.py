"""How many findings are alike: kept true by the transaction that moves a finding."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from compliance.change import Compliance
from compliance.finding import Finding

#: One statement for both databases. In the order of the primary key's columns.
_ADD = sa.text(
    "INSERT INTO counts (team, rule, account, region, state, applicable, resource_type, number)"
    " VALUES (:team, :rule, :account, :region, :state, :applicable, :resource_type, :number)"
    " ON CONFLICT (team, rule, account, region, state, applicable, resource_type)"
    " DO UPDATE SET number = counts.number + excluded.number"
)

_Like = tuple[str, str, str, str, str, bool, str]
_COLUMNS = ("team", "rule", "account", "region", "state", "applicable", "resource_type")


def changed(moves: Iterable[tuple[Finding | None, Finding]]) -> list[dict[str, Any]]:
    """Return what to add to which counts, so that each finding counts as it is after its move.

    None is where a finding was that is new. The caller holds the lock of the audit log's
    tail, and they come in order: two transactions must not wait for one another's rows.
    """
    changes: Counter[_Like] = Counter()
    for before, after in moves:
        if before is not None:
            changes[_like(before)] -= 1
        changes[_like(after)] += 1
    return [
        {**dict(zip(_COLUMNS, like, strict=True)), "number": number}
        for like, number in sorted(changes.items())
        if number
    ]


def add(db: sa.Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    if changes:
        db.execute(_ADD, changes)


def _like(finding: Finding) -> _Like:
    key = finding.key
    applicable = finding.compliance is not Compliance.NOT_APPLICABLE
    place = finding.team, key.rule, key.account, key.region
    return *place, finding.state.value, applicable, key.resource_type
