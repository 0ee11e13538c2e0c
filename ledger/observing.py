"""What AWS Config reported of findings, in the ledger: new ones, and those that it moved."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Protocol

import sqlalchemy as sa

from compliance.change import Change, FindingKey, is_ahead
from compliance.evaluating import first_seen, is_said_again, observe
from compliance.finding import IN_PROGRESS, SETTLED, Finding, Move, State, short_ids, shortest_id
from compliance.known_rules import RuleKey
from ledger.audit import AuditRow
from ledger.config_rules import note
from ledger.effects import InForce, Moved, detail_of, insert, is_nameless, swap
from ledger.rows import from_row, resource_of
from ledger.tables import findings, resources

#: AWS Config, in the audit log's column of actors.
AWS_CONFIG = "aws-config"

#: From the key and the tags of a resource to the name of the team that owns it.
Owner = Callable[[FindingKey, Mapping[str, str]], str]


def team_of(owner: Owner, finding: Finding, tags: Mapping[str, str]) -> str:
    """Return whose the finding is: the team's that it was handed over to, else the routes'."""
    return finding.care.handed_to or owner(finding.key, tags)


#: PostgreSQL locks the rows, so that a press waits for the batch instead of losing to it.
_OF_THEM = findings.c.resource.in_(sa.bindparam("resources")) & (
    findings.c.rule.in_(sa.bindparam("rules"))
)
_KNOWN = (
    sa.select(findings)
    .where(_OF_THEM | findings.c.id.in_(sa.bindparam("ids")))
    .order_by(findings.c.id)
    .with_for_update()
)
_TAKEN = sa.select(findings.c.id).where(findings.c.id.in_(sa.bindparam("ids")))
_NAMES = sa.select(resources.c.key, resources.c.name, resources.c.tags).where(
    resources.c.key.in_(sa.bindparam("keys"))
)


class Rules(Protocol):
    """What is known of AWS Config's rules, by the key of a finding."""

    def canonical(self, key: FindingKey) -> str:
        """Return the catalogue's name for the rule, its own where the catalogue has none."""

    def accepts(self, key: FindingKey) -> bool:
        """Say whether it can be a new finding's; a known one is moved whatever its rule is."""

    def is_unheard(self, key: FindingKey) -> bool:
        """Say whether AWS has to be asked about the rule."""


class EveryRule:
    """Takes every rule by its own name, and asks about none."""

    def canonical(self, key: FindingKey) -> str:
        return key.rule

    def accepts(self, key: FindingKey) -> bool:
        return True

    def is_unheard(self, key: FindingKey) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Observer:
    """Records changes. *enforce* is applied to a finding after each of them: the allowlist, say.

    What it is made of is pure.
    """

    owner: Owner
    enforce: Move
    rules: Rules
    in_force: InForce

    def observe(
        self, db: sa.Connection, changes: Sequence[Change], now: datetime
    ) -> tuple[list[Moved], list[AuditRow]]:
        """Write what *changes* make of findings; return that, and its rows for the audit log."""
        by_key, known, taken = self._by_key(db, _in_order(changes, now))
        names = _names(db, [key for key in by_key if key not in known])
        new: list[Finding] = []
        moves: list[tuple[Finding, Finding]] = []
        for key, in_order in by_key.items():
            before = known.get(key)
            if before is not None:
                moves += self._move(before, in_order, now)
            elif self.rules.accepts(key):
                new.append(self._first(key, in_order, _free_id(key, taken), names.get(key), now))
        insert(db, new, now)
        swap(db, moves)
        _look_up(db, moves, now)
        note(db, (RuleKey.of(each.key) for each in changes if self.rules.is_unheard(each.key)), now)
        every: list[Moved] = [*((None, each) for each in new), *moves]
        return every, [
            self._row(before, after, now) for before, after in every if _is_news(before, after)
        ]

    def _by_key(
        self, db: sa.Connection, changes: Sequence[Change]
    ) -> tuple[dict[FindingKey, list[Change]], dict[FindingKey, Finding], set[str]]:
        """Return the changes of each finding, the known findings, and ids that are taken.

        What is being remediated under a name of AWS's own is followed under it to its end.
        """
        canonical = {each.key: self._canonical(each.key) for each in changes}
        known, taken = _known(db, {*canonical, *canonical.values()})
        by_key: dict[FindingKey, list[Change]] = {}
        for change in changes:
            own = known.get(change.key)
            is_followed = own is not None and own.state in IN_PROGRESS
            key = change.key if is_followed else canonical[change.key]
            by_key.setdefault(key, []).append(change)
        return by_key, known, taken

    def _canonical(self, key: FindingKey) -> FindingKey:
        name = self.rules.canonical(key)
        return key if name == key.rule else replace(key, rule=name)

    def _move(
        self, before: Finding, changes: Iterable[Change], now: datetime
    ) -> list[tuple[Finding, Finding]]:
        after = self._follow(before, changes, now)
        if after is before:
            return []
        # Its card is as true as it was when AWS only says the same again.
        version = before.version + (not is_said_again(before, after))
        return [(before, replace(after, version=version))]

    def _first(
        self,
        key: FindingKey,
        changes: Sequence[Change],
        finding_id: str,
        name: tuple[str, dict[str, str]] | None,
        now: datetime,
    ) -> Finding:
        resource_name, tags = name or ("", {})
        first, *later = changes
        finding = first_seen(first, finding_id, self.owner(key, tags), now, key.rule)
        if name:
            finding = replace(finding, resource_name=resource_name, tags=tags)
        return self._follow(self.enforce(finding), later, now)

    def _follow(self, finding: Finding, changes: Iterable[Change], now: datetime) -> Finding:
        for change in changes:
            seen = observe(finding, change, now)
            finding = finding if seen is finding else self.enforce(seen)
        return finding

    def _row(self, before: Finding | None, after: Finding, now: datetime) -> AuditRow:
        newest = max(after.copies, key=lambda copy: copy.recorded_at)
        evaluation = {
            "compliance": newest.compliance.value,
            "recorded_at": newest.recorded_at.isoformat(),
        }
        if newest.rule != after.key.rule:
            evaluation["rule"] = newest.rule
        if newest.annotation:
            evaluation["annotation"] = newest.annotation
        detail = detail_of(after, self.in_force, {"evaluation": evaluation}, before)
        return AuditRow.of_move(now, (before, after), AWS_CONFIG, "observed", detail)


