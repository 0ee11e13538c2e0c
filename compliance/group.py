"""What one message says of many findings of one rule: counts, impact, the first of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import compliance.card as single
from compliance.card import (
    Account,
    Button,
    Card,
    Moved,
    at_the_source,
    buttons,
    managed_by,
    preflight,
)
from compliance.finding import UNDECIDED, Finding, State
from compliance.rules import Catalogue, Rule, Severity, catalogue_entry

#: How many of them the message names.
_NAMED = 5


class GroupButton(StrEnum):
    """What a person can press on a group's card."""

    LIST = "list"
    REMEDIATE = "remediate-all"
    AGREE = "agree-all"
    IGNORE = "ignore-all"


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule as their message shows them; *finding_id* finds the message again.

    *named* are ids and resources of the first, those before the others that wait for a decision.
    """

    finding_id: str
    title: str
    severity: Severity | None
    why: str
    number: int
    states: tuple[tuple[State, int], ...]
    accounts: tuple[tuple[str, int], ...]
    named: tuple[tuple[str, str], ...]
    preflight: tuple[tuple[str, str], ...]
    source_fix: str
    buttons: tuple[GroupButton, ...]


#: All that a message in a team's channel can be.
Face = Card | Group | Moved


def draw(
    findings: Sequence[Finding], catalogue: Catalogue, accounts: Mapping[str, Account]
) -> Face:
    """Return what a message shows of *findings*; none of them is its team's any more if none."""
    match findings:
        case []:
            return Moved()
        case [finding]:
            return single.draw(finding, catalogue, accounts)
    return gather(findings, catalogue, accounts)


def gather(
    findings: Sequence[Finding], catalogue: Catalogue, accounts: Mapping[str, Account]
) -> Group:
    """Return the group of *findings*, which are one at least and all of one rule."""
    first = single.draw(findings[0], catalogue, accounts)
    rule = catalogue_entry(catalogue, findings[0].key.rule)
    waiting_first = sorted(findings, key=lambda each: each.state not in UNDECIDED)
    return Group(
        finding_id=first.finding_id,
        title=first.title,
        severity=first.severity,
        why=first.why,
        number=len(findings),
        states=by_state(findings),
        accounts=_by_account(findings, accounts),
        named=tuple(
            (each.id, each.resource_name or each.key.resource_id) for each in waiting_first[:_NAMED]
        ),
        preflight=_impact(rule),
        source_fix=_source_fix(findings, rule),
        buttons=_buttons(findings, rule),
    )


def decidable(
    findings: Iterable[Finding], rule: Rule | None, button: Button
) -> tuple[Finding, ...]:
    """Return those of *findings* whose own card has *button* now."""
    return tuple(each for each in findings if button in buttons(each, rule))


def how_many(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def by_state(findings: Iterable[Finding]) -> tuple[tuple[State, int], ...]:
    """Count *findings* by their state, in the order of a finding's life."""
    counted = Counter(each.state for each in findings)
    return tuple((state, counted[state]) for state in State if state in counted)


def _by_account(
    findings: Iterable[Finding], accounts: Mapping[str, Account]
) -> tuple[tuple[str, int], ...]:
    named = (accounts.get(each.key.account, Account(each.key.account)) for each in findings)
    return tuple(Counter(map(str, named)).most_common())


def _impact(rule: Rule | None) -> tuple[tuple[str, str], ...]:
    told = preflight(rule, Account("")) if rule else ()
    return tuple((name, text) for name, text in told if name != "Where")


def _source_fix(findings: Iterable[Finding], rule: Rule | None) -> str:
    tools = Counter(filter(None, (managed_by(each.tags) for each in findings)))
    if not tools or rule is None:
        return ""
    counted = ", ".join(f"{tool}: {number}" for tool, number in tools.most_common())
    return (
        f"Code manages some of these resources ({counted}): its next deploy will undo a fix made "
        f"here. {at_the_source(tools, rule)}"
    )


def _buttons(findings: Sequence[Finding], rule: Rule | None) -> tuple[GroupButton, ...]:
    return (
        GroupButton.LIST,
        *(
            pressed
            for pressed, button in (
                (GroupButton.REMEDIATE, Button.REMEDIATE),
                (GroupButton.AGREE, Button.AGREE),
                (GroupButton.IGNORE, Button.IGNORE),
            )
            if decidable(findings, rule, button)
        ),
    )
