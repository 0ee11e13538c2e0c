"""What is said to one person or in one channel by itself, and what came of that."""

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from compliance.channel import Channel, Message
from compliance.letters import Kind, words_of
from compliance.press import Button, Press
from compliance.prose import Copied, Link, Prose, joined
from compliance.reply import Reply, mentioned
from compliance.routing import Teams
from ledger.letters import LEASE, Letter, Letters, Parcel
from notifiers.chat import (
    ARRIVES_WITHIN,
    LOOK_AFTER,
    Chat,
    ChatBusyError,
    ChatRefusedError,
    InDoubtError,
    MessageGoneError,
    Post,
)

log = logging.getLogger(__name__)

#: The new card of a finding that came back is posted within moments.
_NO_CARD_YET = timedelta(seconds=5)
#: A person gets so many messages in a minute; what comes after waits and comes in one.
_MESSAGES, _MINUTE = 3, timedelta(minutes=1)
#: What is refused is tried for so long, then it is left: the card says the same.
_TRIED_FOR = timedelta(hours=1)
_REFUSED_FOR = timedelta(minutes=1)
_FOR_CHANNELS = frozenset({Kind.ESCALATED, Kind.OUTSIDERS})
_OUTSIDERS = (
    "A channel of team {teams} can be read by {outsiders}. Cards name resources, accounts and what "
    "is wrong with them, so they are held back there. Press Allow there to let them be read, or "
    "name another channel in teams.yaml (outsiders: allowed says the same in the file)."
)
_NO_ANSWER = "Decide, or ask team {team}, which has not answered: "


