"""What people press and write in Teams: ask the reception, and show its answer."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from commands.answers import (
    Answer,
    Details,
    Done,
    Explained,
    Export,
    Invalid,
    Listing,
    Refused,
    Shown,
)
from commands.forms import Form, Origin, Submission
from commands.reception import Reception
from compliance.authority import Actor
from compliance.card import Card
from compliance.channel import Channel, Message
from compliance.group import Content, GroupCard
from compliance.press import ASKS, Press
from compliance.prose import Person, Prose
from ledger.rooms import Room
from notifiers import words
from notifiers.chat import ChatBusyError, ChatRefusedError, InDoubtError, Screen
from notifiers.teams.activities import Activity, UnreadableActivityError
from notifiers.teams.answers import answer_card, form_card, notice_card
from notifiers.teams.cards import Viewing, content_card
from notifiers.teams.connector import Connector, patiently
from notifiers.teams.directory import Directory
from notifiers.teams.elements import ASK, REFRESH, SUBMIT, message
from notifiers.teams.errors import posting
from notifiers.teams.files import offer
from notifiers.teams.forms import read_submission
from notifiers.teams.people import People
from notifiers.teams.text import PRODUCT, Element

log = logging.getLogger(__name__)

FAILED = (
    "The bot could not finish this, and its log says why. Look at the card for what has been done "
    "before you try again; if it happens again, ask the people who run the bot for help."
)
NOT_OURS = "This button is not one of this bot's. Nothing was changed."
ANSWERED = "The answer is in your chat with the bot."
NOT_ANSWERED = (
    "The bot could not write to you alone. Open Apps in Teams, add it for yourself, and ask again."
)
_HERE = "here"
_SUMMARY = "Compliance"
#: Why a message is not there: it was refused, its turn did not come, or nobody knows.
_NOT_TAKEN = (ChatBusyError, ChatRefusedError, InDoubtError)
#: How Teams says that it has asked by itself, for a card's own view.
_AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class _Where:
    """Where somebody pressed: the *channels* by each name, the one in teams.yaml, the message."""

    channels: frozenset[Channel]
    channel: Channel | None
    message: Message | None


class Listeners:
    """Answers one activity at a time; each comes with its sender already verified.

    *in_channel*: an answer is shown to the asker alone where they asked, by a targeted message, and
    not in their chat with the bot.
    """

    def __init__(
        self,
        reception: Reception,
        people: People,
        connector: Connector,
        directory: Directory,
        screen: Screen,
        *,
        in_channel: bool = False,
    ) -> None:
        self._in_channel = in_channel
        self._reception = reception
        self._people = people
        self._connector = connector
        self._directory = directory
        self._screen = screen

    def on_press(self, activity: Activity) -> Element:
        """Return the card that the presser sees from now on in place of the one they pressed."""
        actor = self._actor(activity)
        where = self._where(activity)
        try:
            verb, data = activity.pressed
            if verb == SUBMIT:
                return self._submitted(read_submission(data), actor, where)
            value = data.get("value")
            if not isinstance(value, str) or not value:
                return notice_card((NOT_OURS,))
            if verb == ASK:
                return self._asked(activity, value, actor, where)
            if verb == REFRESH:
                return self._refreshed(activity, value.split()[0], actor, where)
            return self._pressed(Press.parse(verb, value), actor, where)
        except (UnreadableActivityError, ValueError) as error:
            log.warning("a press is not one of ours", extra={"why": str(error)[:200]})
            return notice_card((NOT_OURS,))

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
        except _NOT_TAKEN as error:
            log.warning("an answer was not taken", extra={"why": str(error)})
            if not activity.is_personal:
                self._in_thread(activity, (NOT_ANSWERED,))

    def _written(self, activity: Activity) -> Answer:
        actor, where = self._actor(activity), self._where(activity)
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
            self._offer(activity, answer, activity.words)
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
        except _NOT_TAKEN as error:
            log.warning("Teams took no targeted message", extra={"why": str(error)})
            return False
        return True

    def _offer(self, activity: Activity, answer: Export, question: str) -> None:
        """Offer a file in the asker's own chat, the only one in which Teams takes one."""
        asked_in = "" if activity.is_personal else activity.room.id
        self._send(self._directory.with_person(activity), offer(answer, question, asked_in))

    def _message(self, activity: Activity, answer: Answer) -> Element:
        if isinstance(answer, Shown):
            return message(self._shown(answer.card, self._actor(activity)), _SUMMARY)
        return message(answer_card(answer, Viewing(self._people.name)), _SUMMARY)

    def _in_thread(self, activity: Activity, said: Prose) -> None:
        card = message(notice_card(said, self._people.name), ANSWERED)
        try:
            self._send(activity.room, card, activity.thread)
        except _NOT_TAKEN as error:
            log.warning("a thread takes no answer", extra={"why": str(error)})

    def _send(self, room: Room, posted: Element, thread: str = "", only_for: str = "") -> None:
        with posting():
            patiently(partial(self._connector.send, room, posted, thread, only_for))

    def _pressed(self, press: Press, actor: Actor, where: _Where) -> Element:
        if where.message:
            self._screen.adopt(press.finding_id, where.message)
        answer = self._reception.answer(press, actor, where.channels)
        return self._after(answer, press.finding_id, actor, where)

    def _asked(self, activity: Activity, text: str, actor: Actor, where: _Where) -> Element:
        """Answer a button that asks what it says; the answer takes the list's place."""
        answer = self._reception.answer(text, actor, where.channels)
        if isinstance(answer, Export):
            try:
                self._offer(activity, answer, text)
            except _NOT_TAKEN as error:
                log.warning("the offer of a file was not taken", extra={"why": str(error)})
                return notice_card((NOT_ANSWERED,))
        if isinstance(answer, Form):
            return form_card(answer, Origin.parse(answer.origin).press.finding_id)
        if isinstance(answer, Shown):
            return self._shown(answer.card, actor)
        return answer_card(answer, Viewing(self._people.name))

    def _submitted(self, submission: Submission, actor: Actor, where: _Where) -> Element:
        origin = Origin.parse(submission.origin)
        wrong = self._reception.check(submission)
        answer: Answer = wrong or self._reception.answer(submission, actor, where.channels)
        if isinstance(answer, Invalid):
            return self._again(submission, origin, answer, actor, where)
        return self._after(answer, origin.press.finding_id, actor, where)

    def _again(
        self,
        submission: Submission,
        origin: Origin,
        wrong: Invalid,
        actor: Actor,
        where: _Where,
    ) -> Element:
        """Return the same form with what was typed, and what is wrong with it."""
        asked = self._reception.answer(origin.press, actor, where.channels)
        finding_id = origin.press.finding_id
        if not isinstance(asked, Form):
            return self._after(asked, finding_id, actor, where)
        # What came into the message since then was not shown, so that it is not decided about.
        form = replace(asked, origin=submission.origin)
        return form_card(form, finding_id, dict(submission.entered), wrong)

    def _after(self, answer: Answer, finding_id: str, actor: Actor, where: _Where) -> Element:
        match answer:
            case Form():
                return form_card(answer, finding_id)
            case Done() | Refused() | Explained():
                return self._view(finding_id, actor, where, words.answer(answer))
            case Shown(card):
                return self._shown(card, actor)
            case Listing() | Details():
                return answer_card(answer, Viewing(self._people.name), back=finding_id)
        return answer_card(answer, Viewing(self._people.name), back=finding_id)

    def _refreshed(
        self, activity: Activity, finding_id: str, actor: Actor, where: _Where
    ) -> Element:
        """Return the card with the actor's own buttons, or why they have none."""
        if where.message:
            self._screen.adopt(finding_id, where.message)
        content = self._content(finding_id, where)
        if content is None or _is_automatic(activity):
            return self._view(finding_id, actor, where)
        deciding = [each for each in _presses(content) if each.button not in ASKS]
        if not deciding or self._reception.offers(deciding, actor):
            return self._view(finding_id, actor, where)
        # They wanted to decide, so that they are told why not, and the audit log is as well.
        refused = self._reception.answer(deciding[0], actor, where.channels)
        return self._after(refused, finding_id, actor, where)

    def _view(self, finding_id: str, actor: Actor, where: _Where, said: Prose = ()) -> Element:
        """Return what the message shows now, as *actor* sees it."""
        content = self._content(finding_id, where)
        if content is None:
            answer = self._reception.answer(f"show {finding_id}", actor, where.channels)
            if not isinstance(answer, Shown):
                return notice_card(said or words.answer(answer), self._people.name)
            return self._shown(answer.card, actor, said)
        return self._shown(content, actor, said)

    def _shown(self, content: Content, actor: Actor, said: Prose = ()) -> Element:
        forms = self._reception.offers(_presses(content), actor)
        return content_card(content, Viewing(self._people.name, forms=forms, said=said))

    def _content(self, finding_id: str, where: _Where) -> Content | None:
        return self._screen.content(finding_id, where.channel) if where.channel else None

    def _where(self, activity: Activity) -> _Where:
        if activity.is_personal:
            return _Where(frozenset(), None, None)
        channels = self._directory.names(activity.room.id)
        channel = self._directory.in_use(activity.room.id)
        # A button of a reply below a card is not the card's own.
        is_card = activity.reply_to and activity.thread in {"", activity.reply_to}
        pressed = Message(channel, activity.reply_to) if is_card else None
        return _Where(channels, channel, pressed)

    def _actor(self, activity: Activity) -> Actor:
        self._people.know(activity.person, activity.sender.name)
        return self._people.actor(activity.person)


def _presses(content: Content) -> tuple[Press, ...]:
    match content:
        case Card():
            return (*content.presses, *content.more)
        case GroupCard():
            return content.presses
    return ()


def _is_automatic(activity: Activity) -> bool:
    value: Any = activity.value
    return isinstance(value, Mapping) and value.get("trigger") == _AUTOMATIC
