"""What chat shows: each finding's message in each channel, and which replica brings it up to date.

A worker that takes a message has its lease and notes what came of it. A replica that dies before
that is relieved when its lease has run out.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.routing import Teams
from ledger import noting, stale, storms, threads
from ledger.database import reading, writing
from ledger.leases import LEASE, lease_until, take_lease
from ledger.shown import MessageUpdate, Version, load
from ledger.stale import NOTHING_TO_DO, Stale, Turn
from ledger.storms import Place
from ledger.tables import UNCONFIRMED, findings, messages, posts

#: AWS answers in less than a second, and a card that comes without a name is better than none.
_PATIENCE = timedelta(seconds=15)
#: After how long a channel is searched for a second message of a post that was repeated.
_SEARCH_AFTER = timedelta(minutes=1)
#: How many findings that need no message are noted at a time.
_SILENT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Search:
    """A post that may have a second message, which is to be searched for in its channel."""

    post: int
    post_id: str
    real: Message
    since: datetime


class Messages:
    """The courier's side of the ledger; all methods raise LedgerUnavailableError.

    *patience* is how long a new message waits for the name and the owner of its resource.
    """

    def __init__(
        self,
        engine: sa.Engine,
        teams: Teams,
        now: Callable[[], datetime],
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._engine = engine
        self._teams = teams
        self._now = now
        self._patience = patience

    def stale(self) -> Mapping[Channel, Stale]:
        """Return the channels that have something to do, with the teams whose findings are stale.

        One team may have none that this channel shows: take finds out.
        """
        with reading(self._engine) as db:
            pairs = stale.stale_pairs(db)
            searched = stale.channels_to_search(db, self._now())
        teams: defaultdict[Channel, set[str]] = defaultdict(set)
        awaited: set[Channel] = set()
        posting = set(map(Channel.parse, searched))
        for team, shown_in, is_awaited in pairs:
            where = Channel.parse(shown_in) if shown_in else None
            readers = set(self._teams[team].channels)
            posting |= readers - {where}
            for each in readers | ({where} if where else set()):
                teams[each].add(team)
            if where and is_awaited:
                awaited.add(where)
        return {
            each: Stale(frozenset(teams[each]), each in awaited, each in posting)
            for each in teams.keys() | posting
        }

    def take(self, channel: Channel, teams: Collection[str], turn: Turn) -> MessageUpdate | None:
        """Take on the message of *channel* that comes next; None if nothing does.

        None as well where another replica has just taken it.
        """
        place, is_unconfirmed = self._next(channel, teams, turn)
        if place is None:
            return None
        try:
            with writing(self._engine) as db:
                post = take_lease(db, channel, place, self._now())
        except sa.exc.IntegrityError:
            return None
        if post is None:
            return None
        # Read under the lease, or an older version could be shown over a newer one.
        with reading(self._engine) as db:
            return load(db, post, self._teams, self._now(), is_unconfirmed=is_unconfirmed)

    def shown(self, update: MessageUpdate, message: Message) -> Message | None:
        """Note that *message* shows the update's findings as they were.

        Returns the real message where another replica has posted one meanwhile: then *message* is
        a duplicate of it, and nothing is noted.
        """
        ours = sa.or_(UNCONFIRMED, posts.c.message == message.id)
        with writing(self._engine) as db:
            of_it = posts.c.id == update.post
            shown = {"message": message.id, "leased_until": None, "team": update.team}
            if not db.execute(sa.update(posts).where(of_it, ours).values(shown)).rowcount:
                real = db.execute(sa.select(posts.c.message).where(of_it)).scalar()
                return Message(update.channel, real) if real else None
            noting.note(db, update.channel, update.versions)
            noting.forget(db, update.channel, update.departed)
            noting.note_everywhere(db, self._teams, [*update.versions, *update.departed])
            if not update.findings:
                db.execute(sa.delete(posts).where(of_it))
                threads.forget(db, [update.post])
            elif update.message is None:
                threads.begin_thread(db, update.post, self._now())
        return None

    def gone(self, update: MessageUpdate) -> None:
        """Note that chat has the message no longer: its findings get a new one."""
        of_it = sa.select(messages.c.finding).where(messages.c.post == update.post)
        unseen = findings.c.state.not_in([state.value for state in NOTHING_TO_DO])
        shown = findings.c.id.in_(of_it) & unseen
        # In the order of ids, as the ledger locks them.
        locked = sa.select(findings.c.id).where(shown).order_by(findings.c.id).with_for_update()
        with writing(self._engine) as db:
            db.execute(locked)
            db.execute(sa.update(findings).where(shown).values(shown_version=0))
            _delete(db, update.post)

    def release(self, update: MessageUpdate) -> None:
        """Note that chat did not take it: it is as it was before, for any replica to try again."""
        with writing(self._engine) as db:
            if update.message is None and not update.is_unconfirmed:
                _delete(db, update.post)
            else:
                lease_until(db, update.post, None)

    def discard(self, update: MessageUpdate) -> None:
        """Note that there is no such message, and that none is needed."""
        with writing(self._engine) as db:
            _delete(db, update.post)
            noting.note_everywhere(db, self._teams, [*update.versions, *update.departed])

    def is_read(self, channel: Channel) -> bool:
        """Say whether a team reads *channel*."""
        return channel in self._teams.channels

    def postpone(self, update: MessageUpdate, pause: timedelta) -> None:
        """Keep the message from every replica for a *pause*."""
        with writing(self._engine) as db:
            lease_until(db, update.post, self._now() + pause)

    def confirm(self, update: MessageUpdate, message: Message) -> None:
        """Note that a post in doubt was found in its channel as *message*."""
        of_it = (posts.c.id == update.post) & UNCONFIRMED
        with writing(self._engine) as db:
            db.execute(sa.update(posts).where(of_it).values(message=message.id))

    def repeat(self, update: MessageUpdate) -> None:
        """Note that a post in doubt is made again: its channel is searched for a second one."""
        now = self._now()
        again = {
            "attempts": posts.c.attempts + 1,
            "leased_until": now + LEASE,
            "search_due": now + _SEARCH_AFTER,
        }
        with writing(self._engine) as db:
            db.execute(sa.update(posts).where(posts.c.id == update.post).values(again))

    def searches(self, channel: Channel) -> tuple[Search, ...]:
        """Return the posts whose second message has to be searched for now."""
        query = sa.select(posts).where(
            posts.c.channel == str(channel),
            posts.c.message != "",
            posts.c.search_due.is_not(None),
            posts.c.search_due <= self._now(),
        )
        with reading(self._engine) as db:
            return tuple(
                Search(row.id, row.post_id, Message(channel, row.message), row.posted_at)
                for row in db.execute(query)
            )

    def searched(self, search: Search, again_in: timedelta | None = None) -> None:
        """Note that the channel was searched, or that it is to be searched later."""
        due = self._now() + again_in if again_in else None
        with writing(self._engine) as db:
            db.execute(sa.update(posts).where(posts.c.id == search.post).values(search_due=due))

    def adopt(self, finding_id: str, message: Message) -> Message | None:
        """Keep *message*, which somebody has before them, as the finding's, if it has none there.

        Returns the real message where it has another one in that channel.
        """
        here = str(message.channel)
        query = (
            sa.select(posts.c.id, posts.c.message)
            .join(messages, messages.c.post == posts.c.id)
            .where(messages.c.finding == finding_id, messages.c.channel == here)
        )
        try:
            with writing(self._engine) as db:
                known = db.execute(query).first()
                if known is None:
                    self._adopt(db, finding_id, message)
                elif not known.message:
                    kept = sa.update(posts).where(posts.c.id == known.id)
                    db.execute(kept.values(message=message.id))
                elif known.message != message.id:
                    return Message(message.channel, known.message)
        except sa.exc.IntegrityError:
            # It is being posted there just now, and the next press mends it.
            return None
        return None

    def showing(self, finding_id: str, channel: Channel) -> MessageUpdate | None:
        """Return the finding's message in *channel* as it would be shown now; it is not taken on.

        None where the channel does not show the finding, or shows it no longer.
        """
        query = (
            sa.select(posts)
            .join(messages, messages.c.post == posts.c.id)
            .where(messages.c.finding == finding_id, messages.c.channel == str(channel))
        )
        with reading(self._engine) as db:
            post = db.execute(query).mappings().first()
            if post is None:
                return None
            shown = load(db, post, self._teams, self._now(), is_unconfirmed=False)
        return shown if shown.findings else None

    def how_stale(self) -> tuple[int, datetime | None]:
        """Return how many findings chat does not show as they are, and since when the oldest."""
        with reading(self._engine) as db:
            return stale.how_stale(db)

    def _next(
        self, channel: Channel, teams: Collection[str], turn: Turn
    ) -> tuple[Place | None, bool]:
        """Return the message that comes next, and whether it is in doubt that it was posted."""
        now = self._now()
        if turn is not Turn.NEW:
            with reading(self._engine) as db:
                post = stale.next_shown(db, channel, teams, turn, now)
                return (Place(post, (), "", is_group=False) if post else None), False
        readers = {team for team in teams if channel in self._teams[team].channels}
        self._skip_silent(channel, readers)
        ready = stale.is_ready(now, self._patience)
        unseen = sa.not_(stale.needs_nothing())
        query = stale.new_findings(channel, readers, ready, unseen)
        with reading(self._engine) as db:
            if post := stale.next_unconfirmed(db, channel, now):
                return Place(post, (), "", is_group=False), True
            first = db.execute(query.order_by(findings.c.changed_at).limit(1)).mappings().first()
            place = storms.place_of(db, channel, first, ready, now) if first else None
        # Another replica may have taken them all in between.
        return (place if place and place.finding_ids else None), False

    def _skip_silent(self, channel: Channel, readers: Collection[str]) -> None:
        """Note those as shown that nobody was told of and nobody has to do anything about."""
        anywhere = messages.alias()
        untold = sa.not_(sa.exists().where(anywhere.c.finding == findings.c.id))
        silent = stale.new_findings(channel, readers, stale.needs_nothing(), untold)
        query = silent.add_columns(findings.c.version).limit(_SILENT_MAX)
        with reading(self._engine) as db:
            versions = [
                Version(row.id, row.version, row.team, State(row.state))
                for row in db.execute(query)
            ]
        if versions:
            with writing(self._engine) as db:
                noting.note_everywhere(db, self._teams, versions)

    def _adopt(self, db: sa.Connection, finding_id: str, message: Message) -> None:
        """Make *message* the finding's, out of date, so that it is brought up to date."""
        of_it = findings.c.id == finding_id
        finding = db.execute(sa.select(findings.c.team, findings.c.rule).where(of_it)).first()
        if finding is None:
            return
        place = Place(None, (finding_id,), finding.rule, is_group=False)
        post = take_lease(db, message.channel, place, self._now())
        known = {"message": message.id, "leased_until": None}
        if post is not None:
            db.execute(sa.update(posts).where(posts.c.id == post["id"]).values(known))
            db.execute(sa.update(findings).where(of_it).values(shown_version=0))


def _delete(db: sa.Connection, post: int) -> None:
    db.execute(sa.delete(messages).where(messages.c.post == post))
    db.execute(sa.delete(posts).where(posts.c.id == post))
    threads.forget(db, [post])
