"""Decisions: which form a button opens, for whom, and what comes of it when it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from commands.agree import agreement, may_agree_to, may_withdraw, withdraw
from commands.answers import Answer, Invalid, Refused
from commands.attend import ATTENDS, Attending, claim, fields_of, may_attend
from commands.authorise import Person
from commands.bulk import Bulk
from commands.carry_out import (
    agree_and_carry_out,
    extend_and_carry_out,
    ignore_and_carry_out,
    revoke_and_carry_out,
)
from commands.clear import clear, may_clear
from commands.confirm import form_of, left_out, title_of
from commands.context import Context
from commands.ending import let_it_end, may_let_end
from commands.exception_forms import about_press, read_entered
from commands.extend import Extension, may_extend
from commands.forms import Form, FormError, Origin, Submission
from commands.grammar import Question
from commands.ignore import Ignore, may_ignore
from commands.remediate import may_remediate, remediate
from commands.revoke import may_revoke
from compliance.authority import Actor, may_decide
from compliance.card import Account, card_of
from compliance.finding import Finding
from compliance.group import gather
from compliance.press import ASKS, Button, Press
from compliance.request import Verb
from ledger.errors import UnknownFindingError

#: What is typed about one finding and answered as its button is.
PRESSED = {
    "remediate": Button.REMEDIATE,
    "ignore": Button.IGNORE,
    "extend": Button.EXTEND,
    "revoke": Button.REVOKE,
    "claim": Button.CLAIM,
    "hand-over": Button.HAND_OVER,
    "snooze": Button.SNOOZE,
}
_OF_MANY = frozenset({Button.REMEDIATE_ALL, Button.AGREE_ALL, Button.IGNORE_ALL})
_OF_ONE = frozenset(
    {
        Button.REMEDIATE,
        Button.IGNORE,
        Button.AGREE,
        Button.WITHDRAW,
        Button.EXTEND,
        Button.REVOKE,
        Button.LET_END,
        Button.CLEAR,
    }
)


class Decisions:
    """Asks for what a decision needs, and records it. *person* asks chat who somebody is."""

    def __init__(
        self, context: Context, accounts: Mapping[str, Account], person: Person, bulk: Bulk
    ) -> None:
        self._context = context
        self._accounts = accounts
        self._person = person
        self._bulk = bulk
        self._attending = Attending(context)

    def confirm(self, press: Press, actor: Actor) -> Answer:
        """Return the form of *press* for those who may send it; for the others why they may not."""
        if press.button is Button.CLAIM:
            # There is nothing to know or to give first, and nothing that cannot be taken back.
            return claim(self._context, press.finding_id, actor)
        allowed = self._allowed(press, actor)
        if isinstance(allowed, Refused):
            return replace(allowed, confirmation=title_of(press.button))
        return self._form(press, allowed, actor)

    def by_words(self, question: Question, actor: Actor) -> Answer:
        """Answer a decision about one finding that was typed."""
        button = PRESSED[question.verb]
        return self._attending.by_words(button, question, actor) or self.confirm(
            Press(button, question.finding_id), actor
        )

    def offers(
        self, presses: Iterable[Press], actor: Actor
    ) -> tuple[tuple[Press, Form | None], ...]:
        """Return those of *presses* that *actor* may decide by, each with its form.

        A form that has to be asked for is None. It asks in silence: nothing is decided or noted.
        """
        return tuple(
            (press, self._form_now(press, actor))
            for press in presses
            if press.button not in ASKS and self._may_decide(press, actor)
        )

    def check(self, submission: Submission) -> Invalid | None:
        """Return what is wrong with what was entered, before anything is decided by it."""
        origin = Origin.parse(submission.origin)
        try:
            if origin.press.button in ATTENDS:
                self._attending.check(origin, submission.entered)
            else:
                read_entered(self._context, origin, submission.entered)
        except FormError as error:
            return Invalid(error.problems)
        return None

    def submit(self, submission: Submission, actor: Actor) -> Answer:
        origin = Origin.parse(submission.origin)
        if origin.press.button in ATTENDS:
            return self._attending.decide(origin, submission.entered, actor)
        without = left_out(submission.entered)
        try:
            asked = read_entered(self._context, origin, submission.entered)
        except FormError as error:
            return Invalid(error.problems)
        match asked:
            case None:
                return self._decide(origin, actor, without)
            case Ignore() if origin.press.button is Button.IGNORE_ALL:
                return self._bulk.ignore_all(origin, actor, asked, without)
            case Ignore():
                return ignore_and_carry_out(*self._about(origin), actor, asked)
            case Extension():
                return extend_and_carry_out(*self._about(origin), actor, asked)
        assert_never(asked)

    def _may_decide(self, press: Press, actor: Actor) -> bool:
        try:
            team = self._context.team(self._context.ledger.find(press.finding_id))
        except UnknownFindingError:
            return False
        return may_decide(actor, team, self._context.teams).allowed

    def _form_now(self, press: Press, actor: Actor) -> Form | None:
        """Return the form of a press about one finding; of many, what they are is asked first.

        A person who may not agree has no form for it: the press says why, and is noted.
        """
        if press.button not in _OF_ONE:
            return None
        finding, verb = self._context.ledger.find(press.finding_id), press.verb or Verb.REMEDIATE
        is_agreement = press.button is Button.AGREE
        if is_agreement and not agreement(self._context, verb, actor, finding).allowed:
            return None
        return self._form(press, (finding,), actor)

    def _allowed(self, press: Press, actor: Actor) -> tuple[Finding, ...] | Refused:
        """Return what *actor* may decide about by *press* now."""
        if press.button in _OF_MANY:
            return self._bulk.may_decide(press, actor)
        allowed = self._may(press, actor)
        return allowed if isinstance(allowed, Refused) else (allowed,)

    def _may(self, press: Press, actor: Actor) -> Finding | Refused:
        context, finding_id, verb = self._context, press.finding_id, press.verb or Verb.REMEDIATE
        if press.button in ATTENDS:
            return may_attend(context, press.button, finding_id, actor)
        match press.button:
            case Button.IGNORE:
                return may_ignore(context, finding_id, actor)
            case Button.AGREE:
                return may_agree_to(context, finding_id, verb, actor)
            case Button.WITHDRAW:
                return may_withdraw(context, finding_id, verb, actor)
            case Button.LET_END | Button.CLEAR:
                may = may_let_end if press.button is Button.LET_END else may_clear
                return may(context, finding_id, actor)
        ask = {Button.EXTEND: may_extend, Button.REVOKE: may_revoke}.get(press.button)
        allowed = (ask or may_remediate)(context, finding_id, actor)
        return allowed if isinstance(allowed, Refused) else allowed[0]

    def _form(self, press: Press, about: tuple[Finding, ...], actor: Actor) -> Form:
        context = self._context
        subject = (
            gather(about, context.catalogue, self._accounts, context.known_rules)
            if press.button in _OF_MANY
            else card_of(
                about[0], context.catalogue, self._accounts, context.known_rules, context.waiting
            )
        )
        shown = about_press(context, press, about, actor)
        shown = replace(shown, fields=fields_of(context, press.button, about[0]))
        return form_of(press, subject, shown, context.now())

    def _about(self, origin: Origin) -> tuple[Context, Person, str]:
        return self._context, self._person, origin.press.finding_id

    def _decide(self, origin: Origin, actor: Actor, without: frozenset[str]) -> Answer:
        context, press = self._context, origin.press
        verb = press.verb or Verb.REMEDIATE
        match press.button:
            case Button.REMEDIATE:
                return remediate(context, press.finding_id, actor)
            case Button.AGREE:
                return agree_and_carry_out(context, self._person, press.finding_id, verb, actor)
            case Button.WITHDRAW:
                return withdraw(context, press.finding_id, verb, actor)
            case Button.LET_END | Button.CLEAR:
                noted = let_it_end if press.button is Button.LET_END else clear
                return noted(context, press.finding_id, actor)
            case Button.REVOKE:
                return revoke_and_carry_out(*self._about(origin), actor)
            case Button.REMEDIATE_ALL:
                return self._bulk.remediate_all(origin, actor, without)
            case Button.AGREE_ALL:
                return self._bulk.agree_all(origin, actor, without)
        raise ValueError(f"nothing is decided by {press.button}")
