"""The reception: every question, press and form, from whatever chat product, gets its answer here.

A product says what was asked, by whom, and where; it draws the answer. Who sees what, which
command answers what, and which decision is confirmed by which form is known here alone.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from commands.agree import may_agree_to, may_withdraw, withdraw
from commands.answers import Answer, Details, Invalid, OpenWork, Refused, Shown
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
from commands.confirm import EXPIRES, form_of, left_out
from commands.context import Context, seen
from commands.digest import WEEK, digest
from commands.ending import let_it_end, may_let_end
from commands.exception_forms import about_press, read_entered
from commands.explain import explain
from commands.extend import Extension, may_extend
from commands.filters import narrow, with_guesses
from commands.find import find, pick, visible
from commands.findings import findings
from commands.forms import Entered, Form, FormError, Origin
from commands.grammar import ONE, VERBS, Question, UnreadableError, read
from commands.help import usage
from commands.history import history
from commands.home import open_work
from commands.ignore import Ignore, may_ignore
from commands.outsiders import allow_outsiders
from commands.past import findings_at, status_at
from commands.register import finding_of, register, show_exception
from commands.register_words import RegisterQuestion, read_register
from commands.remediate import may_remediate, remediate
from commands.revoke import may_revoke
from commands.rules import rules
from commands.sight import visible_teams
from commands.status import status
from commands.view import View
from compliance.authority import Actor, may_decide
from compliance.card import Account, card_of
from compliance.channel import Channel
from compliance.finding import Finding
from compliance.group import gather
from compliance.press import ASKS, Button, Press
from compliance.request import Verb
from ledger.errors import LedgerUnavailableError, UnknownFindingError
from ledger.reports import Reports

log = logging.getLogger(__name__)

UNAVAILABLE = (
    "Try again in a minute, and look at the card first: the bot cannot read or write its database "
    "just now, so this was not done, or not all of it."
)
DIGEST_ELSEWHERE = "The digest covers all teams; ask in the TDA's channel."
#: What is typed about one finding and answered as its button is.
_PRESSED = {
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


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as it comes back: its origin as it was handed out, and what was entered."""

    origin: str
    entered: Entered


#: What somebody typed, what they pressed, or a form that they sent.
Asked = str | Press | Submission


