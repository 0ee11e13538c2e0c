"""What one message says of many findings of one rule: counts, impact, the first of them. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from compliance.attention import WaitingOf, waits_for_nobody
from compliance.card import Account, Card, Departed, card_of, danger, presses
from compliance.facts import Fact, FactKind, preflight
from compliance.finding import UNDECIDED, Finding, State
from compliance.known_rules import KnownRules
from compliance.policy import AnyRule, rule_of
from compliance.press import Button, Press
from compliance.provenance import Hint, at_the_source, managed_by
from compliance.request import Verb
from compliance.rules import Catalogue, Severity

#: How many accounts it counts one by one.
_ACCOUNTS_MAX = 10
#: How many tools it names; anything may stand in a tag.
_TOOLS_MAX = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One finding of a message; *who* asked or decided, *press* is what it offers first."""

    finding_id: str
    resource: str
    where: str
    state: State
    who: tuple[str, ...]
    press: Press


#: A row has one button: what decides about the finding, else what shows it.
_NOT_IN_ROWS = frozenset({Button.WITHDRAW, Button.CLAIM, Button.HAND_OVER, Button.SNOOZE})


@dataclass(frozen=True, slots=True)
class GroupCard:
    """Findings of one rule as their message shows them; *finding_id* finds the message again.

    *rows* are the first of them, those before the others that wait for a decision. *danger* is
    what a remediation can break.
    """

    finding_id: str
    title: str
    severity: Severity | None
    why: str
    number: int
    states: tuple[tuple[State, int], ...]
    accounts: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    danger: str
    preflight: tuple[Fact, ...]
    source_fix: str
    presses: tuple[Press, ...]

    @property
    def headline(self) -> str:
        """How grave it is, how many there are, and of what."""
        grade = self.severity.capitalize() if self.severity else "Not rated"
        return f"{grade} · {how_many(self.number)}: {self.title}"

    @property
    def buttons(self) -> frozenset[Button]:
        return frozenset(press.button for press in self.presses)


#: Copies of one rule can have another remediation in each account.
RuleOf = Callable[[Finding], AnyRule]

#: All that a message in a team's channel can show.
Content = Card | GroupCard | Departed


def content_of(
    findings: Sequence[Finding],
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    known_rules: KnownRules | None = None,
    waiting_of: WaitingOf = waits_for_nobody,
) -> Content:
    """Return what the message of *findings* shows; Departed where its team has none of them."""
    match findings:
        case []:
            return Departed()
        case [finding]:
            return card_of(finding, catalogue, accounts, known_rules, waiting_of)
    return gather(findings, catalogue, accounts, known_rules)


def gather(
    findings: Sequence[Finding],
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    known_rules: KnownRules | None = None,
) -> GroupCard:
    """Return the card of *findings*, which are one at least and all of one rule."""
    of = partial(rule_of, catalogue=catalogue, known_rules=known_rules or KnownRules(catalogue))
    waiting_first = sorted(findings, key=lambda each: each.state not in UNDECIDED)
    rule = of(findings[0])
    return GroupCard(
        finding_id=findings[0].id,
        title=rule.title,
        severity=rule.severity,
        why=rule.why,
        number=len(findings),
        states=by_state(findings),
        accounts=_by_account(findings, accounts),
        rows=tuple(_row(each, of(each), accounts) for each in waiting_first),
        danger=_danger(findings, of),
        preflight=_preflight(findings, of),
        source_fix=_source_fix(findings, rule),
        presses=_presses(findings, of),
    )


def decidable(
    findings: Iterable[Finding], of: RuleOf, button: Button, verb: Verb | None = None
) -> tuple[Finding, ...]:
    """Return those of *findings* whose own card offers *button* now, for *verb* where one is given.

    *button* is one of a single card, *of* gives the rule of each.
    """
    return tuple(
        each for each in findings if Press(button, each.id, verb) in presses(each, of(each))
    )


