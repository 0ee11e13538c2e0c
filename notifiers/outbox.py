"""What shows findings to people, put together: messages, their courier, channels that refuse."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from compliance.accounts import Account
from compliance.channel import Channel, Message
from compliance.gathering import content_of_message
from compliance.group import Content
from compliance.known_rules import KnownRules
from compliance.routing import Teams
from compliance.rules import Catalogue
from ledger.closed import ClosedChannels
from ledger.messages import Messages
from notifiers.chat import Chat
from notifiers.courier import Courier
from notifiers.troubles import Troubles


class Outbox:
    """The messages of every team, in whichever of *chats* its channels are."""

    def __init__(
        self,
        engine: sa.Engine,
        chats: Mapping[str, Chat],
        teams: Teams,
        catalogue: Catalogue,
        accounts: Mapping[str, Account],
        rules: KnownRules,
        now: Callable[[], datetime],
    ) -> None:
        self.messages = Messages(engine, teams, now)
        self.troubles = Troubles(chats, teams, ClosedChannels(engine, now))
        self._content = partial(
            content_of_message, catalogue=catalogue, accounts=accounts, known_rules=rules
        )
        self.courier = Courier(self.messages, self._content, chats, self.troubles)

    def adopt(self, finding_id: str, message: Message) -> None:
        self.courier.adopt(finding_id, message)

    def content(self, finding_id: str, channel: Channel) -> Content | None:
        """Return what the finding's message in *channel* shows now, None where it has none."""
        shown = self.messages.showing(finding_id, channel)
        return self._content(shown.findings, shown.tally) if shown else None

    def wake(self) -> None:
        self.courier.wake()
