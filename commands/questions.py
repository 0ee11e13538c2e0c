"""Questions: what people ask about findings and exceptions, each answered by its command."""

from collections.abc import Callable, Collection, Mapping

from commands.answers import Answer, Details, Refused, Shown
from commands.bulk import Bulk
from commands.context import Context
from commands.decisions import PRESSED, Decisions
from commands.digest import WEEK, digest
from commands.explain import explain
from commands.filters import narrow, with_guesses
from commands.find import find, pick, visible
from commands.findings import findings
from commands.grammar import ONE, VERBS, Question, UnreadableError, read
from commands.help import usage
from commands.history import history
from commands.home import open_work
from commands.past import findings_at, status_at
from commands.register import register, show_exception, subject_of
from commands.register_words import RegisterQuestion, read_register
from commands.rules import rules
from commands.sight import visible_teams
from commands.status import status
from commands.unused import revoke_unused
from commands.view import View
from compliance.allowlist import Entry
from compliance.authority import Actor
from compliance.card import Account
from compliance.channel import Channel
from compliance.finding import Finding
from compliance.press import Button, Press
from ledger.reports import Reports

NOTHING_TO_EXTEND = (
    "{id} covers no finding now, so there is nothing to extend it for. revoke {id} takes it out; "
    "the next finding can be ignored anew."
)
DIGEST_ELSEWHERE = "The digest covers all teams; ask in the TDA's channel."


class Questions:
    """Answers what is asked, within what the asker sees. What is decided goes to *decisions*."""

    def __init__(
        self,
        context: Context,
        reports: Reports,
        accounts: Mapping[str, Account],
        decisions: Decisions,
        bulk: Bulk,
    ) -> None:
        self._context = context
        self._reports = reports
        self._accounts = accounts
        self._decisions = decisions
        self._bulk = bulk

    def typed(self, text: str, actor: Actor, channels: Collection[Channel]) -> Answer:
        try:
            if register_question := read_register(text):
                return self._register(register_question, actor, channels)
            question = read(text)
        except UnreadableError as error:
            return Refused(str(error))
        if question.verb == "help":
            return usage()
        view = self.view(actor, channels)
        if question.verb in PRESSED and question.finding_id:
            return self._decide_by_id(question, actor, view)
        if refused := self._context.refuse_question(actor, question.finding_id, question.verb):
            return refused
        if VERBS[question.verb][0] == ONE:
            return self._about_one(question, actor, view)
        return self._inform(question, actor, view)

    def pressed(self, press: Press, actor: Actor, channels: Collection[Channel]) -> Answer:
        """Answer a press that asks and decides nothing."""
        if refused := self._context.refuse_question(actor, press.finding_id, press.button.value):
            return refused
        view = self.view(actor, channels)
        if press.button is Button.LIST:
            return self._bulk.page(press, view)
        finding = visible(view, press.finding_id)
        if isinstance(finding, Refused):
            return finding
        if press.button is Button.DETAILS:
            return Details(view.card(finding))
        return history(view, finding, Question("history", finding.id))

    def view(self, actor: Actor, channels: Collection[Channel]) -> View:
        visible = visible_teams(actor, channels, self._context.teams)
        return View(self._context, self._reports, self._accounts, visible)

    def _register(
        self, question: RegisterQuestion, actor: Actor, channels: Collection[Channel]
    ) -> Answer:
        """Answer about exceptions: one of them is decided about by a finding that it covers."""
        context = self._context
        if refused := context.refuse_question(actor, question.entry_id, question.verb):
            return refused
        visible = visible_teams(actor, channels, context.teams)
        if question.verb in PRESSED:
            return self._decide_about(question, actor, visible)
        if question.entry_id:
            return show_exception(context, question.entry_id, visible)
        return register(context, question, visible)

    def _decide_about(
        self, question: RegisterQuestion, actor: Actor, visible: frozenset[str]
    ) -> Answer:
        subject = subject_of(self._context, question.entry_id, visible)
        match subject:
            case Finding():
                return self._decisions.confirm(Press(PRESSED[question.verb], subject.id), actor)
            case Entry() if question.verb == "revoke":
                return revoke_unused(self._context, subject, actor)
            case Entry():
                return Refused(NOTHING_TO_EXTEND.format(id=subject.known_as))
        return subject

    def _decide_by_id(self, question: Question, actor: Actor, view: View) -> Answer:
        """Answer a decision that was typed; nobody learns by an id what another team has."""
        answer = self._decisions.by_words(question, actor)
        unseen = visible(view, question.finding_id)
        return unseen if isinstance(answer, Refused) and isinstance(unseen, Refused) else answer

    def _about_one(self, question: Question, actor: Actor, view: View) -> Answer:
        narrowed = narrow(view, question)
        if isinstance(narrowed, Refused):
            return narrowed
        picked = pick(view, question, narrowed)
        if not isinstance(picked, Finding):
            return picked
        if button := PRESSED.get(question.verb):
            return self._decisions.confirm(Press(button, picked.id), actor)
        answers: Mapping[str, Callable[[], Answer]] = {
            "show": lambda: Shown(view.card(picked)),
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
