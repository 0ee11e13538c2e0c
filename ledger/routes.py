"""Which team has which finding, after the routes have changed."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from compliance.channel import Channel
from compliance.finding import SETTLED, Finding, State
from ledger.audit import AuditRow
from ledger.database import reading, writing
from ledger.effects import InForce, detail_of, follow, swap
from ledger.marks import read_mark, write_mark
from ledger.observing import Owner, team_of
from ledger.rows import from_row
from ledger.stale import NOTHING_TO_DO
from ledger.tables import UNSETTLED, findings, messages

log = logging.getLogger(__name__)

_MARK = "routes"
_PAGE = 500
_ANYWHERE = sa.exists().where(messages.c.finding == findings.c.id)
#: What a team has before it, and shows in its other channels.
_UNSEEN = (
    sa.update(findings)
    .where(
        UNSETTLED,
        findings.c.team == sa.bindparam("of_team"),
        findings.c.state.not_in([state.value for state in NOTHING_TO_DO]),
        _ANYWHERE,
        ~_ANYWHERE.where(messages.c.channel == sa.bindparam("new_channel")),
    )
    .values(shown_version=0)
)


def routed_rows(
    moves: Iterable[tuple[Finding, Finding]], actor: str, in_force: InForce, now: datetime
) -> list[AuditRow]:
    """Return a row for each finding that another team has now; the courier moves its card."""
    return [
        AuditRow.of_move(
            now,
            (before, after),
            actor,
            "routed",
            detail_of(after, in_force, {"from": before.team, "to": after.team}),
        )
        for before, after in moves
        if before.team != after.team and after.state is not State.COMPLIANT
    ]


@dataclass(frozen=True, slots=True)
class Rerouting:
    """Gives each finding to the team that owns it by the routes that *fingerprint* stands for.

    And shows it in channels that its team did not have. *channels* are each team's, by name. That
    is done once for each change of the routes, a page at a time, so that a person who presses
    meanwhile waits for a page at most. Where the process ends in between, it begins again.
    """

    engine: sa.Engine
    owner: Owner
    in_force: InForce
    fingerprint: Callable[[], str]
    now: Callable[[], datetime]
    on_move: Callable[[], None] = lambda: None
    actor: str = "bot"
    channels: Sequence[tuple[str, Channel]] = ()

    def round(self) -> int:
        """Return how many findings changed hands; nothing is read where the routes are the same."""
        fingerprint = self.fingerprint()
        with reading(self.engine) as db:
            if read_mark(db, _MARK) == fingerprint:
                return 0
        last, changed = "", 0
        while page := self._page(last):
            changed += self._route(page)
            last = page[-1]
        for team, channel in self.channels:
            self._show(team, channel)
        with writing(self.engine) as db:
            write_mark(db, _MARK, fingerprint)
        log.info("findings were given to their teams", extra={"changed": changed})
        return changed

    def _page(self, last: str) -> Sequence[str]:
        query = sa.select(findings.c.id).where(findings.c.id > last)
        with reading(self.engine) as db:
            return db.execute(query.order_by(findings.c.id).limit(_PAGE)).scalars().all()

    def _route(self, finding_ids: Sequence[str]) -> int:
        # Locked on PostgreSQL: a press in between waits, and what it did is read here.
        of_those = sa.select(findings).where(findings.c.id.in_(finding_ids))
        query = of_those.order_by(findings.c.id)
        now = self.now()
        with reading(self.engine) as db:
            if not self._owned_elsewhere(db, query):
                return 0
        with writing(self.engine) as db:
            moves = self._owned_elsewhere(db, query.with_for_update())
            swap(db, moves)
            _keep_shown(db, moves)
            follow(db, moves, routed_rows(moves, self.actor, self.in_force, now), now)
        self.on_move()
        return len(moves)

    def _show(self, team: str, channel: Channel) -> None:
        with writing(self.engine) as db:
            unseen = db.execute(_UNSEEN, {"of_team": team, "new_channel": str(channel)}).rowcount
        if unseen:
            self.on_move()

    def _owned_elsewhere(
        self, db: sa.Connection, query: sa.Select[tuple[object, ...]]
    ) -> list[tuple[Finding, Finding]]:
        return [
            (before, replace(before, team=team, version=before.version + 1))
            for before in map(from_row, db.execute(query).mappings())
            if (team := team_of(self.owner, before, before.tags)) != before.team
        ]


def _keep_shown(db: sa.Connection, moves: Iterable[tuple[Finding, Finding]]) -> None:
    """Let nobody be told of what is settled: there is nothing to do about it.

    A card that does not say yet that its finding is settled is still brought up to date.
    """
    settled = [after.id for _, after in moves if after.state in SETTLED]
    of_those = findings.c.id.in_(settled) & (findings.c.shown_version == findings.c.version - 1)
    db.execute(sa.update(findings).where(of_those).values(shown_version=findings.c.version))
