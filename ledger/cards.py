"""What chat shows: which messages are out of date, which replica sees to each, where they are."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from compliance.finding import Finding, State
from compliance.routing import Team
from ledger.database import reading, writing
from ledger.rows import from_row
from ledger.tables import cards, findings

#: More new findings of one rule than this come to a team in one message.
STORM = 10
#: How many one message may stand for: each of its changes reads them all.
_GROUP_MAX = 200
#: Findings join a group as long as they come no further apart than this.
_GROWS_FOR = timedelta(seconds=60)
#: AWS answers in less than a second, and a card that comes without a name is better than none.
_PATIENCE = timedelta(seconds=15)
#: Longer than chat takes for one message: what is not noted by then is another replica's to do.
_LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message was posted: the chat product's ids of the channel and the message."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that this replica posts or brings up to date now, and no other one.

    *findings* are those of *team* that it shows from now on. Those that *left* went to another
    team, so it shows them no longer. *place* is None before the first post.
    """

    team: str
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    place: Posted | None

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in (*self.findings, *self.left))


class Cards:
    """The courier's side of the ledger.

    *patience* is how long a new card waits for the name and the owner of its resource.
    """

    def __init__(
        self,
        engine: sa.Engine,
        now: Callable[[], datetime],
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._engine = engine
        self._now = now
        self._patience = patience

    def take(
        self, team: Team, closed: Collection[str] = (), *, new_first: bool = False
    ) -> Delivery | None:
        """Take on what *team* has to be shown next, None if nothing or if others see to it.

        A card that somebody is looking at comes before one that nobody has seen yet, or the other
        way round where *new_first*; of several, the one whose finding has been in its state
        longest. What has its place in one of the channels that are *closed* is left out.

        Whoever takes it notes what came of it: shown, forget or release. A replica that dies
        before is relieved when its lease has run out.
        """
        stale = self._stale(team, closed, self._patience)
        is_last = sa.not_(_is_new()) if new_first else _is_new()
        ordered = stale.order_by(is_last, findings.c.changed_at)
        with reading(self._engine) as db:
            first = db.execute(ordered.limit(1)).mappings().first()
            if first is None:
                return None
            place, ids = self._beside(db, team, closed, first)
        if not ids:
            return None
        home = first["posted_for"] or team.name
        try:
            with writing(self._engine) as db:
                self._lease(db, ids, home, place or Posted(team.channel, ""))
                # Read under the lease, or an older version could be shown over a newer one.
                wanted = sa.select(findings).where(findings.c.id.in_(ids))
                ordered = wanted.order_by(findings.c.opened_at, findings.c.id)
                found = tuple(map(from_row, db.execute(ordered).mappings()))
        except sa.exc.IntegrityError:
            return None
        if place and place.channel == team.channel and all(each.team != home for each in found):
            # Another name of the team, or two teams in one channel: it stays where it is.
            home = team.name
        staying = tuple(each for each in found if each.team == home)
        return Delivery(home, staying, tuple(each for each in found if each.team != home), place)

    def shown(self, delivery: Delivery, place: Posted | None) -> None:
        """Note that *place* shows the delivery's findings as they were, or that none needs to."""
        # In the order of ids, as the ledger locks them, or PostgreSQL ends one of the two.
        by_id = sorted(delivery.findings, key=lambda each: each.id)
        noted = [{"noted": each.id, "at": each.version} for each in by_id]
        # A newer version stays stale: only what was shown is noted.
        note = (
            sa.update(findings)
            .where(
                findings.c.id == sa.bindparam("noted"),
                findings.c.shown_version < sa.bindparam("at"),
            )
            .values(shown_version=sa.bindparam("at"))
        )
        staying = [each.id for each in delivery.findings] if place else []
        with writing(self._engine) as db:
            if noted:
                db.execute(note, noted)
            if place:
                row = {"channel": place.channel, "message": place.message}
                db.execute(
                    sa.update(cards)
                    .where(cards.c.finding.in_(staying))
                    .values(team=delivery.team, leased_until=None, **row)
                )
            _forget(db, set(delivery.ids) - set(staying))

    def forget(self, delivery: Delivery) -> None:
        """The message is gone from chat: whoever it showed gets a new one in the next rounds."""
        with writing(self._engine) as db:
            _forget(db, delivery.ids)
            unseen = findings.c.id.in_(delivery.ids) & (findings.c.state != State.RESOLVED.value)
            db.execute(sa.update(findings).where(unseen).values(shown_version=0))

    def release(self, delivery: Delivery) -> None:
        """Chat did not take it: it is as it was before, for any replica to try again."""
        taken = cards.c.finding.in_(delivery.ids)
        with writing(self._engine) as db:
            if delivery.place is None:
                _forget(db, delivery.ids)
            else:
                db.execute(sa.update(cards).where(taken).values(leased_until=None))

    def _beside(
        self, db: sa.Connection, team: Team, closed: Collection[str], first: sa.RowMapping
    ) -> tuple[Posted | None, list[str]]:
        """Return in which message a finding is shown, None for a new one, and who else is in it.

        Nobody is while more of a storm wait for their names: they come in one message.
        """
        if first["message"]:
            place = Posted(first["channel"], first["message"])
            return place, _of_message(db, place)
        stale = self._stale(team, closed, self._patience)
        is_over = findings.c.state == State.RESOLVED.value
        if first["state"] == State.RESOLVED:
            return None, _ids(db, stale.where(_is_new(), is_over).limit(_GROUP_MAX))
        of_rule = (_is_new(), findings.c.rule == first["rule"], sa.not_(is_over))
        ready = stale.where(*of_rule).order_by(findings.c.changed_at)
        if group := db.execute(self._growing(team, closed, first["rule"])).first():
            place = Posted(group.channel, group.message)
            known = _of_message(db, place)
            return place, [*known, *_ids(db, ready.limit(_GROUP_MAX - len(known)))]
        coming = self._stale(team, closed, timedelta()).where(*of_rule)
        if len(_ids(db, coming.limit(STORM + 1))) <= STORM:
            return None, [first["id"]]
        together = _ids(db, ready.limit(_GROUP_MAX))
        return None, together if len(together) > STORM else []

    def _growing(self, team: Team, closed: Collection[str], rule: str) -> sa.Select[Any]:
        """Select the message to which a new finding of *rule* is added."""
        beside = cards.alias()
        of_it = (beside.c.channel == cards.c.channel) & (beside.c.message == cards.c.message)
        size = sa.select(sa.func.count()).where(of_it).scalar_subquery()
        return (
            sa.select(cards.c.channel, cards.c.message)
            .join(findings, findings.c.id == cards.c.finding)
            .where(
                cards.c.posted_at > self._now() - _GROWS_FOR,
                cards.c.team == team.name,
                cards.c.channel == team.channel,
                cards.c.channel.not_in(closed),
                cards.c.message != "",
                findings.c.rule == rule,
                size > 1,
                size < _GROUP_MAX,
            )
            .limit(1)
        )

    def _stale(self, team: Team, closed: Collection[str], patience: timedelta) -> sa.Select[Any]:
        """Select the findings of *team* that are newer than what chat shows."""
        now = self._now()
        is_new = _is_new()
        is_young = findings.c.changed_at > now - patience
        is_nameless = findings.c.lookup_due.is_not(None) & (findings.c.lookup_due <= now)
        posted_for = cards.c.team.label("posted_for")
        return (
            sa.select(findings, posted_for, cards.c.channel, cards.c.message)
            .outerjoin(cards, cards.c.finding == findings.c.id)
            .where(
                findings.c.shown_version < findings.c.version,
                findings.c.state != State.COMPLIANT.value,
                findings.c.team == team.name,
                sa.func.coalesce(cards.c.channel, team.channel).not_in(closed),
                _is_free(now),
                sa.not_(is_new & is_young & is_nameless),
            )
        )

    def _lease(self, db: sa.Connection, ids: Collection[str], team: str, place: Posted) -> None:
        """Reserve these findings' cards; raises IntegrityError where another replica has one.

        It is done before the post: chat.postMessage takes no key by which a second post of the
        same could be refused. So a replica that dies between its post and its note leaves one
        more card once its lease has run out, which is the least that Slack allows.
        """
        now = self._now()
        row = {"team": team, "channel": place.channel, "message": place.message, "posted_at": now}
        # What has been posted since it was looked at is not reserved again.
        as_seen = cards.c.message.in_({"", place.message})
        ours = sa.select(cards.c.finding).where(cards.c.finding.in_(ids), _is_free(now), as_seen)
        # In order, so that two replicas wait for each other and not each for the other.
        known = set(db.execute(ours.order_by(cards.c.finding).with_for_update()).scalars())
        until = now + _LEASE
        db.execute(sa.update(cards).where(cards.c.finding.in_(known)).values(leased_until=until))
        new = [{**row, "finding": each, "leased_until": until} for each in sorted({*ids} - known)]
        if new:
            db.execute(sa.insert(cards), new)


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    return cards.c.leased_until.is_(None) | (cards.c.leased_until <= now)


def _is_new() -> sa.ColumnElement[bool]:
    """Whether chat has not shown the finding yet."""
    return sa.func.coalesce(cards.c.message, "") == ""


def _ids(db: sa.Connection, query: sa.Select[Any]) -> list[str]:
    return list(db.execute(query.with_only_columns(findings.c.id)).scalars())


def _of_message(db: sa.Connection, place: Posted) -> list[str]:
    """Return the ids of the findings that the message shows."""
    of_it = (cards.c.channel == place.channel) & (cards.c.message == place.message)
    return list(db.execute(sa.select(cards.c.finding).where(of_it)).scalars())


def _forget(db: sa.Connection, finding_ids: Iterable[str]) -> None:
    db.execute(sa.delete(cards).where(cards.c.finding.in_(list(finding_ids))))
