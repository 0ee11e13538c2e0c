"""What people press in Teams: ask the reception, and show its answer on the card."""

import logging
from collections.abc import Mapping
from dataclasses import replace
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
from compliance.press import ASKS, Press
from compliance.prose import Prose
from notifiers import words
from notifiers.chat import Screen
from notifiers.teams.activities import Activity, UnreadableActivityError
from notifiers.teams.answers import answer_card, form_card, notice_card
from notifiers.teams.cards import Viewing
from notifiers.teams.elements import ASK, REFRESH, SUBMIT
from notifiers.teams.forms import read_submission
from notifiers.teams.questions import NOT_ANSWERED, NOT_TAKEN, Questions
from notifiers.teams.sight import Sight, Where, presses_of
from notifiers.teams.text import Element

log = logging.getLogger(__name__)

NOT_OURS = "This button is not one of this bot's. Nothing was changed."
#: How Teams says that it has asked by itself, for a card's own view.
_AUTOMATIC = "automatic"


class Presses:
    """Answers one press at a time; each comes with its sender already verified."""

    def __init__(
        self, reception: Reception, sight: Sight, questions: Questions, screen: Screen
    ) -> None:
        self._reception = reception
        self._sight = sight
        self._questions = questions
        self._screen = screen

    def on_press(self, activity: Activity) -> Element:
        """Return the card that the presser sees from now on in place of the one they pressed."""
        actor = self._sight.actor(activity)
        where = self._sight.where(activity)
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

    def _pressed(self, press: Press, actor: Actor, where: Where) -> Element:
        if where.message:
            self._screen.adopt(press.finding_id, where.message)
        answer = self._reception.answer(press, actor, where.channels)
        return self._after(answer, press.finding_id, actor, where)

    def _asked(self, activity: Activity, text: str, actor: Actor, where: Where) -> Element:
        """Answer a button that asks what it says; the answer takes the list's place."""
        answer = self._reception.answer(text, actor, where.channels)
        if isinstance(answer, Export):
            try:
                self._questions.offer(activity, answer, text)
            except NOT_TAKEN as error:
                log.warning("the offer of a file was not taken", extra={"why": str(error)})
                return notice_card((NOT_ANSWERED,))
        if isinstance(answer, Form):
            return form_card(answer, Origin.parse(answer.origin).press.finding_id)
        if isinstance(answer, Shown):
            return self._sight.shown(answer.card, actor)
        return answer_card(answer, Viewing(self._sight.name))

    def _submitted(self, submission: Submission, actor: Actor, where: Where) -> Element:
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
        where: Where,
    ) -> Element:
        """Return the same form with what was typed, and what is wrong with it."""
        asked = self._reception.answer(origin.press, actor, where.channels)
        finding_id = origin.press.finding_id
        if not isinstance(asked, Form):
            return self._after(asked, finding_id, actor, where)
        # What came into the message since then was not shown, so that it is not decided about.
        form = replace(asked, origin=submission.origin)
        return form_card(form, finding_id, dict(submission.entered), wrong)

    def _after(self, answer: Answer, finding_id: str, actor: Actor, where: Where) -> Element:
        match answer:
            case Form():
                return form_card(answer, finding_id)
            case Done() | Refused() | Explained():
                return self._view(finding_id, actor, where, words.answer(answer))
            case Shown(card):
                return self._sight.shown(card, actor)
            case Listing() | Details():
                return answer_card(answer, Viewing(self._sight.name), back=finding_id)
        return answer_card(answer, Viewing(self._sight.name), back=finding_id)

    def _refreshed(
        self, activity: Activity, finding_id: str, actor: Actor, where: Where
    ) -> Element:
        """Return the card with the actor's own buttons, or why they have none."""
        if where.message:
            self._screen.adopt(finding_id, where.message)
        content = self._sight.content(finding_id, where)
        if content is None or _is_automatic(activity):
            return self._view(finding_id, actor, where)
        deciding = [each for each in presses_of(content) if each.button not in ASKS]
        if not deciding or self._reception.offers(deciding, actor):
            return self._view(finding_id, actor, where)
        # They wanted to decide, so that they are told why not, and the audit log is as well.
        refused = self._reception.answer(deciding[0], actor, where.channels)
        return self._after(refused, finding_id, actor, where)

    def _view(self, finding_id: str, actor: Actor, where: Where, said: Prose = ()) -> Element:
        """Return what the message shows now, as *actor* sees it."""
        content = self._sight.content(finding_id, where)
        if content is None:
            answer = self._reception.answer(f"show {finding_id}", actor, where.channels)
            if not isinstance(answer, Shown):
                return notice_card(said or words.answer(answer), self._sight.name)
            return self._sight.shown(answer.card, actor, said)
        return self._sight.shown(content, actor, said)


def _is_automatic(activity: Activity) -> bool:
    value: Any = activity.value
    return isinstance(value, Mapping) and value.get("trigger") == _AUTOMATIC