class Reception:
    """Answers people. *accounts* are those that have a name; *person* asks chat who somebody is."""

    def __init__(
        self,
        context: Context,
        reports: Reports,
        accounts: Mapping[str, Account],
        person: Person,
    ) -> None:
        self._context = context
        self._reports = reports
        self._accounts = accounts
        self._person = person
        self._bulk = Bulk(context, person)
        self._card_of = partial(
            card_of,
            catalogue=context.catalogue,
            accounts=accounts,
            known_rules=context.known_rules,
            waiting_of=context.waiting,
        )
        self._attending = Attending(context)

    def answer(self, asked: Asked, actor: Actor, channels: Collection[Channel]) -> Answer:
        """Return what *actor* reads, and nobody else.

        *channels* is where they asked, under each name that it has; a direct message or a page of
        a person's own is none. Raises ValueError for a submission that no form of ours can be.
        """
        try:
            return self._answer(asked, actor, channels)
        except LedgerUnavailableError as error:
            log.warning("a person is answered without the ledger", extra={"why": str(error)})
            return Refused(UNAVAILABLE)

    def _answer(self, asked: Asked, actor: Actor, channels: Collection[Channel]) -> Answer:
        match asked:
            case str():
                return self._reply(asked, actor, channels)
            case Press(Button.LIST | Button.DETAILS | Button.HISTORY):
                return self._look(asked, actor, channels)
            case Press(Button.ALLOW_OUTSIDERS, channel):
                return allow_outsiders(self._context, Channel.parse(channel), actor)
            case Press():
                return self._confirm(asked, actor)
            case Submission():
                return self._submit(asked, actor)
        assert_never(asked)

    def home(self, actor: Actor) -> OpenWork:
        """Return what waits for *actor*: nothing for those who decide for no team."""
        return open_work(self._view(actor, ()), actor)

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

    def keep_out(self, actor: Actor, why: str) -> None:
        """Note in the audit log that somebody whom chat names was not let in at all."""
        self._context.ledger.refuse("", actor.id, "sign in", why, seen(actor))

    def check(self, submission: Submission) -> Invalid | None:
        """Return what is wrong with what was entered, before anything is decided by it.

        While the rule cannot be looked up, the form stays open with what was entered.
        """
        origin = Origin.parse(submission.origin)
        try:
            if origin.press.button in ATTENDS:
                self._attending.check(origin, submission.entered)
            else:
                read_entered(self._context, origin, submission.entered)
        except FormError as error:
            return Invalid(error.problems)
        except LedgerUnavailableError as error:
            log.warning("a form is kept without the ledger", extra={"why": str(error)})
            return Invalid({EXPIRES: UNAVAILABLE})
        return None

    def _reply(self, text: str, actor: Actor, channels: Collection[Channel]) -> Answer:
        try:
            if register_question := read_register(text):
                return self._register(register_question, actor, channels)
            question = read(text)
        except UnreadableError as error:
            return Refused(str(error))
        if question.verb == "help":
            return usage()
        view = self._view(actor, channels)
        if question.verb in _PRESSED and question.finding_id:
            return self._decide_by_id(question, actor, view)
        if refused := self._context.refuse_question(actor, question.finding_id, question.verb):
            return refused
        if VERBS[question.verb][0] == ONE:
            return self._about_one(question, actor, view)
        return self._inform(question, actor, view)

    def _register(
        self, question: RegisterQuestion, actor: Actor, channels: Collection[Channel]
    ) -> Answer:
        """Answer about exceptions: one of them is decided about by a finding that it covers."""
        context = self._context
        if refused := context.refuse_question(actor, question.entry_id, question.verb):
            return refused
        visible = visible_teams(actor, channels, context.teams)
        if question.verb in _PRESSED:
            finding = finding_of(context, question.entry_id, visible)
            if isinstance(finding, Refused):
                return finding
            return self._confirm(Press(_PRESSED[question.verb], finding.id), actor)
        if question.entry_id:
            return show_exception(context, question.entry_id, visible)
        return register(context, question, visible)

    def _view(self, actor: Actor, channels: Collection[Channel]) -> View:
        visible = visible_teams(actor, channels, self._context.teams)
        return View(self._context, self._reports, self._accounts, visible)

    def _decide_by_id(self, question: Question, actor: Actor, view: View) -> Answer:
        """Answer a decision that was typed; nobody learns by an id what another team has."""
        button = _PRESSED[question.verb]
        answer = self._attending.by_words(button, question, actor) or self._confirm(
            Press(button, question.finding_id), actor
        )
        unseen = visible(view, question.finding_id)
        return unseen if isinstance(answer, Refused) and isinstance(unseen, Refused) else answer

    def _about_one(self, question: Question, actor: Actor, view: View) -> Answer:
        narrowed = narrow(view, question)
        if isinstance(narrowed, Refused):
            return narrowed
        picked = pick(view, question, narrowed)
        if not isinstance(picked, Finding):
            return picked
        if button := _PRESSED.get(question.verb):
            return self._confirm(Press(button, picked.id), actor)
        answers: Mapping[str, Callable[[], Answer]] = {
            "show": lambda: Shown(self._card_of(picked)),
            "explain": lambda: explain(view, picked),
            "history": lambda: history(view, picked, question),
        }
        return answers[question.verb]()

    def _inform(self, question: Question, actor: Actor, view: View) -> Answer:
        context = self._context
        answers: Mapping[str, Callable[[], Answer]] = {
            "status": lambda: self._listing(question, view),
            "findings": lambda: self._listing(question, view),
            "find": lambda: self._listing(question, view),
            "home": lambda: open_work(view, actor),
            "rules": lambda: rules(context.catalogue, context.now().date()),
            "digest": lambda: self._digest(view.visible),
        }
        return answers[question.verb]()

    def _listing(self, question: Question, view: View) -> Answer:
        if question.verb != "find":
            guessed = with_guesses(view, question)
            if isinstance(guessed, Refused):
                return guessed
            question = guessed
        narrowed = narrow(view, question)
        if isinstance(narrowed, Refused):
            return narrowed
        if question.verb == "find":
            return find(view, question, narrowed)
        is_status = question.verb == "status"
        if question.as_at:
            return (status_at if is_status else findings_at)(view, question, narrowed)
        return (status if is_status else findings)(view, question, narrowed)

    def _digest(self, visible: frozenset[str]) -> Answer:
        if visible != self._context.teams.names:
            return Refused(DIGEST_ELSEWHERE)
        now = self._context.now()
        return digest(self._reports, self._context.catalogue, now - WEEK, now)

    def _look(self, press: Press, actor: Actor, channels: Collection[Channel]) -> Answer:
        """Answer a press that asks and decides nothing."""
        if refused := self._context.refuse_question(actor, press.finding_id, press.button.value):
            return refused
        view = self._view(actor, channels)
        if press.button is Button.LIST:
            return self._bulk.page(press, view)
        finding = visible(view, press.finding_id)
        if isinstance(finding, Refused):
            return finding
        if press.button is Button.DETAILS:
            return Details(self._card_of(finding))
        return history(view, finding, Question("history", finding.id))

    def _confirm(self, press: Press, actor: Actor) -> Answer:
        """Show a form to those who may send it; the others read why not."""
        if press.button is Button.CLAIM:
            # There is nothing to know or to give first, and nothing that cannot be taken back.
            return claim(self._context, press.finding_id, actor)
        allowed = self._allowed(press, actor)
        if isinstance(allowed, Refused):
            return allowed
        return self._form(press, allowed, actor)

    def _may_decide(self, press: Press, actor: Actor) -> bool:
        try:
            team = self._context.team(self._context.ledger.find(press.finding_id))
        except UnknownFindingError:
            return False
        return may_decide(actor, team, self._context.teams).allowed

    def _form_now(self, press: Press, actor: Actor) -> Form | None:
        """Return the form of a press about one finding; of many, what they are is asked first."""
        if press.button not in _OF_ONE:
            return None
        return self._form(press, (self._context.ledger.find(press.finding_id),), actor)

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
            else self._card_of(about[0])
        )
        shown = about_press(context, press, about, actor)
        shown = replace(shown, fields=fields_of(context, press.button, about[0]))
        return form_of(press, subject, shown, context.now())

    def _submit(self, submission: Submission, actor: Actor) -> Answer:
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
