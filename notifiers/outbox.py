"""What shows findings to people, put together: messages, their courier, channels that refuse."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from compliance.accounts import Account
from compliance.card import Card
from compliance.channel import Channel, Message
from compliance.finding import Finding
from compliance.gathering import content_of_message
from compliance.group import Content
from compliance.hours import Patience
from compliance.known_rules import KnownRules
from compliance.notes import Notes
from compliance.routing import Teams
from compliance.rules import Catalogue, Severity, catalogue_entry
from compliance.tally import Tally
from ledger.closed import ClosedChannels
from ledger.letters import Letters
from ledger.messages import Messages
from ledger.open_channels import OpenChannels
from ledger.store import Ledger
from ledger.threads import Threads
from notifiers.chat import Chat
from notifiers.courier import Courier
from notifiers.gate import Gate
from notifiers.herald import Herald
from notifiers.mail import Mail
from notifiers.speaking import Speaking
from notifiers.troubles import Troubles

#: How much was said to people, by what it was for.
Said = Callable[[], Mapping[str, int]]
#: How often in seconds, what is called, and what wakes it.
Due = tuple[float, Callable[[], object], threading.Event]


class Outbox:
    """The messages of every team, in whichever of *chats* its channels are, and what goes beside.

    *patience* is how people are reminded.
    """

    def __init__(
        self,
        ledger: Ledger,
        chats: Mapping[str, Chat],
        catalogue: Catalogue,
        teams: Teams,
        accounts: Mapping[str, Account],
        rules: KnownRules,
        patience: Patience,
    ) -> None:
        engine, now = ledger.engine, ledger.now
        self._now = now
        self.messages = Messages(engine, teams, now)
        self.troubles = Troubles(chats, teams, ClosedChannels(engine, now))
        notes = Notes(teams, patience, partial(severity_of, catalogue))
        self._people = teams.people
        self._content_of = partial(
            content_of_message,
            catalogue=catalogue,
            accounts=accounts,
            known_rules=rules,
            waiting_of=notes.waiting,
        )
        self.gate = Gate(OpenChannels(engine, now), teams, self.troubles)
        shown = self.messages, self._content, chats, self.troubles
        self.courier = Courier(*shown, is_open=self.gate.is_open)
        threads, letters = Threads(engine, now), Letters(engine, now)
        self.speaking = Speaking(threads, ledger, notes, chats, self.troubles)
        self.mail = Mail(letters, chats, teams, now)
        self.herald = Herald(threads, letters, self.speaking, self.mail, now)

    def _content(self, findings: Sequence[Finding], tally: Tally) -> Content:
        shown = self._content_of(findings, tally)
        return shown.naming(self._people.name) if isinstance(shown, Card) else shown

    def adopt(self, finding_id: str, message: Message) -> None:
        self.courier.adopt(finding_id, message)

    def content(self, finding_id: str, channel: Channel) -> Content | None:
        """Return what the finding's message in *channel* shows now, None where it has none."""
        shown = self.messages.showing(finding_id, channel)
        return self._content(shown.findings, shown.tally) if shown else None

    def problem(self) -> str:
        """Say why nobody sees what the bot shows, empty where somebody does or knows of it."""
        return self.troubles.problem()

    def wake(self) -> None:
        self.courier.wake()

    def jobs(self, event: Callable[[threading.Event], threading.Event]) -> Iterator[Due]:
        """Yield what the clock calls: how often in seconds, what, and what wakes it."""
        yield 5, self.courier.round, event(self.courier.woken)
        yield 30, self.herald.round, event(self.herald.woken)

    @property
    def figures(self) -> tuple[Messages, Troubles, Callable[[], datetime], Said]:
        """What /metrics counts: messages, channels in trouble, the time, and what was said."""
        return self.messages, self.troubles, self._now, self.counted

    def counted(self) -> Mapping[str, int]:
        """Return how much was said to people since the start, by what it was for."""
        return self.speaking.counted + self.mail.counted


def severity_of(catalogue: Catalogue, finding: Finding) -> Severity | None:
    """Return how grave the finding's rule is, None where nobody has rated it."""
    rule = catalogue_entry(catalogue, finding.key.rule)
    return rule.severity if rule else None
