"""The reception: every question, press and form, from whatever chat product, gets its answer here.

A product says what was asked, by whom, and where; it shows the answer in its own way.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import assert_never

from commands.answers import Answer, Invalid, OpenWork, Refused
from commands.authorise import Person
from commands.bulk import Bulk
from commands.context import Context, seen
from commands.decisions import Decisions
from commands.exception_fields import EXPIRES
from commands.forms import Form, Submission
from commands.home import open_work
from commands.outsiders import allow_outsiders
from commands.questions import Questions
from compliance.authority import Actor
from compliance.card import Account
from compliance.channel import Channel
from compliance.press import ASKS, Button, Press
from ledger.errors import LedgerUnavailableError
from ledger.reports import Reports

log = logging.getLogger(__name__)

UNAVAILABLE = (
    "Try again in a minute, and look at the card first: the bot cannot read or write its database "
    "just now, so this was not done, or not all of it."
)

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
        bulk = Bulk(context, person)
        self._decisions = Decisions(context, accounts, person, bulk)
        self._questions = Questions(context, reports, accounts, self._decisions, bulk)

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
                return self._questions.typed(asked, actor, channels)
            case Press(button) if button in ASKS:
                return self._questions.pressed(asked, actor, channels)
            case Press(Button.ALLOW_OUTSIDERS, channel):
                return allow_outsiders(self._context, Channel.parse(channel), actor)
            case Press():
                return self._decisions.confirm(asked, actor)
            case Submission():
                return self._decisions.submit(asked, actor)
        assert_never(asked)

    def home(self, actor: Actor) -> OpenWork:
        """Return what waits for *actor*: nothing for those who decide for no team."""
        return open_work(self._questions.view(actor, ()), actor)

    def offers(
        self, presses: Iterable[Press], actor: Actor
    ) -> tuple[tuple[Press, Form | None], ...]:
        """Return those of *presses* that *actor* may decide by, each with its form.

        A form that has to be asked for is None. It asks in silence: nothing is decided or noted.
        """
        return self._decisions.offers(presses, actor)

    def keep_out(self, actor: Actor, why: str) -> None:
        """Note in the audit log that somebody whom chat names was not let in at all."""
        self._context.ledger.refuse("", actor.id, "sign in", why, seen(actor))

    def check(self, submission: Submission) -> Invalid | None:
        """Return what is wrong with what was entered, before anything is decided by it.

        While the rule cannot be looked up, the form stays open with what was entered.
        """
        try:
            return self._decisions.check(submission)
        except LedgerUnavailableError as error:
            log.warning("a form is kept without the ledger", extra={"why": str(error)})
            return Invalid({EXPIRES: UNAVAILABLE})
