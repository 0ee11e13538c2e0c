"""The conversations of chat products that call the bot, instead of being asked where it may speak.

Microsoft Teams calls the bot when its app is added to a team or a person: only then the bot knows
the conversation and the address at which it takes messages.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from ledger.database import reading, writing
from ledger.tables import rooms


@dataclass(frozen=True, slots=True)
class Room:
    """One conversation: a channel of a *team*, or the one with a *person*.

    *id*, *team* and *group* (the team's own id for directories) are the product's. *called* is the
    name by which teams.yaml may have the channel. *installer* is who added the app there.
    """

    id: str
    service_url: str
    name: str = ""
    team: str = ""
    group: str = ""
    person: str = ""
    installer: str = ""
    called: str = ""
    closed_at: datetime | None = None


class Rooms:
    """The conversations of one chat *product*."""

    def __init__(self, engine: sa.Engine, product: str) -> None:
        self._engine = engine
        self._product = product
        self._of_product = rooms.c.product == product

    def learn(self, room: Room) -> None:
        """Keep *room*, which is open; what it does not say stays as it was known."""
        known = {name: value for name, value in asdict(room).items() if value}
        of_it = self._of_product & (rooms.c.id == room.id)
        change = sa.update(rooms).where(of_it).values(known | {"closed_at": None})
        with writing(self._engine) as db:
            if db.execute(change).rowcount:
                return
        try:
            with writing(self._engine) as db:
                db.execute(sa.insert(rooms).values(**asdict(room), product=self._product))
        except sa.exc.IntegrityError:
            # Another request has brought the same room meanwhile.
            with writing(self._engine) as db:
                db.execute(change)

    def call(self, room_id: str, name: str) -> None:
        """Let *name* stand for this room and for no other one."""
        with writing(self._engine) as db:
            named = self._of_product & (rooms.c.called == name)
            db.execute(sa.update(rooms).where(named).values(called=""))
            of_it = self._of_product & (rooms.c.id == room_id)
            db.execute(sa.update(rooms).where(of_it).values(called=name))

    def close(self, now: datetime, *, team: str = "", room_id: str = "") -> tuple[Room, ...]:
        """Note that the bot was removed, from a *team* or from one room; return what was open."""
        of_it = rooms.c.team == team if team else rooms.c.id == room_id
        of_it &= self._of_product & rooms.c.closed_at.is_(None)
        with writing(self._engine) as db:
            closed = tuple(map(_room, db.execute(sa.select(rooms).where(of_it)).mappings()))
            db.execute(sa.update(rooms).where(of_it).values(closed_at=now))
        return closed

    def one(self, channel: str) -> Room | None:
        """Return the room that has the id or the name *channel*, None where none is known."""
        return self._first(sa.or_(rooms.c.id == channel, rooms.c.called == channel))

    def with_person(self, person: str) -> Room | None:
        """Return the conversation with *person* alone."""
        return self._first(rooms.c.person == person)

    def any(self) -> Room | None:
        """Return an open channel, None where the bot was not added to a team yet."""
        return self._first(rooms.c.closed_at.is_(None) & (rooms.c.person == ""))

    def _first(self, condition: sa.ColumnElement[bool]) -> Room | None:
        query = sa.select(rooms).where(self._of_product, condition).order_by(rooms.c.id)
        with reading(self._engine) as db:
            row = db.execute(query.limit(1)).mappings().first()
        return _room(row) if row else None


def _room(row: sa.RowMapping) -> Room:
    return Room(**{name: value for name, value in row.items() if name != "product"})