def _in_order(changes: Iterable[Change], now: datetime) -> list[Change]:
    """Return *changes* by AWS's time; those whose time is not possible come before all others."""
    return sorted(changes, key=lambda each: (not is_ahead(each.recorded_at, now), each.recorded_at))


def _is_news(before: Finding | None, after: Finding) -> bool:
    """Whether it belongs into the audit log; that a resource never broke the rule does not."""
    if before is None:
        return after.state is not State.COMPLIANT
    return before.state is not after.state


def _known(
    db: sa.Connection, keys: Collection[FindingKey]
) -> tuple[dict[FindingKey, Finding], set[str]]:
    """Return the findings with these keys, and which ids of new ones are taken already.

    Among the findings can be others. The longer ids are looked at only where a shortest one is not
    free, which is rare.
    """
    shortest = {shortest_id(key) for key in keys}
    asked = {
        "resources": list({resource_of(key) for key in keys}),
        "rules": list({key.rule for key in keys}),
        "ids": list(shortest),
    }
    known = {
        finding.key: finding for finding in map(from_row, db.execute(_KNOWN, asked).mappings())
    }
    others = {finding.id for key, finding in known.items() if key not in keys}
    if shortest.isdisjoint(others) and len(shortest) == len(keys):
        return known, {finding.id for finding in known.values()}
    every = {"ids": list(chain.from_iterable(map(short_ids, keys)))}
    return known, set(db.execute(_TAKEN, every).scalars())


def _free_id(key: FindingKey, taken: set[str]) -> str:
    free = next(finding_id for finding_id in short_ids(key) if finding_id not in taken)
    taken.add(free)
    return free


def _names(
    db: sa.Connection, keys: Sequence[FindingKey]
) -> dict[FindingKey, tuple[str, dict[str, str]]]:
    """Return name and tags of the resources of *keys*, where a configuration item gave them."""
    if not keys:
        return {}
    digests = {key: resource_of(key) for key in keys}
    rows = db.execute(_NAMES, {"keys": list(digests.values())})
    known = {bytes(row.key): (row.name, json.loads(row.tags)) for row in rows}
    return {key: known[digest] for key, digest in digests.items() if digest in known}


def _look_up(db: sa.Connection, moves: Iterable[tuple[Finding, Finding]], now: datetime) -> None:
    """Let AWS be asked about the resources that nobody had to know before."""
    due = [after.id for before, after in moves if before.state in SETTLED and is_nameless(after)]
    if due:
        db.execute(sa.update(findings).where(findings.c.id.in_(due)).values(lookup_due=now))
