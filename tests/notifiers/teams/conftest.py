"""The bot's Teams side, in the bot's own web server, on the local Teams."""

import socket
import threading
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from commands.context import Context
from commands.reception import Reception
from compliance.channel import Channel
from compliance.known_rules import KnownRules
from compliance.routing import Approvers, Team, Teams
from ledger.rooms import Rooms
from notifiers import web
from notifiers.outbox import Outbox
from notifiers.teams.chat import MicrosoftTeams
from notifiers.teams.microsoft import Credentials
from playground.teams.actions import actions_of
from playground.teams.cards import elements
from playground.teams.server import start
from tests.builders import change

WILL, WANDA, HANNAH, HENRY, MAYA, ANA, GIL, LENA, ERIN = (
    f"5a1d0000-0000-4000-8000-00000000000{number}" for number in range(1, 10)
)
ANALYSTS = "9c000000-0000-4000-8000-000000000001"
HOUSING = "19:housing-compliance@thread.tacv2"
WEBSITE = "19:website-compliance@thread.tacv2"


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def app_url():
    return f"http://127.0.0.1:{_free_port()}"


@pytest.fixture
def local(app_url):
    local = start(port=0, app_url=app_url)
    yield local
    local.stop()


@pytest.fixture
def teams_yaml():
    """Who owns what: housing reads its findings in Teams, and payments in Slack."""

    def team(name, channel, *approvers):
        users = frozenset(f"teams:{each}" for each in approvers)
        channels = (Channel.parse(channel),)
        return Team(name, channels, users, frozenset(), (), outsiders=True)

    return Teams(
        (
            team("housing", f"teams:{HOUSING}", HANNAH, HENRY, GIL, LENA),
            team("payments", "slack:C0PAYMENTS", HANNAH),
        ),
        "housing",
        everywhere=Approvers(groups=frozenset({f"teams:{ANALYSTS}"})),
    )


@pytest.fixture
def context(ledger, catalogue, teams_yaml, allowlist, clock):
    return Context(ledger, catalogue, teams_yaml, allowlist, clock)


def now():
    """Tokens are of the time that the local Teams has."""
    return datetime.now(UTC)


@pytest.fixture
def in_channel():
    """Whether the bot answers privately in channels: not unless a test says so."""
    return False


@pytest.fixture
def microsoft(local, engine, context, in_channel):
    app = local.tenant.app
    credentials = Credentials(app.id, app.secret, local.tenant.id)
    known = credentials, local.url, Rooms(engine, "teams"), context.teams, now
    return MicrosoftTeams(*known, in_channel=in_channel)


@pytest.fixture
def chat(microsoft):
    return microsoft.chat


@pytest.fixture
def chats(microsoft):
    return {"teams": microsoft.chat}


@pytest.fixture
def outbox(context, chats):
    rules = KnownRules(context.catalogue)
    given = context.catalogue, context.teams, {}, rules, context.patience
    return Outbox(context.ledger, chats, *given)


@pytest.fixture
def reception(context, reports, microsoft):
    return Reception(context, reports, {}, microsoft.person)


@pytest.fixture
def bot(microsoft, reception, outbox, app_url, local, eventually):
    """The bot, listening, and told of the teams in which its app is."""
    routes = microsoft.listen(reception, threading.Event(), outbox)
    port = int(app_url.rpartition(":")[2])
    with web.serving(web.application(routes, {}, CollectorRegistry()), "127.0.0.1", port):
        eventually(lambda: microsoft.chat._rooms.one(HOUSING))
        yield microsoft


class Client:
    """What one person sees of Teams, and does there."""

    def __init__(self, local, person, channel=HOUSING):
        self.local, self.person, self.channel = local, person, channel

    @property
    def messages(self):
        return self.local.tenant.in_channel(self.channel)

    @property
    def private(self):
        """What the bot wrote to this person alone."""
        written = self.local.tenant.in_channel(self.local.do(self._chat()).id)
        return [each for each in written if each.sender != self.person]

    async def _chat(self):
        return self.local.tenant.chat_with(self.person)

    def look(self):
        """Open the channel: the client asks for this person's own views."""
        self.local.do(self.local.people.look(self.person, self.channel))

    def card(self, message=None):
        return (message or self.messages[0]).card_for(self.person)

    def titles(self, message=None):
        return [action["title"] for action, _ in self._actions(message)]

    def say(self, text, channel=None, thread=""):
        return self.local.do(
            self.local.people.say(self.person, channel or self.channel, text, thread)
        )

    def press(self, title, message=None, after="", **entered):
        """Press the button with this *title*, of the form that button *after* opens if given."""
        titles = self.titles(message)
        number = titles.index(title, titles.index(after) + 1 if after else 0)
        _, inputs = self._actions(message)[number]
        given = {
            each["id"]: entered.get(each["id"].partition(".")[2], each.get("value", ""))
            for each in inputs
        }
        shown = message or self.messages[0]
        return self.local.do(self.local.people.press(self.person, shown.id, number, given))

    def _actions(self, message):
        return actions_of(self.card(message))


@pytest.fixture
def hannah(local):
    return Client(local, HANNAH)


@pytest.fixture
def client(local):
    return lambda person, channel=HOUSING: Client(local, person, channel)


def texts(card):
    """Return every text of a card that a reader sees, in order."""
    return [each["text"] for each in elements(card) if each["type"] in ("TextRun", "TextBlock")]


@pytest.fixture
def read():
    return lambda card: " ".join(texts(card))


@pytest.fixture
def show(bot, outbox, clock, eventually):
    """Bring what is out of date to the channel, and wait until *shown* is true."""

    def show(shown):
        # By then a new finding waits for its name no longer.
        clock.move(minutes=5)

        def is_shown():
            clock.move(seconds=1)
            outbox.courier.round()
            return shown()

        return eventually(is_shown)

    return show


@pytest.fixture
def card(show, context, local):
    """A finding of housing's, whose card is in the channel."""
    context.ledger.record([change()])
    return show(lambda: local.tenant.in_channel(HOUSING))[0]
