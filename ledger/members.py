"""The findings of one message, a part of them at a time: there can be many thousands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.finding import Finding, State
from ledger.database import reading
from ledger.rows import from_row
from ledger.tables import findings, messages, posts


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a message's findings, and how many there are in all."""

    findings: tuple[Finding, ...]
    number: int

    @property
    def left(self) -> int:
        return self.number - len(self.findings)


class Members:
    """Findings that share a message with one of them, itself among them.

    Those that are another team's by now are left out.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def page(self, finding_id: str, offset: int, size: int) -> Part:
        """Return a page of them, oldest first; the last one where *offset* is behind all."""
        query = _sharing(finding_id)
        with reading(self._engine) as db:
            number = _number(db, query)
            first = min(offset, max(number - 1, 0) // size * size)
            ordered = query.order_by(findings.c.opened_at, findings.c.id).offset(first).limit(size)
            return Part(tuple(map(from_row, db.execute(ordered).mappings())), number)

    def some(
        self,
        finding_id: str,
        size: int,
        first: Iterable[State],
        until: datetime | None = None,
    ) -> Part:
        """Return *size* of them: those whose state is one of *first* before the others, by age.

        Those that joined the message after *until* are left out; all are where the one that was
        pressed came into another message since.
        """
        query = _sharing(finding_id, until)
        preferred = findings.c.state.in_([state.value for state in first])
        turn = sa.case((preferred, 0), else_=1)
        ordered = query.order_by(turn, findings.c.opened_at, findings.c.id).limit(size)
        with reading(self._engine) as db:
            number = _number(db, query)
            return Part(tuple(map(from_row, db.execute(ordered).mappings())), number)


def _sharing(finding_id: str, until: datetime | None = None) -> sa.Select[Any]:
    one, own, pressed = messages.alias(), posts.alias(), findings.alias()
    in_posts = (
        sa.select(one.c.post)
        .join(own, own.c.id == one.c.post)
        .join(pressed, pressed.c.id == one.c.finding)
        .where(one.c.finding == finding_id, own.c.team == pressed.c.team)
    )
    shared = (
        sa.select(messages.c.finding, posts.c.team)
        .join(posts, posts.c.id == messages.c.post)
        .where(posts.c.message != "")
        .distinct()
    )
    if until is not None:
        in_posts = in_posts.where(one.c.joined_at <= until)
        shared = shared.where(messages.c.joined_at <= until)
    # Two channels of a team can show the same findings.
    each = shared.where(posts.c.id.in_(in_posts)).subquery()
    own_team = (each.c.finding == findings.c.id) & (each.c.team == findings.c.team)
    return sa.select(findings).join(each, own_team)


def _number(db: sa.Connection, query: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return db.execute(counted).scalar_one()
