"""What a card shows of a finding, for any chat product. Pure.

At a glance: a headline, one line of facts, one of where it stands, one of danger, buttons. All
else is folded. Nothing is said twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.accounts import Account as Account
from compliance.attention import WaitingOf, waits_for_nobody
from compliance.attention_line import attention_line
from compliance.console import console_url
from compliance.ending import is_waited_for
from compliance.facts import COPIED as COPIED
from compliance.facts import Fact as Fact
from compliance.facts import FactKind as FactKind
from compliance.facts import about_resource, at_a_glance
from compliance.facts import given_with as given_with
from compliance.facts import preflight as preflight
from compliance.finding import CAN_ASK, SETTLED, UNDECIDED, UNRESOLVED, Finding, State
from compliance.known_rules import KnownRules
from compliance.policy import AnyRule, rule_of, why_no_remediation
from compliance.press import IN_MENU as IN_MENU
from compliance.press import Button as Button
from compliance.press import Press as Press
from compliance.prose import Prose, called, joined
from compliance.provenance import Hint as Hint
from compliance.provenance import at_the_source as at_the_source
from compliance.provenance import managed_by, undone_by
from compliance.request import Request, Verb
from compliance.rules import Catalogue, Severity
from compliance.state_line import brief, state_line

#: A headline is one line on a wide screen; a longer name stands whole among the folded facts.
_NAME_MAX = 60
#: How many steps of a runbook have a line of their own.
_STEPS_MAX = 3


class Stage(StrEnum):
    """How far a step of a runbook is."""

    PENDING = "to do"
    RUNNING = "in progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a remediation's runbook."""

    name: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Section:
    """One part of what is folded: a title, then *text* or *facts*, letter by letter."""

    title: str
    text: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as its card shows it.

    *wrong* is what is wrong with the resource, as it goes on after its name. *line* says where the
    finding stands, *danger* what can go wrong. *more* are the presses of the menu, and *folded*
    the parts that a reader opens. *preflight* and *source_fix* are what a confirmation says of the
    remediation.
    """

    finding_id: str
    severity: Severity | None
    resource: str
    wrong: str
    facts: tuple[Fact, ...]
    state: State
    line: Prose
    danger: str
    steps: tuple[Step, ...]
    requests: tuple[Request, ...]
    presses: tuple[Press, ...]
    more: tuple[Press, ...]
    folded: tuple[Section, ...]
    preflight: tuple[Fact, ...]
    source_fix: str
    console_url: str

    @property
    def headline(self) -> str:
        """What is wrong with what, how grave it is; of what is resolved, what was."""
        grade = self.severity.capitalize() if self.severity else "Not rated"
        name = (
            self.resource if len(self.resource) <= _NAME_MAX else f"…{self.resource[-_NAME_MAX:]}"
        )
        if self.is_over:
            return f"{name} (was {grade.lower()}: {self.wrong})"
        return f"{grade} · {name} {self.wrong}"

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything to do any more."""
        return self.state in SETTLED

    @property
    def buttons(self) -> frozenset[Button]:
        return frozenset(press.button for press in self.presses)

    def naming(self, name: Callable[[str], str]) -> "Card":
        """Return the card with the name of each person whom *name* knows by their id."""
        return replace(self, line=called(self.line, name))

    def fact(self, kind: FactKind) -> str:
        """Return the text of the fact of this *kind* at a glance, empty where there is none."""
        return next((fact.text for fact in self.facts if fact.kind is kind), "")


@dataclass(frozen=True, slots=True)
class Departed:
    """What stays where a finding's card was when another team has it now: no fact, no button."""


def card_of(
    finding: Finding,
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    known_rules: KnownRules | None = None,
    waiting_of: WaitingOf = waits_for_nobody,
) -> Card:
    """Return the card of *finding*; *known_rules*: what AWS says of rules."""
    rule = rule_of(finding, catalogue, known_rules or KnownRules(catalogue))
    account = accounts.get(finding.key.account, Account(finding.key.account))
    offered = presses(finding, rule)
    return Card(
        finding_id=finding.id,
        severity=rule.severity,
        resource=finding.resource_name or finding.key.resource_id,
        wrong=rule.wrong,
        facts=at_a_glance(finding, account),
        state=finding.state,
        line=joined(" ", [state_line(finding), attention_line(finding, waiting_of(finding))]),
        danger=danger(finding, rule),
        steps=_steps(finding),
        requests=finding.requests,
        presses=tuple(press for press in offered if press.button not in IN_MENU),
        more=tuple(press for press in offered if press.button in IN_MENU),
        folded=tuple(_folded(finding, rule)),
        preflight=preflight(rule, account),
        source_fix=source_fix(finding, rule),
        console_url=console_url(finding.aws_key),
    )


def presses(finding: Finding, rule: AnyRule) -> tuple[Press, ...]:
    """Return what can be pressed now: about each request that waits, and what it does not hide.

    What stands in the menu comes last.
    """
    return (
        *_about_requests(finding),
        *_new_decisions(finding, rule),
        *_attentions(finding),
        Press(Button.DETAILS, finding.id),
        Press(Button.HISTORY, finding.id),
    )


def _about_requests(finding: Finding) -> Iterable[Press]:
    for request in finding.requests:
        if not request.is_agreed:
            yield Press(Button.AGREE, finding.id, request.verb)
        yield Press(Button.WITHDRAW, finding.id, request.verb)