def how_many(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def by_state(findings: Iterable[Finding]) -> tuple[tuple[State, int], ...]:
    """Count *findings* by their state, in the order of a finding's life."""
    counted = Counter(each.state for each in findings)
    return tuple((state, counted[state]) for state in State if state in counted)


def by_place(group: GroupCard) -> tuple[tuple[str, int], ...]:
    """Count the group's findings where the most are, and in all other accounts together."""
    accounts, others = group.accounts[:_ACCOUNTS_MAX], group.accounts[_ACCOUNTS_MAX:]
    counted = tuple((f"in {name}", number) for name, number in accounts)
    if not others:
        return counted
    return (*counted, (f"in {len(others)} more accounts", sum(number for _, number in others)))


def _row(finding: Finding, rule: AnyRule, accounts: Mapping[str, Account]) -> Row:
    account = accounts.get(finding.key.account, Account(finding.key.account))
    deciders = finding.decided.deciders if finding.decided else ()
    asked = (each for request in finding.requests for each in request.deciders)
    offered = presses(finding, rule)
    return Row(
        finding_id=finding.id,
        resource=finding.resource_name or finding.key.resource_id,
        where=f"{account.name or account.id}, {finding.key.region}",
        state=finding.state,
        who=tuple(dict.fromkeys(filter(None, (*deciders, *asked)))),
        press=next(each for each in offered if each.button not in _NOT_IN_ROWS),
    )


def _danger(findings: Iterable[Finding], of: RuleOf) -> str:
    """Say what can break, each thing once, where at least one remediation can be begun."""
    return " ".join(dict.fromkeys(filter(None, (danger(each, of(each)) for each in findings))))


def _by_account(
    findings: Iterable[Finding], accounts: Mapping[str, Account]
) -> tuple[tuple[str, int], ...]:
    named = (accounts.get(each.key.account, Account(each.key.account)) for each in findings)
    return tuple(Counter(map(str, named)).most_common())


def _preflight(findings: Iterable[Finding], of: RuleOf) -> tuple[Fact, ...]:
    """Return what their remediations do, each different thing once."""
    texts: dict[FactKind, dict[str, None]] = {}
    for fact in chain.from_iterable(preflight(of(each)) for each in findings):
        texts.setdefault(fact.kind, {})[fact.text] = None
    return tuple(Fact(kind, " ".join(different)) for kind, different in texts.items())


def _source_fix(findings: Iterable[Finding], rule: AnyRule) -> str:
    unresolved = (each for each in findings if each.state is not State.RESOLVED)
    hints = Counter(filter(None, (managed_by(each.tags) for each in unresolved)))
    if not hints:
        return ""
    counted = ", ".join(f"{hint.tool}: {number}, tag {hint}" for hint, number in _most(hints))
    return (
        f"Code may manage some of these resources ({counted}). Where it does, its next deploy may "
        f"undo a fix made here. {at_the_source([hint.tool for hint in hints], rule)}"
    )


def _most(hints: "Counter[Hint]") -> Iterable[tuple[Hint, int]]:
    """Yield each tool once, with the tag that most of its resources have and how many have one."""
    tools = Counter[str]()
    for hint, number in hints.items():
        tools[hint.tool] += number
    for tool, number in tools.most_common(_TOOLS_MAX):
        yield next(hint for hint, _ in hints.most_common() if hint.tool == tool), number


def _presses(findings: Sequence[Finding], of: RuleOf) -> tuple[Press, ...]:
    """Return a button for what at least one of *findings* offers; requests come first."""
    first = findings[0].id
    offered = {(press.button, press.verb) for each in findings for press in presses(each, of(each))}
    return (
        Press(Button.LIST, first),
        *(Press(Button.AGREE_ALL, first, verb) for verb in Verb if (Button.AGREE, verb) in offered),
        *(
            Press(of_all, first)
            for of_one, of_all in (
                (Button.REMEDIATE, Button.REMEDIATE_ALL),
                (Button.IGNORE, Button.IGNORE_ALL),
            )
            if (of_one, None) in offered
        ),
    )
