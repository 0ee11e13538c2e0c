"""Filters: what the words that narrow a question down mean, and the nearest right ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from commands.answers import Refused
from commands.context import Context
from commands.grammar import Filters, nearest
from commands.sight import within_sight
from commands.status import SHOWN
from commands.typed import fold
from compliance.card import Account
from compliance.rules import Catalogue, catalogue_entry
from ledger.reports import Reports, Scope

_EXAMPLES = 8
#: How somebody asks for what lists show as not rated.
_UNRATED = ("unrated", "not-rated")
#: What each word means: an account's name its id, a severity its rules.
Meanings = Mapping[str, frozenset[str]]


def read_filters(
    context: Context,
    reports: Reports,
    accounts: Mapping[str, Account],
    filters: Filters,
    visible: frozenset[str],
) -> Scope | Refused:
    """Return the scope that *filters* mean, or which word nothing has.

    Known is what is configured, and what the findings of the *visible* teams have.
    """
    seen = within_sight(Scope(), visible)
    if isinstance(seen, Refused):
        return seen
    if not filters:
        return Scope()
    known = _known(context, reports, accounts, seen)
    meant: dict[str, frozenset[str]] = {}
    for name, words in filters.items():
        for word in sorted(words):
            if fold(word) not in known[name]:
                return Refused(_unknown(name, word, known[name]))
        meant[name] = frozenset().union(*(known[name][fold(word)] for word in words))
    rules = [meant[name] for name in ("rule", "severity") if name in meant]
    both = frozenset.intersection(*rules) if rules else frozenset()
    if rules and not both:
        return Refused("None of these rules is of that severity.")
    none = frozenset[str]()
    return Scope(
        teams=meant.get("team", none),
        rules=both,
        accounts=meant.get("account", none),
        regions=meant.get("region", none),
    )


def _unknown(name: str, word: str, known: Meanings) -> str:
    some = ", ".join(sorted(known)[:_EXAMPLES])
    near = nearest(word, known, f"{name}:") or f" There are, for example: {some or 'none'}."
    return f"Nothing open has {name}:{word[:60]}.{near}"


def _known(
    context: Context, reports: Reports, accounts: Mapping[str, Account], seen: Scope
) -> Mapping[str, Meanings]:
    counts = reports.counts(seen, SHOWN)
    ids = {*accounts, *(count.account for count in counts)}
    rules = {*context.catalogue, *(count.rule for count in counts)}
    names = ((account.name, account.id) for account in accounts.values())
    entries = ((catalogue_entry(context.catalogue, rule), rule) for rule in rules)
    return {
        "team": _meanings((team.name, team.name) for team in context.teams.ordered),
        "rule": _meanings(
            (word, rule) for rule in rules for word in _called(context.catalogue, rule)
        ),
        "account": _meanings([*names, *((each, each) for each in ids)]),
        "severity": _meanings(
            (severity, rule)
            for entry, rule in entries
            for severity in ([entry.severity] if entry else _UNRATED)
        ),
        "region": _meanings((each, each) for each in reports.regions(seen, SHOWN)),
    }


def _called(catalogue: Catalogue, rule: str) -> Iterable[str]:
    """Yield the names of a rule: the catalogue's own means those as well that AWS made of it."""
    yield rule
    if entry := catalogue_entry(catalogue, rule):
        yield entry.name


def _meanings(pairs: Iterable[tuple[str, str]]) -> Meanings:
    meanings: dict[str, set[str]] = defaultdict(set)
    for word, meant in pairs:
        meanings[fold(word)].add(meant)
    return {word: frozenset(meant) for word, meant in meanings.items() if word}
