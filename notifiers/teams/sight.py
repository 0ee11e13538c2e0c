"""Who somebody in Teams is, where they are, and what they see of findings from there."""

from dataclasses import dataclass

from commands.reception import Reception
from compliance.authority import Actor
from compliance.card import Card
from compliance.channel import Channel, Message
from compliance.group import Content, GroupCard
from compliance.press import Press
from compliance.prose import Prose
from notifiers.chat import Screen
from notifiers.teams.activities import Activity
from notifiers.teams.cards import Viewing, content_card
from notifiers.teams.directory import Directory
from notifiers.teams.people import People
from notifiers.teams.text import Element, Name


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody pressed: the *channels* by each name, the one in teams.yaml, the message."""

    channels: frozenset[Channel]
    channel: Channel | None
    message: Message | None


class Sight:
    """Looks at one activity at a time; each comes with its sender already verified."""

    def __init__(
        self, reception: Reception, people: People, directory: Directory, screen: Screen
    ) -> None:
        self._reception = reception
        self._people = people
        self._directory = directory
        self._screen = screen

    @property
    def name(self) -> Name:
        return self._people.name

    def actor(self, activity: Activity) -> Actor:
        self._people.know(activity.person, activity.sender.name)
        return self._people.actor(activity.person)

    def where(self, activity: Activity) -> Where:
        if activity.is_personal:
            return Where(frozenset(), None, None)
        channels = self._directory.names(activity.room.id)
        channel = self._directory.in_use(activity.room.id)
        # A button of a reply below a card is not the card's own.
        is_card = activity.reply_to and activity.thread in {"", activity.reply_to}
        pressed = Message(channel, activity.reply_to) if is_card else None
        return Where(channels, channel, pressed)

    def content(self, finding_id: str, where: Where) -> Content | None:
        """Return what the finding's message shows there now, None where there is none."""
        return self._screen.content(finding_id, where.channel) if where.channel else None

    def shown(self, content: Content, actor: Actor, said: Prose = ()) -> Element:
        """Return *content* with the buttons of *actor*, below what is *said* to them alone."""
        forms = self._reception.offers(presses_of(content), actor)
        return content_card(content, Viewing(self.name, forms=forms, said=said))


def presses_of(content: Content) -> tuple[Press, ...]:
    match content:
        case Card():
            return (*content.presses, *content.more)
        case GroupCard():
            return content.presses
    return ()