class Mail:
    """Sends letters. *counted* are those that were sent, by their kind."""

    def __init__(
        self,
        letters: Letters,
        chats: Mapping[str, Chat],
        teams: Teams,
        now: Callable[[], datetime],
    ) -> None:
        self.counted: Counter[str] = Counter()
        self._letters = letters
        self._chats = chats
        self._teams = teams
        self._now = now
        self._sent_at: defaultdict[str, deque[datetime]] = defaultdict(
            lambda: deque(maxlen=_MESSAGES)
        )

    def send(self, recipient: str) -> bool | timedelta:
        """Send what waits for *recipient*; return the pause that chat wants, False for nothing."""
        chat = self._chats.get(Channel.parse(recipient).product)
        if chat is None:
            return False
        parcel = self._letters.take(recipient)
        if parcel is None:
            return False
        try:
            return self._see_to(chat, parcel)
        except InDoubtError:
            self._letters.postpone(parcel, self._now() + LOOK_AFTER)
        except ChatBusyError as error:
            self._letters.postpone(parcel, self._now() + error.pause, is_unsent=True)
            return error.pause
        except ChatRefusedError as error:
            self._refused(parcel, error)
        return True

    def _see_to(self, chat: Chat, parcel: Parcel) -> bool | timedelta:
        first = parcel.letters[0]
        if first.kind is Kind.SUCCEEDED:
            return self._point(chat, parcel, first)
        if parcel.is_in_doubt and (outcome := self._find(chat, parcel)) is not False:
            if outcome is None:
                self._letters.postpone(parcel, self._now() + LOOK_AFTER)
            else:
                self._done(parcel)
            return True
        if (pause := self._too_soon(parcel)) is not None:
            self._letters.postpone(parcel, self._now() + pause, is_unsent=True)
            return True
        post = Post(
            parcel.post_id, tuple(each.finding.id for each in parcel.letters if each.finding)
        )
        if first.kind in _FOR_CHANNELS:
            channel = Channel.parse(parcel.recipient)
            chat.announce(channel, self._announced(chat, channel, first), post)
        else:
            words = joined("\n", [self._words(chat, each) for each in parcel.letters])
            chat.direct(parcel.recipient, Reply(words), post)
        self._done(parcel)
        return chat.pace.apart

    def _done(self, parcel: Parcel) -> None:
        self._sent_at[parcel.recipient].append(self._now())
        self._letters.sent(parcel)
        self.counted.update(each.kind.value for each in parcel.letters)

    def _too_soon(self, parcel: Parcel) -> timedelta | None:
        """Return how long a person who got much lately is left alone."""
        sent_at = self._sent_at[parcel.recipient]
        if len(sent_at) < _MESSAGES:
            return None
        left = sent_at[0] + _MINUTE - self._now()
        return left if left > timedelta() else None

    def _find(self, chat: Chat, parcel: Parcel) -> bool | None:
        """Say whether what is in doubt was sent; None while nobody can say."""
        about = parcel.post_id, parcel.began_at
        try:
            if parcel.letters[0].kind in _FOR_CHANNELS:
                found = chat.find(Channel.parse(parcel.recipient), *about)
            else:
                found = chat.find_direct(parcel.recipient, *about)
            is_there, patience = bool(found), ARRIVES_WITHIN
        except ChatBusyError:
            raise
        except ChatRefusedError:
            is_there, patience = False, LEASE
        return None if not is_there and self._now() - parcel.began_at < patience else is_there

    def _point(self, chat: Chat, parcel: Parcel, letter: Letter) -> bool:
        """Let the old card of a finding that came back point to its new one."""
        channel = Channel.parse(parcel.recipient)
        old = Message(channel, str(letter.detail["old"]))
        if letter.finding is None or parcel.began_at < self._now() - _TRIED_FOR:
            self._letters.sent(parcel)
        elif letter.card is None or letter.card.channel != channel:
            self._letters.postpone(parcel, self._now() + _NO_CARD_YET)
        else:
            try:
                chat.point(old, letter.card)
            except MessageGoneError:
                log.info("an old card is gone", extra={"finding": letter.finding.id})
            self._letters.sent(parcel)
        return True

    def _words(self, chat: Chat, letter: Letter) -> Prose:
        return words_of(letter.kind, letter.detail, _resource(chat, letter))

    def _announced(self, chat: Chat, channel: Channel, letter: Letter) -> Reply:
        if letter.kind is Kind.ESCALATED:
            return Reply(self._escalating(chat, channel, letter))
        where = str(letter.detail["channel"])
        teams = ", ".join(sorted(self._teams.of_channel(Channel.parse(where))))
        text = _OUTSIDERS.format(outsiders=letter.detail["outsiders"], teams=teams)
        press = Press(Button.ALLOW_OUTSIDERS, where)
        return Reply((text, "\nChannel: ", Copied(where), "."), presses=(press,))

    def _escalating(self, chat: Chat, channel: Channel, letter: Letter) -> Prose:
        text = _NO_ANSWER.format(team=letter.detail.get("team", ""))
        who = self._teams.everywhere
        called = mentioned(who.users, who.groups, channel.product)
        others = int(letter.detail.get("number", 1)) - 1
        more = f" and {others} more" if others else ""
        return (text, *_resource(chat, letter), f"{more}.", *(("\n", *called) if called else ()))

    def _refused(self, parcel: Parcel, error: ChatRefusedError) -> None:
        log.warning(
            "chat refused a message to somebody",
            extra={"recipient": parcel.recipient, "problem": error.problem},
        )
        if self._now() - parcel.began_at > _TRIED_FOR:
            self._letters.sent(parcel)
        else:
            self._letters.postpone(parcel, self._now() + _REFUSED_FOR)


def _resource(chat: Chat, letter: Letter) -> Prose:
    """Return the finding by its resource's name, with a link to its card where it has one."""
    finding = letter.finding
    if finding is None:
        return ("a finding",)
    name = finding.resource_name or finding.key.resource_id
    url = _link(chat, letter.card) if letter.card else ""
    about = Link(name, url) if url else Copied(name)
    return (about, " (", Copied(finding.id), ")")


def _link(chat: Chat, card: Message) -> str:
    try:
        return chat.link(card)
    except MessageGoneError:
        return ""