def _new_decisions(finding: Finding, rule: AnyRule) -> Iterable[Press]:
    takes_remediation = not why_no_remediation(finding, rule)
    if takes_remediation and _can_be_asked(finding, Verb.REMEDIATE):
        yield Press(Button.REMEDIATE, finding.id)
    if finding.state is not State.APPROVED and _can_be_asked(finding, Verb.EXCEPT):
        yield Press(Button.IGNORE, finding.id)
    if _can_be_asked(finding, Verb.EXTEND):
        yield Press(Button.EXTEND, finding.id)
    if is_waited_for(finding):
        yield Press(Button.LET_END, finding.id)
    if _can_be_asked(finding, Verb.REVOKE):
        yield Press(Button.REVOKE, finding.id)
    if finding.aws_exception and _can_be_asked(finding, Verb.CLEAR):
        yield Press(Button.CLEAR, finding.id)


def _attentions(finding: Finding) -> Iterable[Press]:
    """Yield what else can be decided: who is on it, whose it is, and that it rests."""
    if finding.state in UNRESOLVED:
        yield Press(Button.CLAIM, finding.id)
    if finding.state in UNDECIDED:
        if not finding.requests:
            yield Press(Button.HAND_OVER, finding.id)
        yield Press(Button.SNOOZE, finding.id)


def _can_be_asked(finding: Finding, verb: Verb) -> bool:
    return finding.state in CAN_ASK[verb] and finding.request(verb) is None


def danger(finding: Finding, rule: AnyRule) -> str:
    """Say in one line what a remediation that can be started or agreed to now can break."""
    begins = {
        Press(Button.REMEDIATE, finding.id),
        Press(Button.AGREE, finding.id, Verb.REMEDIATE),
    }
    if begins.isdisjoint(presses(finding, rule)) or rule.impact is None:
        return ""
    hint = managed_by(finding.tags)
    undone = f"{hint.tool} may undo a fix made here." if hint else ""
    return brief(" ".join(filter(None, (rule.impact.danger, undone))))


def source_fix(finding: Finding, rule: AnyRule) -> str:
    """Say what may undo a fix, and where to fix instead; empty where nothing hints at it."""
    hint = managed_by(finding.tags)
    # What is compliant is so as its code has it, or as nobody knows: nothing is to be undone.
    if hint is None or finding.state is State.RESOLVED:
        return ""
    return undone_by(hint, rule)


def _steps(finding: Finding) -> tuple[Step, ...]:
    """Return the steps of the runbook that runs; of many, those before and after are counted."""
    if finding.state is not State.RUNNING or not finding.step:
        return ()
    names = finding.runbook or tuple(f"Step {each + 1}" for each in range(finding.steps))
    now = finding.step - 1
    steps = [Step(name, _stage(index, now)) for index, name in enumerate(names)]
    if len(steps) <= _STEPS_MAX:
        return tuple(steps)
    left = len(steps) - finding.step
    return (
        *([Step(f"{now} of {len(steps)} steps are done", Stage.DONE)] if now else []),
        *steps[now : now + 1],
        *([Step(f"{left} to go", Stage.PENDING)] if left > 0 else []),
    )


def _stage(index: int, now: int) -> Stage:
    if index == now:
        return Stage.RUNNING
    return Stage.DONE if index < now else Stage.PENDING


def _in_full(finding: Finding) -> Iterator[Section]:
    """Yield what is too long for the line of state."""
    hindered = [(f"Why the {each.verb.noun} waits", each.hindrance) for each in finding.requests]
    for title, text in [("What happened", finding.note), *hindered]:
        if len(text) > len(brief(text)):
            yield Section(title, text)


def _folded(finding: Finding, rule: AnyRule) -> Iterator[Section]:
    yield from _in_full(finding)
    if finding.state is State.EXCEPTED and finding.decided:
        yield Section("The exception", _age_unknown(finding), given_with(finding.decided))
    if finding.state is State.EXCEPTED and (note := copy_note(finding)):
        yield Section("AWS Config has no copy of it", note)
    if finding.aws_exception:
        yield Section("AWS Config's own exception", f"{AWS_EXCEPTION}\n{finding.aws_exception}")
    yield Section("Why it matters", rule.why)
    if finding.annotation:
        yield Section("AWS Config says", finding.annotation)
    if fix := "\n".join(_how_to_fix(finding, rule)):
        yield Section("How to fix it", fix)
    yield Section("About the resource", facts=about_resource(finding))


#: FACTS §4: AWS Config writes one after failed automatic attempts.
AWS_EXCEPTION = (
    "AWS Config wrote an exception of its own for this resource, as it does when its automatic "
    "remediation has failed several times. While it stands, AWS Config does not try again. Mend "
    "what made it fail, then clear it."
)
SERVICE_LINKED = (
    "The exception is in force all the same, and the bot does not remediate the resource. An AWS "
    "service owns this rule, and AWS does not take exceptions for such rules."
)


def copy_note(finding: Finding) -> str:
    """Say why AWS Config has no copy of the finding's exception, empty where it has one."""
    return SERVICE_LINKED if finding.service_linked else finding.copy_note


def _age_unknown(finding: Finding) -> str:
    return "" if finding.made_at else MADE_UNKNOWN


MADE_UNKNOWN = (
    "The agreement may be older than the resource: AWS Config has not said when that was made."
)


def _how_to_fix(finding: Finding, rule: AnyRule) -> Iterator[str]:
    if code := source_fix(finding, rule):
        yield f"In code: {code}"
    if finding.state not in SETTLED:
        yield f"By hand: {why_no_remediation(finding, rule) or rule.by_hand}"
