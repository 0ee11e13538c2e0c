"""What people write in Teams: ask the reception, and answer the asker alone."""

import logging
from functools import partial

from commands.answers import Answer, Done, Export, Refused, Shown
from commands.reception import Reception
from compliance.prose import Person, Prose
from ledger.rooms import Room
from notifiers.chat import ChatBusyError, ChatRefusedError, InDoubtError, Screen
from notifiers.teams.activities import Activity
from notifiers.teams.answers import answer_card, notice_card
from notifiers.teams.cards import Viewing
from notifiers.teams.connector import Connector, patiently
from notifiers.teams.directory import Directory
from notifiers.teams.elements import message
from notifiers.teams.errors import posting
from notifiers.teams.files import offer
from notifiers.teams.sight import Sight
from notifiers.teams.text import PRODUCT, Element

log = logging.getLogger(__name__)

FAILED = (
    "The bot could not finish this, and its log says why. Look at the card for what has been done "
    "before you try again; if it happens again, ask the people who run the bot for help."
)
ANSWERED = "The answer is in your chat with the bot."
NOT_ANSWERED = (
    "The bot could not write to you alone. Open Apps in Teams, add it for yourself, and ask again."
)
#: Why a message is not there: it was refused, its turn did not come, or nobody knows.
NOT_TAKEN = (ChatBusyError, ChatRefusedError, InDoubtError)
_HERE = "here"
_SUMMARY = "Compliance"


class Questions:
    """Answers one message at a time; each comes with its sender already verified.

    *in_channel*: an answer is shown to the asker alone where they asked, by a targeted message, and
    not in their chat with the bot.
    """

    def __init__(
        self,
        reception: Reception,
        sight: Sight,
        connector: Connector,
        directory: Directory,
        screen: Screen,
        *,
        in_channel: bool,
    ) -> None:
        self._reception = reception
        self._sight = sight
        self._connector = connector
        self._directory = directory
        self._screen = screen
        self._in_channel = in_channel

    def on_message(self, activity: Activity) -> None:
        """Answer what somebody wrote, to them alone."""
        try:
            answer = self._written(activity)
        except Exception:
            # A person who waits for an answer gets one, and the log says what went wrong.
            log.exception("a question failed")
            answer = Refused(FAILED)
        try:
            self._answer_privately(activity, answer)
        except NOT_TAKEN as error:
            log.warning("an answer was not taken", extra={"why": str(error)})
            if not activity.is_personal:
                self._in_thread(activity, (NOT_ANSWERED,))

    def _written(self, activity: Activity) -> Answer:
        actor, where = self._sight.actor(activity), self._sight.where(activity)
        first, _, rest = activity.words.partition(" ")
        if first.lower() != _HERE:
            return self._reception.answer(activity.words, actor, where.channels)
        answer = self._directory.tie(activity, actor, rest.strip())
        if isinstance(answer, Done):
            self._screen.wake()
        return answer

    def _answer_privately(self, activity: Activity, answer: Answer) -> None:
        """Show *answer* to the asker; raises the errors of a post."""
        if isinstance(answer, Export):
            self.offer(activity, answer, activity.words)
        elif activity.is_personal:
            self._send(activity.room, self._message(activity, answer))
            return
        elif self._in_channel and self._targeted(activity, answer):
            return
        else:
            self._send(self._directory.with_person(activity), self._message(activity, answer))
        if not activity.is_personal:
            self._in_thread(activity, (Person(f"{PRODUCT}:{activity.person}"), f": {ANSWERED}"))

    def _targeted(self, activity: Activity, answer: Answer) -> bool:
        """Answer in the channel, to the asker alone; say whether Teams took it."""
        posted = self._message(activity, answer)
        try:
            self._send(activity.room, posted, activity.thread, only_for=activity.sender.id)
        except NOT_TAKEN as error:
            log.warning("Teams took no targeted message", extra={"why": str(error)})
            return False
        return True

    def offer(self, activity: Activity, answer: Export, question: str) -> None:
        """Offer a file in the asker's own chat, the only one in which Teams takes one."""
        asked_in = "" if activity.is_personal else activity.room.id
        self._send(self._directory.with_person(activity), offer(answer, question, asked_in))

    def _message(self, activity: Activity, answer: Answer) -> Element:
        if isinstance(answer, Shown):
            return message(self._sight.shown(answer.card, self._sight.actor(activity)), _SUMMARY)
        return message(answer_card(answer, Viewing(self._sight.name)), _SUMMARY)

    def _in_thread(self, activity: Activity, said: Prose) -> None:
        card = message(notice_card(said, self._sight.name), ANSWERED)
        try:
            self._send(activity.room, card, activity.thread)
        except NOT_TAKEN as error:
            log.warning("a thread takes no answer", extra={"why": str(error)})

    def _send(self, room: Room, posted: Element, thread: str = "", only_for: str = "") -> None:
        with posting():
            patiently(partial(self._connector.send, room, posted, thread, only_for))
