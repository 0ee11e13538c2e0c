"""Where the bot may speak in Teams: what it is told when its app is added, and ``@bot here``."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from commands.answers import Done, Refused
from compliance.authority import Actor, may_ask, may_decide
from compliance.channel import Channel
from compliance.routing import Teams
from ledger.rooms import Room, Rooms
from notifiers.chat import ChatBusyError
from notifiers.teams.activities import Activity
from notifiers.teams.connector import Connector, reading
from notifiers.teams.errors import changing
from notifiers.teams.microsoft import FAILURES
from notifiers.teams.text import PRODUCT

log = logging.getLogger(__name__)

_ONLY_IN_A_CHANNEL = "Write this in the channel of a team, not in a chat."
_WHICH = "Write here and one of these names of teams.yaml: {names}."
_NONE = (
    "teams.yaml names no channel that could be here. Give a team of it channel: teams:NAME, or the "
    'id of this channel: "teams:{id}".'
)
_TIED = (
    "The messages for {name} come to this channel from now on. To keep it so whatever happens to "
    'the ledger, name its id in teams.yaml: "teams:{id}".'
)
_NOT_YOURS = (
    "Only an approver of a team that reads {name}, or the person who added the app to this team, "
    "can say so. Nothing was changed."
)
_MIND = frozenset({"channelCreated", "channelRenamed", "channelRestored", "teamRenamed"})


class Directory:
    """Learns conversations from Teams' events, and knows what teams.yaml calls each."""

    def __init__(
        self,
        rooms: Rooms,
        connector: Connector,
        teams: Teams,
        now: Callable[[], datetime],
    ) -> None:
        self._rooms = rooms
        self._connector = connector
        self._teams = teams
        self._now = now

    def on_event(self, activity: Activity) -> None:
        """Note where the app was added or removed, and which channels came and went."""
        if _removes(activity):
            team, room = activity.room.team, activity.room.id
            closed = self._rooms.close(self._now(), team=team, room_id="" if team else room)
            log.warning("the bot was removed", extra={"rooms": [each.name for each in closed]})
        elif activity.data.event == "channelDeleted":
            self._rooms.close(self._now(), room_id=activity.data.channel.id)
        elif _adds(activity) or activity.data.event in _MIND:
            self._learn(activity)

    def hear(self, activity: Activity) -> None:
        """Learn the conversation in which somebody writes or presses."""
        known = self._rooms.one(activity.room.id)
        here = activity.room
        if known is None or known.closed_at or known.service_url != here.service_url:
            self._rooms.learn(here)

    def with_person(self, activity: Activity) -> Room:
        """Return the conversation with the writer alone; raises the errors of Chat."""
        if known := self._rooms.with_person(activity.person):
            return known
        with changing():
            opened = self._connector.conversation_with(activity.person, activity.service_url)
        self._rooms.learn(opened)
        return opened

    def names(self, room_id: str) -> frozenset[Channel]:
        """Return a channel by its id and by its name: teams.yaml may have either."""
        room = self._rooms.one(room_id)
        called = room.called if room else ""
        return frozenset(Channel(PRODUCT, each) for each in (room_id, called) if each)

    def in_use(self, room_id: str) -> Channel:
        """Return a channel as teams.yaml has it."""
        used = self.names(room_id) & (self._teams.channels | set(self._teams.tda_channels))
        return min(used, default=Channel(PRODUCT, room_id))

    def tie(self, activity: Activity, actor: Actor, name: str) -> Done | Refused:
        """Let *name*, which teams.yaml gives to a channel, stand for the one it is written in."""
        if activity.is_personal:
            return Refused(_ONLY_IN_A_CHANNEL)
        names = sorted(self._named())
        if not names:
            return Refused(_NONE.format(id=activity.room.id))
        chosen = name or (names[0] if len(names) == 1 else "")
        if chosen not in names:
            return Refused(_WHICH.format(names=", ".join(names)))
        if not self._may_tie(activity, actor, chosen):
            return Refused(_NOT_YOURS.format(name=chosen))
        self._rooms.learn(activity.room)
        self._rooms.call(activity.room.id, chosen)
        extra = {"channel": activity.room.id, "called": chosen, "user": actor.id}
        log.info("a channel was named", extra=extra)
        return Done(_TIED.format(name=chosen, id=activity.room.id))

    def _named(self) -> frozenset[str]:
        """Return the names in teams.yaml; an id of Teams begins with a number and a colon."""
        channels = self._teams.channels | set(self._teams.tda_channels)
        return frozenset(
            each.id for each in channels if each.product == PRODUCT and ":" not in each.id
        )

    def _may_tie(self, activity: Activity, actor: Actor, name: str) -> bool:
        if not may_ask(actor).allowed:
            return False
        readers = self._teams.of_channel(Channel(PRODUCT, name)) or {self._teams.default}
        room = self._rooms.one(activity.room.team) or self._rooms.one(activity.room.id)
        is_installer = room is not None and room.installer == activity.person
        return is_installer or any(
            may_decide(actor, self._teams[each], self._teams).allowed for each in readers
        )

    def _learn(self, activity: Activity) -> None:
        here = activity.room
        adds = _adds(activity)
        if here.team and not here.id.startswith(here.team):
            self._rooms.learn(here)
        whole = Room(
            here.team or here.id,
            here.service_url,
            name=activity.data.team.name or "",
            team=here.team,
            group=here.group,
            person=here.person,
            installer=activity.person if adds else "",
        )
        self._rooms.learn(whole)
        if here.team:
            self._learn_channels(whole)

    def _learn_channels(self, team: Room) -> None:
        """Learn every channel of *team*: the app speaks in all of them."""
        try:
            channels = reading(partial(self._connector.channels, team))
        except (*FAILURES, ChatBusyError) as error:
            log.warning("a team's channels are not known", extra={"why": str(error)})
            return
        for each in channels:
            self._rooms.learn(
                Room(
                    str(each["id"]),
                    team.service_url,
                    name=str(each.get("name") or "General"),
                    team=team.team,
                    group=team.group,
                    installer=team.installer,
                )
            )


def _adds(activity: Activity) -> bool:
    """Say whether it is the bot that was added, to which every activity is sent."""
    if activity.type == "installationUpdate":
        return activity.action.startswith("add")
    return any(each.id == activity.recipient.id for each in activity.added)


def _removes(activity: Activity) -> bool:
    if activity.type == "installationUpdate":
        return activity.action.startswith("remove")
    return any(each.id == activity.recipient.id for each in activity.removed)
