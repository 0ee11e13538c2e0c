"""Filters: from the words that narrow a question down to what the ledger is asked about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from commands.answers import Refused
from commands.grammar import FILTERS, Filters, Question, nearest
from commands.sight import NO_TEAM
from commands.view import View
from commands.vocabulary import UnknownWordError, Vocabulary, meaning
from commands.when import AGE_EXAMPLE, Age
from compliance.finding import State
from compliance.naming import OWNER, fold, parts
from ledger.reports import Scope

#: So many findings can be named by words; the database is handed their ids.
NAMED_MAX = 2_000
#: Kinds that narrow one thing down: severity and category say something of the rule.
_OF_RULES = ("rule", "severity", "category")
_OF_ACCOUNTS = ("account", "environment")
#: The order in which a word alone is looked up: ``findings critical housing``.
_GUESSED = ("severity", "state", "team", "category", "environment", "region", "account", "rule")
_OVER = frozenset({"resolved", "compliant"})
LOOK_BY_NAME = "Look for it by name: find NAME. Findings that are over cannot be listed by state."
NOT_TOGETHER = "No open finding matches all of these filters."


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a question is about: a scope of the ledger's, and states where it asks for some."""

    scope: Scope
    states: frozenset[State] | None = None


def narrow(view: View, question: Question) -> Narrowed | Refused:
    """Return what *question* is about, or which word of it nothing has.

    Known is what is configured, and what the findings of the visible teams have: nobody learns
    from an answer what other teams have.
    """
    if not view.visible:
        return Refused(NO_TEAM)
    vocabulary = Vocabulary(view)
    try:
        return _Narrowing(vocabulary, question.filters, question.without).result()
    except UnknownWordError as error:
        return Refused(str(error))


def with_guesses(view: View, question: Question) -> Question | Refused:
    """Return *question* with each word alone made the filter that it is a word of."""
    vocabulary = Vocabulary(view)
    filters = {kind: set(words) for kind, words in question.filters.items()}
    known = {kind: vocabulary.meanings(kind) for kind in _GUESSED} if question.words else {}
    for word in question.words:
        kind = next((each for each in _GUESSED if fold(word) in known[each]), "")
        if not kind:
            return Refused(_not_a_filter(word, {w: k for k in known for w in known[k]}))
        filters.setdefault(kind, set()).add(word)
    given = {kind: frozenset(words) for kind, words in filters.items()}
    return replace(question, words=(), filters=given)


def _not_a_filter(word: str, kinds: Mapping[str, str]) -> str:
    near = nearest(word, kinds).removeprefix(" Did you mean ").rstrip("?")
    meant = f" Did you mean {kinds[near]}:{near}?" if near else ""
    return (
        f"{word[:40]!r} is not a filter.{meant} Filters are "
        f"{', '.join(f'{each}:…' for each in FILTERS)}. To look for a resource: "
        f"find {word[:40]}."
    )


@dataclass(frozen=True, slots=True)
class _Narrowing:
    vocabulary: Vocabulary
    filters: Filters
    without: Filters

    def result(self) -> Narrowed:
        scope = Scope(
            teams=self._meant(("team",)),
            rules=self._meant(_OF_RULES),
            accounts=self._meant(_OF_ACCOUNTS),
            regions=self._meant(("region",)),
            types=self._meant(("type",)),
        )
        named = _Named(self.vocabulary.view, scope.teams)
        ids, without = named.ids(self.filters), named.ids(self.without)
        scope = replace(scope, ids=ids, without=without or frozenset())
        return Narrowed(self._aged(scope), self._states())

    def _states(self) -> frozenset[State] | None:
        if _OVER & set(map(fold, self.filters.get("state", ()))):
            raise UnknownWordError(LOOK_BY_NAME)
        states = self._meant(("state",))
        return frozenset(map(State, states)) if states else None

    def _meant(self, kinds: Iterable[str]) -> frozenset[str]:
        """Return what the words of *kinds* mean together, empty where none of them is asked for."""
        asked = [kind for kind in kinds if kind in self.filters or kind in self.without]
        if not asked:
            return frozenset()
        both = frozenset.intersection(*map(self._of_kind, asked))
        if not both:
            raise UnknownWordError(NOT_TOGETHER)
        return both

    def _of_kind(self, kind: str) -> frozenset[str]:
        known = self.vocabulary.meanings(kind)
        every = frozenset[str]().union(*known.values())
        wanted = _all_of(kind, self.filters[kind], known) if kind in self.filters else every
        return wanted - _all_of(kind, self.without.get(kind, ()), known) - {""}

    def _aged(self, scope: Scope) -> Scope:
        ages = [_age(text) for text in self.filters.get("age", ())]
        ages += [_age(text).negated() for text in self.without.get("age", ())]
        for age in ages:
            since = self.vocabulary.view.context.now() - age.limit
            if age.is_longer:
                scope = replace(scope, opened_before=since)
            else:
                scope = replace(scope, opened_after=since)
        return scope


@dataclass(frozen=True, slots=True)
class _Named:
    """Which findings resource: and owner: name, among those of *teams*, or of all visible ones."""

    view: View
    teams: frozenset[str]

    def ids(self, filters: Filters) -> frozenset[str] | None:
        """Return the ids of what is named, None where nothing is."""
        found = [
            frozenset[str]().union(*(self._of(kind, word) for word in filters[kind]))
            for kind in ("resource", "owner")
            if kind in filters
        ]
        return frozenset.intersection(*found) if found else None

    def _of(self, kind: str, word: str) -> frozenset[str]:
        folded = fold(word)
        words = (f"{OWNER}{folded}",) if kind == "owner" else parts(folded) or (folded,)
        teams = self.teams & self.view.visible if self.teams else self.view.visible
        found = self.view.reports.names.search(words, teams, NAMED_MAX)
        if found is None:
            raise UnknownWordError(
                f"{NAMED_MAX} findings or more have {kind}:{word[:60]}. Write more of it, or add "
                "team:."
            )
        return frozenset(each.id for each in found)


def _all_of(kind: str, words: Iterable[str], known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(meaning(kind, word, known) for word in sorted(words)))


def _age(text: str) -> Age:
    age = Age.parse(text)
    if age is None:
        raise UnknownWordError(f"{text[:40]!r} is not an age. Write, for example, {AGE_EXAMPLE}.")
    return age
