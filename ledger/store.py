"""The only thing that changes a finding: by compare-and-set, its audit row beside it."""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

from compliance.change import Change, FindingKey, ResourceFacts
from compliance.finding import (
    IN_PROGRESS,
    SETTLED,
    Finding,
    Move,
    State,
    first_seen,
    is_said_again,
    observe,
    short_ids,
)
from ledger import audit
from ledger.audit import AuditRow
from ledger.database import reading
from ledger.rows import from_row, to_changed_row, to_row
from ledger.tables import decisions, findings, remediations, resources

log = logging.getLogger(__name__)

#: AWS Config, in the audit log's column of actors.
AWS_CONFIG = "aws-config"
#: The bot itself: deadlines, the allowlist, the remediation worker.
BOT = "bot"
#: How long AWS Config may take to evaluate its rules after a deletion.
_DELETED_FOR = timedelta(minutes=15)
#: How often a move is tried again when another one came in between.
_TRIES = 20

# What every batch asks is put together once: that costs SQLAlchemy more than asking it.
#: AWS's time counts beside the version: it moves alone when AWS says the same again.
_SWAP = sa.update(findings).where(
    findings.c.id == sa.bindparam("swapped_id"),
    findings.c.version == sa.bindparam("swapped_version"),
    findings.c.recorded_at == sa.bindparam("swapped_recorded_at"),
)
_INSERT = sa.insert(findings)
#: PostgreSQL locks the rows, so that a press waits for the batch instead of losing to it.
_KNOWN = (
    sa.select(findings)
    .where(findings.c.key.in_(sa.bindparam("keys")) | findings.c.id.in_(sa.bindparam("ids")))
    .order_by(findings.c.id)
    .with_for_update()
)
_TAKEN = sa.select(findings.c.id).where(findings.c.id.in_(sa.bindparam("ids")))
_NAMES = sa.select(resources.c.key, resources.c.name, resources.c.tags).where(
    resources.c.key.in_(sa.bindparam("keys"))
)

#: How many rows are read at a time, and how many values are looked for at once.
_PAGE = 1000

#: From the key and the tags of a resource to the name of the team that owns it.
Owner = Callable[[FindingKey, Mapping[str, str]], str]


class UnknownFindingError(Exception):
    """The ledger has no finding with this id."""

    def __init__(self, finding_id: str) -> None:
        super().__init__(f"there is no finding {finding_id}")
        self.finding_id = finding_id


class LedgerUnavailableError(Exception):
    """The database cannot be reached or written just now; asking again later helps."""


