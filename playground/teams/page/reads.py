"""What each person has read: a changed message marks nothing unread."""

from playground.teams.tenant import Channel, Message, Person, Tenant


class Reads:
    """How far each person has read each channel."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._last: dict[tuple[str, str], str] = {}

    def read(self, person: Person, channel: Channel) -> None:
        newest = max((each.id for each in self._seen(person, channel)), key=int, default="")
        self._last[person.id, channel.id] = newest

    def unread(self, person: Person, channel: Channel) -> int:
        """Return how many messages of others *person* has not seen in *channel*."""
        last = int(self._last.get((person.id, channel.id)) or 0)
        seen = self._seen(person, channel)
        return sum(int(each.id) > last and each.sender != person.id for each in seen)

    def _seen(self, person: Person, channel: Channel) -> list[Message]:
        return self._tenant.in_channel(channel.id, reader=person.id)
