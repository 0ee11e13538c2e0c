"""What one message says of all the findings that it stands for, however many. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from compliance.attention import WaitingOf, waits_for_nobody
from compliance.card import Account, Button
from compliance.finding import Finding
from compliance.group import Content, GroupCard, content_of
from compliance.known_rules import KnownRules
from compliance.rules import Catalogue, Severity, catalogue_entry
from compliance.tally import Tally

#: How many rules a message of several names.
_RULES_MAX = 5


def content_of_message(
    findings: Sequence[Finding],
    tally: Tally,
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    known_rules: KnownRules | None = None,
    waiting_of: WaitingOf = waits_for_nobody,
) -> Content:
    """Return what a message shows that names *findings* and stands for all in *tally*."""
    content = content_of(findings, catalogue, accounts, known_rules, waiting_of)
    if not isinstance(content, GroupCard):
        return content
    counted = replace(
        content,
        number=tally.number,
        states=tally.states,
        accounts=tuple(
            (str(accounts.get(each, Account(each))), number) for each, number in tally.accounts
        ),
    )
    return counted if len(tally.rules) == 1 else _of_many_rules(counted, tally, catalogue)


def _of_many_rules(group: GroupCard, tally: Tally, catalogue: Catalogue) -> GroupCard:
    """Return the card of findings that break different rules: each is decided by itself."""
    named = [(rule, catalogue_entry(catalogue, rule)) for rule in tally.rules]
    titles = [entry.title if entry else rule for rule, entry in named[:_RULES_MAX]]
    others = len(named) - len(titles)
    more = f" and {others} more rules" if others else ""
    ranked = [entry.severity for _, entry in named if entry]
    return replace(
        group,
        title=f"Findings of {len(named)} rules",
        severity=min(ranked, key=list(Severity).index, default=None),
        why=f"{'; '.join(titles)}{more}.",
        danger="",
        preflight=(),
        source_fix="",
        presses=tuple(each for each in group.presses if each.button is Button.LIST),
    )