class UnfitError(Exception):
    """The database cannot hold what was to be written; it would refuse it again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided; *detail* holds what they gave with it (reason, ticket, end)."""

    verb: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last remediation of a finding, as the worker needs it after a restart.

    *before* is when the one before it was claimed, None for the first.
    """

    claimed_at: datetime
    started_at: datetime | None
    before: datetime | None


class Ledger:
    """Findings and everything that happens to them.

    *owner* names the team of a new finding. *settle* is applied to a finding after each change
    that AWS reports (the allowlist is enforced there). *listed* says whether a rule can make a new
    finding; one that has left the catalogue can still resolve its old ones. All three are pure.
    """

    def __init__(
        self,
        engine: sa.Engine,
        now: Callable[[], datetime],
        owner: Owner,
        settle: Move = lambda finding: finding,
        listed: Callable[[str], object] = lambda rule: True,
    ) -> None:
        self.engine = engine
        self.now = now
        self._owner = owner
        self._settle = settle
        self._listed = listed

    def record(self, changes: Sequence[Change], facts: Sequence[ResourceFacts] = ()) -> None:
        """Store what AWS reported, in one transaction; repeats and late ones change nothing.

        Raises LedgerUnavailableError or UnfitError, and then nothing of it was stored.
        """
        for _ in range(_TRIES):
            try:
                with self._transaction() as db:
                    routed = self._learn(db, facts)
                    if changes:
                        self._observe(db, changes)
                    # The audit log is locked last: whoever waits for a row must not hold it.
                    self._tell_routed(db, routed, AWS_CONFIG)
            except sa.exc.IntegrityError:
                # Another replica inserted the same finding between our look and our insert.
                log.info("a batch met another replica's insert; reading again")
            except LedgerUnavailableError as error:
                # Two batches locked the same rows in different orders, and PostgreSQL ended one.
                if not _is_deadlock(error.__cause__):
                    raise
                log.info("a batch met another one; reading again")
            else:
                return
        raise LedgerUnavailableError(f"others came in between {_TRIES} times")

    def move(
        self,
        finding_id: str,
        move: Move,
        *,
        actor: str,
        action: str,
        decision: Decision | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Finding:
        """Apply *move* to a finding and return what came of it.

        *move* is pure and may run several times: where somebody else moved the finding in between,
        it is tried on what they left. Raises UnknownFindingError, and IllegalMoveError (from
        *move*) when the finding's state does not allow it.
        """
        for _ in range(_TRIES):
            with self._transaction() as db:
                before = _get(db, finding_id)
                after = move(before)
                if after == before and decision is None:
                    return before
                after = replace(after, version=before.version + 1)
                if not _swap(db, [(before, after)]):
                    continue
                self._tell(db, before, after, actor, action, detail or {}, decision)
                return after
        raise TimeoutError(f"{finding_id} changed {_TRIES} times while it was being moved")

    def refuse(self, finding_id: str, actor: str, action: str, reason: str) -> None:
        """Leave an audit row for a press or a command that was denied."""
        with self._transaction() as db:
            row = AuditRow(
                self.now(), finding_id, actor, f"{action} refused", detail={"why": reason}
            )
            audit.append(db, [row])

    def find(self, finding_id: str) -> Finding:
        with self.reading() as db:
            return _get(db, finding_id)

    def each(
        self,
        states: Iterable[State],
        *,
        resources: Collection[str] | None = None,
        rules: Collection[str] | None = None,
    ) -> Iterator[Finding]:
        """Yield the findings in *states*, of these resource ids or rules only where given.

        However many there are, a page of them is held, and nothing is locked in between.
        """
        wanted = [findings.c.state.in_([state.value for state in states])]
        if rules is not None:
            wanted.append(findings.c.rule.in_(rules))
        for some in _pages(resources) if resources is not None else [None]:
            of_them = [] if some is None else [findings.c.resource_id.in_(some)]
            yield from self._each(*wanted, *of_them)

    def _each(self, *wanted: sa.ColumnElement[bool]) -> Iterator[Finding]:
        last = ""
        while True:
            page = sa.select(findings).where(findings.c.id > last, *wanted)
            with self.reading() as db:
                rows = db.execute(page.order_by(findings.c.id).limit(_PAGE)).mappings().all()
            yield from map(from_row, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]

    def last_attempt(self, finding_id: str) -> Attempt | None:
        query = (
            sa.select(remediations.c.claimed_at, remediations.c.started_at)
            .where(remediations.c.finding == finding_id)
            .order_by(remediations.c.id.desc())
            .limit(2)
        )
        with self.reading() as db:
            last, before = [*db.execute(query), None, None][:2]
        if last is None:
            return None
        return Attempt(last.claimed_at, last.started_at, before.claimed_at if before else None)

    def started(self, finding_ids: Iterable[str]) -> None:
        """Note that AWS Config took the remediations that were claimed for these findings."""
        open_attempts = remediations.c.finding.in_(list(finding_ids)) & (
            remediations.c.ended_at.is_(None)
        )
        with self._transaction() as db:
            db.execute(sa.update(remediations).where(open_attempts).values(started_at=self.now()))

    def reroute(self) -> int:
        """Give each finding to the team that owns it now; return how many changed hands."""
        place = [findings.c[name] for name in FindingKey.__slots__]
        query = sa.select(findings.c.id, findings.c.team, findings.c.tags, *place)
        with self.reading() as db:
            elsewhere = [
                row.id
                for row in db.execute(query.execution_options(yield_per=1000))
                if self._owner(FindingKey(*row[3:]), json.loads(row.tags)) != row.team
            ]
        return sum(map(self._route, _pages(elsewhere)))

    def _route(self, finding_ids: Collection[str]) -> int:
        """Give these findings to their teams, as they are by now; return how many changed hands."""
        # Locked on PostgreSQL: a press in between waits, and what it did is read here.
        of_these = sa.select(findings).where(findings.c.id.in_(finding_ids))
        asked = of_these.order_by(findings.c.id).with_for_update()
        with self._transaction() as db:
            moved = [
                (before, replace(before, team=team, version=before.version + 1))
                for before in map(from_row, db.execute(asked).mappings())
                if (team := self._owner(before.key, before.tags)) != before.team
            ]
            if not moved:
                return 0
            _swap(db, moved)
            self._tell_routed(db, moved, BOT)
            # Nobody has anything to do about these, so nobody is told.
            settled = [after.id for _, after in moved if after.state in SETTLED]
            # A card that does not say yet that it is settled is still brought up to date.
            of_those = findings.c.id.in_(settled) & (
                findings.c.shown_version == findings.c.version - 1
            )
            db.execute(sa.update(findings).where(of_those).values(shown_version=findings.c.version))
        return len(moved)

    def _tell_routed(
        self, db: sa.Connection, moved: Iterable[tuple[Finding, Finding]], actor: str
    ) -> None:
        """Tell of each finding that another team has now; the courier moves its card."""
        rows = [
            AuditRow(
                self.now(),
                after.id,
                actor,
                "routed",
                before.state,
                after.state,
                {"from": before.team, "to": after.team},
            )
            for before, after in moved
            if before.team != after.team and after.state is not State.COMPLIANT
        ]
        if rows:
            audit.append(db, rows)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with _our_errors(), reading(self.engine) as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with _our_errors(), self.engine.begin() as connection:
            yield connection

    def _learn(
        self, db: sa.Connection, facts: Sequence[ResourceFacts]
    ) -> list[tuple[Finding, Finding]]:
        """Keep what was told of resources; return the findings that it moved."""
        moved: list[tuple[Finding, Finding]] = []
        for fact in sorted(facts, key=_fact_key):
            key = _fact_key(fact)
            values = {
                "captured_at": fact.captured_at,
                "name": fact.name,
                "arn": fact.arn,
                "tags": json.dumps(dict(fact.tags)),
                "deleted": fact.deleted,
            }
            of_it = resources.c.key == key
            known = db.execute(sa.select(resources.c.captured_at).where(of_it)).scalar()
            if known is None:
                db.execute(sa.insert(resources).values(key=key, **values))
            elif known >= fact.captured_at:
                continue
            elif fact.deleted:
                # What is gone has no tags any more, and still was its team's.
                gone = {"captured_at": fact.captured_at, "deleted": True}
                db.execute(sa.update(resources).where(of_it).values(gone))
            else:
                db.execute(sa.update(resources).where(of_it).values(values))
            if fact.deleted:
                self._doubt(db, fact)
            else:
                moved += self._name(db, fact)
        return moved

    def _doubt(self, db: sa.Connection, fact: ResourceFacts) -> None:
        """Let AWS be asked about what was deleted, if it does not settle its findings by itself.

        Rules of one's own can leave them NON_COMPLIANT for ever (FACTS §2.4).
        """
        in_work = findings.c.state.not_in([state.value for state in SETTLED])
        due = {"lookup_due": self.now() + _DELETED_FOR}
        db.execute(sa.update(findings).where(_of_resource(fact), in_work).values(due))

    def _name(self, db: sa.Connection, fact: ResourceFacts) -> list[tuple[Finding, Finding]]:
        """Write what was learnt of a resource into its findings, so that their cards show it."""
        # Locked on PostgreSQL: a press in between would be met by names that are written once only.
        found = sa.select(findings).where(_of_resource(fact)).with_for_update()
        moved = []
        for before in map(from_row, db.execute(found).mappings()):
            after = replace(
                before,
                resource_name=fact.name or before.resource_name,
                tags=dict(fact.tags),
                team=self._owner(before.key, fact.tags),
            )
            if after != before:
                moved.append((before, replace(after, version=before.version + 1)))
        if moved:
            _swap(db, moved)
        return moved

    def _observe(self, db: sa.Connection, changes: Sequence[Change]) -> None:
        by_key: dict[FindingKey, list[Change]] = {}
        for change in sorted(changes, key=lambda each: each.recorded_at):
            by_key.setdefault(change.key, []).append(change)
        known, taken = _known(db, by_key)
        names = _names(db, [key for key in by_key if key not in known])
        new: list[Finding] = []
        moved: list[tuple[Finding, Finding]] = []
        for key, in_order in by_key.items():
            before = known.get(key)
            if before is None:
                if self._listed(key.rule):
                    new.append(self._first(in_order, _free_id(key, taken), names.get(key)))
                continue
            after = self._follow(before, in_order)
            if after is not before:
                # Its card is as true as it was when AWS only says the same again.
                version = before.version + (not is_said_again(before, after))
                moved.append((before, replace(after, version=version)))
        if new:
            db.execute(_INSERT, [self._new_row(finding) for finding in new])
        if moved:
            _swap(db, moved)
            self._look_up(db, moved)
        self._tell_observed(db, new, moved)

    def _new_row(self, finding: Finding) -> dict[str, Any]:
        return {**to_row(finding), "lookup_due": self.now() if _is_nameless(finding) else None}

    def _look_up(self, db: sa.Connection, moved: Iterable[tuple[Finding, Finding]]) -> None:
        """Let AWS be asked about the resources that nobody had to know before."""
        due = [
            after.id for before, after in moved if before.state in SETTLED and _is_nameless(after)
        ]
        if due:
            of_those = findings.c.id.in_(due)
            db.execute(sa.update(findings).where(of_those).values(lookup_due=self.now()))

    def _first(
        self, changes: Sequence[Change], finding_id: str, name: tuple[str, dict[str, str]] | None
    ) -> Finding:
        resource_name, tags = name or ("", {})
        first, *later = changes
        team = self._owner(first.key, tags)
        finding = first_seen(first, finding_id, team, self.now())
        if name:
            finding = replace(finding, resource_name=resource_name, tags=tags)
        return self._follow(self._settle(finding), later)

    def _follow(self, finding: Finding, changes: Iterable[Change]) -> Finding:
        for change in changes:
            seen = observe(finding, change, self.now())
            finding = finding if seen is finding else self._settle(seen)
        return finding

    def _tell_observed(
        self,
        db: sa.Connection,
        new: Sequence[Finding],
        moved: Sequence[tuple[Finding, Finding]],
    ) -> None:
        opened = (
            AuditRow(self.now(), each.id, AWS_CONFIG, "observed", "", each.state)
            for each in new
            if each.state is not State.COMPLIANT
        )
        changed = (
            AuditRow(self.now(), after.id, AWS_CONFIG, "observed", before.state, after.state)
            for before, after in moved
            if before.state is not after.state
        )
        rows = list(chain(opened, changed))
        if rows:
            audit.append(db, rows)
        # One that the allowlist covers on arrival has to be mirrored as well.
        self._mirror(db, chain(zip(new, new, strict=True), moved))
        for before, after in moved:
            if after.state is State.RESOLVED and before.state in IN_PROGRESS:
                self._end_attempt(db, after)

    def _tell(
        self,
        db: sa.Connection,
        before: Finding,
        after: Finding,
        actor: str,
        action: str,
        detail: Mapping[str, Any],
        decision: Decision | None,
    ) -> None:
        """Write everything else that belongs to a move, in its transaction."""
        now = self.now()
        told = {**detail, **(decision.detail if decision else {})}
        row = AuditRow(now, after.id, actor, action, before.state, after.state, told)
        audit.append(db, [row])
        self._mirror(db, [(before, after)])
        if decision:
            db.execute(
                sa.insert(decisions).values(
                    finding=after.id,
                    verb=decision.verb,
                    actor=decision.actor,
                    decided_at=now,
                    detail=json.dumps(dict(decision.detail)),
                )
            )
        if after.state is State.RUNNING and before.state is not State.RUNNING:
            db.execute(
                sa.insert(remediations).values(
                    finding=after.id, asked_by=after.actor, claimed_at=now
                )
            )
        elif after.state in {State.FAILED, State.NOT_VERIFIED}:
            self._end_attempt(db, after)

    def _end_attempt(self, db: sa.Connection, finding: Finding) -> None:
        """Close the attempt that ended with the finding's present state, if one was open."""
        still_open = (remediations.c.finding == finding.id) & remediations.c.ended_at.is_(None)
        outcome = {"outcome": finding.state.value, "message": finding.note}
        db.execute(sa.update(remediations).where(still_open).values(ended_at=self.now(), **outcome))

    def _mirror(self, db: sa.Connection, moved: Iterable[tuple[Finding, Finding]]) -> None:
        """Ask for AWS's copy of each exception that began or ended to be brought in line."""
        due = [after.id for before, after in moved if State.EXCEPTED in {before.state, after.state}]
        if due:
            of_those = findings.c.id.in_(due)
            db.execute(sa.update(findings).where(of_those).values(mirror_due=self.now()))


