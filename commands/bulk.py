"""Deciding about all findings of one message at once, each by the command for a single one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from commands.agree import may_agree_to
from commands.answers import Answer, Done, Invalid, Listing, Refused
from commands.authorise import Person
from commands.carry_out import agree_and_carry_out, carry_out
from commands.context import Context
from commands.forms import Origin
from commands.ignore import Ignore, ignore, problems
from commands.remediate import remediate
from commands.view import View
from compliance.authority import Actor
from compliance.card import Button, Press, presses
from compliance.finding import UNDECIDED, Finding, State
from compliance.group import by_state, decidable, how_many
from compliance.request import Request, Verb
from ledger.members import Members, Part

GONE = (
    "Look at the channel and press again: these findings are not in one message any more, or it is "
    "just being posted. Nothing was changed."
)
MORE = "Press again for the other {left} of this message."
NONE_LEFT = "None of these findings can be {done} now ({states})."
#: For each button about many the one that decides about each of them.
_EACH = {
    Button.REMEDIATE_ALL: Button.REMEDIATE,
    Button.AGREE_ALL: Button.AGREE,
    Button.IGNORE_ALL: Button.IGNORE,
}
_PARTICIPLES = {
    Button.REMEDIATE_ALL: "remediated",
    Button.AGREE_ALL: "agreed to",
    Button.IGNORE_ALL: "ignored",
}
#: How many findings one page of a list shows.
_PAGE = 10


@dataclass(frozen=True, slots=True)
class Bulk:
    """Where many are decided about: the context of each decision, and who people are now.

    One press decides about *at_once* of them at most: each takes a transaction, and somebody waits.
    """

    context: Context
    person: Person
    at_once: int = 1_000

    def page(self, press: Press, view: View) -> Listing | Refused:
        """Return one page of a message's findings; a page that is not there is the last one."""
        part = self._members.page(press.finding_id, press.page * _PAGE, _PAGE)
        if not part.findings or part.findings[0].team not in view.visible:
            return Refused(GONE)
        last = (part.number - 1) // _PAGE
        page = min(press.page, last)
        turn = partial(Press, Button.LIST, press.finding_id, None)
        return Listing(
            title=f"{how_many(part.number)}, page {page + 1} of {last + 1}",
            lines=view.lines(part.findings),
            presses=tuple(presses(each, self.context.rule(each)) for each in part.findings),
            earlier=turn(page - 1) if page else None,
            later=turn(page + 1) if page < last else None,
        )

    def may_decide(self, press: Press, actor: Actor) -> tuple[Finding, ...] | Refused:
        """Return those that *actor* could decide about by *press* now, before a form is shown."""
        part = self._admitted(press, actor)
        if isinstance(part, Refused):
            return part
        findings = part.findings
        left = self._open_to(press, findings)
        if not left:
            done, states = _PARTICIPLES[press.button], _states(findings)
            return Refused(NONE_LEFT.format(done=done, states=states))
        if press.button is Button.AGREE_ALL:
            return self._asked_by_others(press, left, actor)
        return left

    def _asked_by_others(
        self, press: Press, findings: Sequence[Finding], actor: Actor
    ) -> tuple[Finding, ...] | Refused:
        """Return those of *findings* to which *actor* has not said yes yet."""
        verb = press.verb or Verb.REMEDIATE
        asked = ((each, each.request(verb)) for each in findings)
        others = tuple(each for each, by in asked if by and self._is_another(actor, by))
        if others:
            return others
        refused = may_agree_to(self.context, findings[0].id, verb, actor)
        return refused if isinstance(refused, Refused) else (refused,)

    def _is_another(self, actor: Actor, by: Request) -> bool:
        return self.context.teams.people.are_different((actor.id, *by.deciders))

    def remediate_all(
        self, origin: Origin, actor: Actor, without: frozenset[str] = frozenset()
    ) -> Answer:
        """Ask for the remediation of each that was in the message when it was confirmed.

        *without* are the ids of those that somebody left out.
        """
        return self._decide(origin, actor, without, partial(remediate, self.context, actor=actor))

    def agree_all(
        self, origin: Origin, actor: Actor, without: frozenset[str] = frozenset()
    ) -> Answer:
        verb = origin.press.verb or Verb.REMEDIATE
        decide = partial(agree_and_carry_out, self.context, self.person, verb=verb, actor=actor)
        return self._decide(origin, actor, without, decide)

    def ignore_all(
        self,
        origin: Origin,
        actor: Actor,
        form: Ignore,
        without: frozenset[str] = frozenset(),
    ) -> Answer:
        """Agree an exception, or ask for one, for each that the form showed."""
        part = self._admitted(origin.press, actor, origin.opened_at)
        if isinstance(part, Refused):
            return part
        rule = self.context.rule(part.findings[0])
        if wrong := problems(form, rule, self.context.now().date()):
            return Invalid(wrong)
        context = self.context
        chosen = self._chosen(origin, part.findings, without)
        asked = {each.id: ignore(context, each.id, actor, form) for each in chosen}
        # All at once: the allowlist is written one time for all of them.
        agreed = [each for each, answer in asked.items() if isinstance(answer, Done)]
        return _sum_up(part, {**asked, **carry_out(context, self.person, agreed)})

    def _decide(
        self,
        origin: Origin,
        actor: Actor,
        without: frozenset[str],
        decide: Callable[[str], Answer],
    ) -> Answer:
        part = self._admitted(origin.press, actor, origin.opened_at)
        if isinstance(part, Refused):
            return part
        chosen = self._chosen(origin, part.findings, without)
        return _sum_up(part, {each.id: decide(each.id) for each in chosen})

    def _chosen(
        self, origin: Origin, findings: Sequence[Finding], without: frozenset[str]
    ) -> list[Finding]:
        """Return those that are open to it, but for what has changed since it was asked about."""
        left = (each for each in self._open_to(origin.press, findings) if each.id not in without)
        return [each for each in left if _newest(each, origin.press.verb) <= origin.opened_at]

    def _open_to(self, press: Press, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return decidable(findings, self.context.rule, _EACH[press.button], press.verb)

    def _admitted(
        self, press: Press, actor: Actor, until: datetime | None = None
    ) -> Part | Refused:
        """Return the message's findings if *actor* may decide about the first: all are one team's.

        What joined the message after *until*, when the form was opened, was not decided about. Of
        very many it is the first: those that can be decided about, the oldest of them.

        Each is asked about again when it is decided; this leaves one row of a refusal in the audit
        log instead of hundreds.
        """
        is_agreeing = press.button is Button.AGREE_ALL
        first = {State.APPROVAL_PENDING} if is_agreeing else UNDECIDED
        part = self._members.some(press.finding_id, self.at_once, first, until)
        if not part.findings:
            return Refused(GONE)
        admitted = self.context.admit(part.findings[0].id, actor, _EACH[press.button].value)
        return admitted if isinstance(admitted, Refused) else part

    @property
    def _members(self) -> Members:
        return Members(self.context.ledger.engine)


def requests_of(findings: Iterable[Finding], verb: Verb | None) -> tuple[Request, ...]:
    """Return the requests for *verb* that wait among *findings*."""
    requests = (each.request(verb) for each in findings if verb)
    return tuple(filter(None, requests))


def _newest(finding: Finding, verb: Verb | None) -> datetime:
    """Return when what is decided about came to be: the request, or else the finding's state."""
    request = finding.request(verb) if verb else None
    return request.asked_at if request else finding.changed_at


def _sum_up(part: Part, answers: Mapping[str, Answer]) -> Answer:
    """Say how many were done, and of the others why they were not; *answers* are by finding."""
    done = Counter(each.text for each in answers.values() if isinstance(each, Done))
    refused = Counter(_why(each) for each in answers.values() if not isinstance(each, Done))
    lines = [f"{how_many(number)}: {text}" for text, number in (done + refused).most_common()]
    if left := [each for each in part.findings if each.id not in answers]:
        lines.append(f"Left as before: {_states(left)}.")
    if part.left:
        lines.append(MORE.format(left=how_many(part.left)))
    answer = Done if done else Refused
    return answer("\n".join(lines))


def _why(answer: Answer) -> str:
    match answer:
        case Refused(text):
            return text
        case Invalid(problems):
            return " ".join(problems.values())
    return "Not done."


def _states(findings: Sequence[Finding]) -> str:
    return ", ".join(f"{number} {state}" for state, number in by_state(findings))
