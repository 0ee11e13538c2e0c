"""A chat product of our own, so that the conversation is proved to need no other one's terms.

It has people, channels, cards that it redraws, buttons, and forms that it shows and reads. All it
knows of an answer is what ``words`` makes of it, which form it is, and which buttons it offers.
"""

from dataclasses import dataclass, field
from functools import partial

from commands.answers import Invalid, Listing, OpenWork, Shown
from commands.forms import Form, Submission
from compliance.authority import Actor, Standing
from compliance.channel import Channel
from compliance.group import content_of
from compliance.prose import plain
from notifiers import words

PRODUCT = "pigeon"


@dataclass
class OpenForm:
    """A form that is open on one person's screen."""

    person: "Person"
    form: Form
    problems: dict = field(default_factory=dict)

    @property
    def text(self):
        return words.form(self.form)

    def send(self, **entered):
        """Send what was entered; the form stays open where the reception finds a fault."""
        submission = Submission(self.form.origin, entered)
        answer = self.person.ask(submission)
        if isinstance(answer, Invalid):
            self.problems = dict(answer.problems)
            return None
        return self.person.read(answer)


@dataclass
class Person:
    """Somebody of the fake product, with what only they were told."""

    chat: "FakeChat"
    name: str
    standing: Standing = Standing.MEMBER
    groups: frozenset = frozenset()
    channel: str = ""
    heard: list = field(default_factory=list)
    offered: tuple = ()

    @property
    def actor(self):
        return Actor(f"{PRODUCT}:{self.name}", self.name, self.standing, self.groups)

    def ask(self, asked):
        channels = {Channel(PRODUCT, self.channel)} if self.channel else set()
        return self.chat.reception.answer(asked, self.actor, channels)

    def type(self, text):
        """Type a question; return the words of its answer, or the form that it opened."""
        return self.read(self.ask(text))

    def press(self, button, verb=None):
        """Press a button of what is on the screen: a card, or what was answered last."""
        offers = [*self.offered, *self.chat.offered(self.channel)]
        press = next(each for each in offers if (each.button, each.verb) == (button, verb))
        # A product keeps a button as two texts.
        return self.read(self.ask(type(press).parse(press.button.value, press.value)))

    def read(self, answer):
        if isinstance(answer, Form):
            return OpenForm(self, answer)
        self.offered = _offered(answer)
        self.heard.append(self.chat.draw(words.answer(answer)))
        return self.heard[-1]


class FakeChat:
    """Keeps cards up to date in channels, each drawn in words."""

    def __init__(self, reception, context, reports):
        self.reception = reception
        self._context = context
        self._reports = reports
        self._shown = {}
        self._content = partial(content_of, catalogue=context.catalogue, accounts={})

    def person(self, name, channel="", **named):
        return Person(self, name, channel=channel, **named)

    def post(self, channel, *finding_ids):
        """Show these findings in one message of *channel*."""
        self._shown[channel] = finding_ids

    def card(self, channel):
        return self.draw(words.content(self._drawn(channel)))

    def draw(self, prose):
        return plain(prose, lambda who: f"@{who.removeprefix(f'{PRODUCT}:')}")

    def offered(self, channel):
        return self._drawn(channel).presses if channel in self._shown else ()

    def _drawn(self, channel):
        return self._content([self._context.ledger.find(each) for each in self._shown[channel]])


def _offered(answer):
    match answer:
        case Shown(card):
            return card.presses
        case Listing():
            return tuple(filter(None, (answer.earlier, answer.later)))
        case OpenWork(_, work):
            return tuple(press for each in work for _, presses in each.lines for press in presses)
    return ()