def _is_nameless(finding: Finding) -> bool:
    is_shown = finding.state not in SETTLED
    return is_shown and not finding.resource_name and not finding.tags


@contextmanager
def _our_errors() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except sa.exc.DataError as error:
        raise UnfitError(str(error.orig).strip().partition("\n")[0]) from error
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise LedgerUnavailableError(type(error).__name__) from error


def _is_deadlock(error: BaseException | None) -> bool:
    """https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == "40P01"


def _get(db: sa.Connection, finding_id: str) -> Finding:
    row = db.execute(sa.select(findings).where(findings.c.id == finding_id)).mappings().first()
    if row is None:
        raise UnknownFindingError(finding_id)
    return from_row(row)


def _swap(db: sa.Connection, moved: Sequence[tuple[Finding, Finding]]) -> bool:
    """Write each finding after its move if it is still as before; False if one was not."""
    values = [
        {
            **to_changed_row(after),
            "swapped_id": before.id,
            "swapped_version": before.version,
            "swapped_recorded_at": before.recorded_at,
        }
        for before, after in moved
    ]
    return db.execute(_SWAP, values).rowcount == len(values)


def _known(
    db: sa.Connection, keys: Collection[FindingKey]
) -> tuple[dict[FindingKey, Finding], set[str]]:
    """Return the findings with these keys, and which ids of new ones are taken already.

    The longer ids are looked at only where a shortest one is not free, which is rare.
    """
    ids = {key: short_ids(key) for key in keys}
    shortest = {each[0] for each in ids.values()}
    asked = {"keys": list(map(str, keys)), "ids": list(shortest)}
    found = {
        finding.key: finding for finding in map(from_row, db.execute(_KNOWN, asked).mappings())
    }
    if found.keys() <= ids.keys() and len(shortest) == len(ids):
        return found, {finding.id for finding in found.values()}
    every = {"ids": list(chain.from_iterable(ids.values()))}
    return found, set(db.execute(_TAKEN, every).scalars())


def _pages(values: Collection[str]) -> Iterator[tuple[str, ...]]:
    in_order = iter(sorted(values))
    while some := tuple(islice(in_order, _PAGE)):
        yield some


def _free_id(key: FindingKey, taken: set[str]) -> str:
    free = next(finding_id for finding_id in short_ids(key) if finding_id not in taken)
    taken.add(free)
    return free


def _names(
    db: sa.Connection, keys: Sequence[FindingKey]
) -> dict[FindingKey, tuple[str, dict[str, str]]]:
    """Return name and tags of the resources of *keys*, where a configuration item told them."""
    if not keys:
        return {}
    of = {
        key: _resource_key(key.account, key.region, key.resource_type, key.resource_id)
        for key in keys
    }
    rows = db.execute(_NAMES, {"keys": list(of.values())})
    known = {row.key: (row.name, json.loads(row.tags)) for row in rows}
    return {key: known[text] for key, text in of.items() if text in known}


def _of_resource(fact: ResourceFacts) -> sa.ColumnElement[bool]:
    return (
        (findings.c.account == fact.account)
        & (findings.c.region == fact.region)
        & (findings.c.resource_type == fact.resource_type)
        & (findings.c.resource_id == fact.resource_id)
    )


def _fact_key(fact: ResourceFacts) -> str:
    return _resource_key(fact.account, fact.region, fact.resource_type, fact.resource_id)


def _resource_key(account: str, region: str, resource_type: str, resource_id: str) -> str:
    return "|".join((account, region, resource_type, resource_id))
