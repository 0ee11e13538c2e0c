"""Who is in a channel: those who may decide get a card of their own, and outsiders are named."""

import logging
import threading
from collections.abc import Mapping
from time import monotonic

from compliance.channel import Channel
from compliance.routing import Teams
from ledger.rooms import Room
from notifiers.chat import ChatBusyError
from notifiers.teams.connector import Connector, reading
from notifiers.teams.microsoft import FAILURES, Json
from notifiers.teams.people import People
from notifiers.teams.text import own_id

log = logging.getLogger(__name__)

_KEPT_SECONDS = 300.0
#: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
_VIEWERS_MAX = 60
_NAMED_MAX = 3


class Viewers:
    """Knows the rosters of channels, each for some minutes."""

    def __init__(self, connector: Connector, people: People, teams: Teams) -> None:
        self._connector = connector
        self._people = people
        self._teams = teams
        self._kept: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    def of(self, channel: Channel, room: Room) -> tuple[str, ...]:
        """Return Teams' own ids of those in *room* who may decide for a team that reads *channel*.

        None where they cannot be looked up: everybody can ask for their buttons on the card.
        """
        with self._lock:
            kept = self._kept.get(room.id)
        if kept and monotonic() - kept[0] < _KEPT_SECONDS:
            return kept[1]
        try:
            approvers = self._approvers(channel)
            roster = list(reading(lambda: list(self._connector.members(room))))
        except (*FAILURES, ChatBusyError) as error:
            log.warning("a channel's people are not known", extra={"why": str(error)})
            viewers: tuple[str, ...] = ()
        else:
            viewers = tuple(
                str(each["id"]) for each in roster if each.get("aadObjectId") in approvers
            )[:_VIEWERS_MAX]
        with self._lock:
            self._kept[room.id] = (monotonic(), viewers)
        return viewers

    def outsiders(self, room: Room, tenant: str) -> str:
        """Say which guests and people of other tenants are in *room*; raises the errors of Http."""
        roster = reading(lambda: list(self._connector.members(room)))
        names = [str(each.get("name") or "somebody") for each in roster if _is_out(each, tenant)]
        more = len(names) - _NAMED_MAX
        return ", ".join([*names[:_NAMED_MAX], *([f"{more} more"] if more > 0 else [])])

    def _approvers(self, channel: Channel) -> frozenset[str]:
        """Return the Entra object ids of those who may decide for a team that reads *channel*."""
        readers = [self._teams[name] for name in self._teams.of_channel(channel)]
        users = self._teams.everywhere.users.union(*(team.approvers for team in readers))
        groups = self._teams.everywhere.groups.union(*(team.approver_groups for team in readers))
        own_groups = filter(None, map(own_id, groups))
        members = (self._people.members(each) for each in own_groups)
        return frozenset(filter(None, map(own_id, users))).union(*members)


def _is_out(member: Mapping[str, object] | Json, tenant: str) -> bool:
    is_guest = str(member.get("userRole", "")).lower() in {"guest", "anonymous"}
    return is_guest or str(member.get("tenantId") or tenant) != tenant
