"""What configuration items say of resources, in the ledger: names, tags, deletions."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.change import ResourceFacts, is_ahead
from compliance.finding import SETTLED, Finding, Move
from ledger.audit import AuditRow
from ledger.effects import InForce, detail_of, swap
from ledger.observing import Owner, team_of
from ledger.rows import from_row, resource_digest
from ledger.tables import findings, resources

#: How long AWS Config may take to evaluate its rules after a deletion.
_DELETED_FOR = timedelta(minutes=15)


def unchanged(finding: Finding) -> Finding:
    return finding


@dataclass(frozen=True, slots=True)
class Learner:
    """Keeps facts of the resources that a finding is about or can be about.

    *types* are the resource types of the catalogue's rules; None keeps what is told of any.
    *enforce* brings a finding where the allowlist wants it.
    """

    owner: Owner
    types: Collection[str] | None
    enforce: Move = unchanged

    def learn(
        self, db: sa.Connection, facts: Sequence[ResourceFacts], now: datetime
    ) -> list[tuple[Finding, Finding]]:
        """Write *facts*; return the findings that they changed."""
        moves: list[tuple[Finding, Finding]] = []
        for digest, fact in self._kept(db, [_dated(fact, now) for fact in facts]):
            if fact.tags is not None and not _is_news(db, digest, fact, fact.tags):
                continue
            if fact.deleted:
                _doubt(db, digest, now)
            else:
                moves += self._name(db, digest, fact)
        return moves

    def _kept(
        self, db: sa.Connection, facts: Iterable[ResourceFacts]
    ) -> list[tuple[bytes, ResourceFacts]]:
        """Return the facts that can matter, in the order in which their rows are locked."""
        by_digest = sorted(
            ((_digest(fact), fact) for fact in facts),
            key=lambda each: (each[0], each[1].captured_at),
        )
        if self.types is None:
            return by_digest
        others = {digest for digest, fact in by_digest if fact.resource_type not in self.types}
        query = sa.select(findings.c.resource).where(findings.c.resource.in_(others)).distinct()
        known = set(map(bytes, db.execute(query).scalars())) if others else set()
        return [each for each in by_digest if each[0] not in others or each[0] in known]

    def _name(
        self, db: sa.Connection, digest: bytes, fact: ResourceFacts
    ) -> list[tuple[Finding, Finding]]:
        """Write name and tags into the resource's findings, so that their cards show them."""
        # Locked on PostgreSQL: a press in between would be met by names that are written once only.
        query = sa.select(findings).where(findings.c.resource == digest).with_for_update()
        moves = []
        for before in map(from_row, db.execute(query).mappings()):
            if fact.tags is None:
                # What a whole item told is at least as new.
                after = replace(before, resource_name=before.resource_name or fact.name)
            else:
                after = replace(
                    before,
                    resource_name=fact.name or before.resource_name,
                    tags=dict(fact.tags),
                    team=team_of(self.owner, before, fact.tags),
                    made_at=fact.made_at or before.made_at,
                )
                # An exception can be for tags, or for a resource that was there before this one.
                after = self.enforce(after)
            if after != before:
                moves.append((before, replace(after, version=before.version + 1)))
        swap(db, moves)
        return moves


def enforced_rows(
    moves: Iterable[tuple[Finding, Finding]], actor: str, in_force: InForce, now: datetime
) -> list[AuditRow]:
    """Return a row for each finding that the allowlist moved by what was learnt of its resource."""
    return [
        AuditRow.of_move(
            now,
            (before, after),
            actor,
            "allowlist",
            detail_of(after, in_force, {"made_at": str(after.made_at or "")}, before),
        )
        for before, after in moves
        if before.state is not after.state
    ]


def _dated(fact: ResourceFacts, now: datetime) -> ResourceFacts:
    """Return *fact* as of now, where its own time has not come yet: later ones are newer."""
    return replace(fact, captured_at=now) if is_ahead(fact.captured_at, now) else fact


def _is_news(
    db: sa.Connection, digest: bytes, fact: ResourceFacts, tags: Mapping[str, str]
) -> bool:
    """Keep *fact* with its *tags*; False where one that is as new is kept already."""
    values = {
        "captured_at": fact.captured_at,
        "name": fact.name,
        "arn": fact.arn,
        "tags": json.dumps(dict(tags)),
        "deleted": fact.deleted,
        "made_at": fact.made_at,
    }
    of_it = resources.c.key == digest
    known = db.execute(sa.select(resources.c.captured_at).where(of_it)).scalar()
    if known is None:
        db.execute(sa.insert(resources).values(key=digest, **values))
        return True
    if known >= fact.captured_at:
        return False
    if fact.deleted:
        # What is gone has no tags any more, and still was its team's.
        values = {"captured_at": fact.captured_at, "deleted": True}
    db.execute(sa.update(resources).where(of_it).values(values))
    return True


def _doubt(db: sa.Connection, digest: bytes, now: datetime) -> None:
    """Let AWS be asked about what was deleted, if it does not settle its findings by itself.

    Rules of one's own can leave them NON_COMPLIANT for ever (FACTS §2.4).
    """
    in_work = findings.c.state.not_in([state.value for state in SETTLED])
    due = {"lookup_due": now + _DELETED_FOR}
    db.execute(sa.update(findings).where(findings.c.resource == digest, in_work).values(due))


def _digest(fact: ResourceFacts) -> bytes:
    return resource_digest(fact.account, fact.region, fact.resource_type, fact.resource_id)
