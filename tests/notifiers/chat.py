"""A chat product at our seam, and a courier whose seconds a test moves on."""

from datetime import timedelta

from compliance.card import Departed
from compliance.channel import Channel, Message
from compliance.routing import Team, Teams
from ledger.closed import ClosedChannels
from notifiers.chat import Pace
from notifiers.courier import Courier
from notifiers.troubles import Troubles

HOUSING, PAYMENTS, TDA = (Channel("slack", f"C0{each}") for each in ("HOUSING", "PAYMENTS", "TDA"))


def team(name, *channels):
    return Team(name, channels, frozenset(), frozenset(), ())


TEAMS = Teams((team("housing", HOUSING), team("payments", PAYMENTS)), "housing", (TDA,))


class FakeChat:
    """What it shows, and what it answers next.

    An error in *errors* comes instead of a call, one in *lost* instead of the answer of a post that
    was made. *closed* are channels that take nothing, with the error. *replies* maps what was said
    to the message it answers, None for what stands by itself, and its words. *addresses* are
    people's, *open_to* says which outsiders read a channel.
    """

    pace = Pace(timedelta(seconds=1), updates=50)

    def __init__(self):
        self.shown, self.posts, self.notices, self.digests = {}, [], [], []
        self.pointers, self.post_ids = {}, {}
        self.replies, self.addresses, self.open_to = {}, {}, {}
        self.errors, self.lost, self.closed, self.unreadable = [], [], {}, None

    def post(self, channel, content, post):
        self._fail(channel)
        message = Message(channel, str(len(self.posts)))
        self.posts.append(message)
        self.shown[message], self.post_ids[message] = content, post.id
        if self.lost:
            raise self.lost.pop(0)
        return message

    def replace(self, message, content):
        self._fail(message.channel)
        self.shown[message] = content

    def find(self, channel, post_id, since):
        if self.unreadable:
            raise self.unreadable
        found = (each for each, known in self.post_ids.items() if known == post_id)
        return tuple(each for each in found if each.channel == channel)

    def reply(self, to, reply, post):
        self._fail(to.channel)
        return self._said(to.channel, (to, reply), post)

    def find_reply(self, to, post_id, since):
        return self.find(to.channel, post_id, since)

    def announce(self, channel, reply, post):
        self._fail(channel)
        return self._said(channel, (None, reply), post)

    def direct(self, person, reply, post):
        self._fail(Channel("slack", person))
        return self._said(Channel("slack", person), (None, reply), post)

    def find_direct(self, person, post_id, since):
        return self.find(Channel("slack", person), post_id, since)

    def person_of(self, email):
        return self.addresses.get(email, "")

    def outsiders(self, channel):
        return self.open_to.get(channel, "")

    def link(self, message):
        return f"https://chat.example/{message.id}"

    def _said(self, channel, said, post):
        message = Message(channel, f"reply {len(self.replies)}")
        self.replies[message], self.post_ids[message] = said, post.id
        if self.lost:
            raise self.lost.pop(0)
        return message

    def point(self, orphan, real):
        self.pointers[orphan] = real
        self.shown.pop(orphan, None)

    def notice(self, channel, text):
        self._fail(channel)
        self.notices.append((channel, text))

    def digest(self, channel, digest, post):
        self._fail(channel)
        self.digests.append((channel, digest))
        self.post_ids[Message(channel, f"digest {len(self.digests)}")] = post.id
        if self.lost:
            raise self.lost.pop(0)

    def problem(self):
        return ""

    def _fail(self, channel):
        if channel in self.closed:
            raise self.closed[channel]
        if self.errors:
            raise self.errors.pop(0)


def shown_as(findings, tally):
    """What a message holds, unworded: its finding, or all of them, or how many it stands for."""
    match findings:
        case []:
            return Departed()
        case [finding]:
            return finding
    return findings if tally.number == len(findings) else tally


class Rounds:
    """A courier a second at a time, in the test's own thread."""

    def __init__(self, engine, messages, teams, chat, clock):
        self._clock, self._chat = clock, chat
        self.troubles = Troubles({"slack": chat}, teams, ClosedChannels(engine, clock))
        self.courier = Courier(
            messages,
            shown_as,
            {"slack": chat},
            self.troubles,
            monotonic=lambda: clock.now.timestamp(),
            start=lambda work: work(),
        )

    def round(self):
        """Serve each channel once; return how many messages are new or say something else."""
        before = dict(self._chat.shown)
        self.courier.wake()
        while self.courier.woken.is_set():
            self.courier.woken.clear()
            self.courier.round()
        self._clock.move(seconds=1)
        return sum(before.get(each) is not held for each, held in self._chat.shown.items())

    def rounds(self, number):
        return [self.round() for _ in range(number)]
