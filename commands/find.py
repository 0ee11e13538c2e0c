"""Find: findings by the words of their resources; and the one that a name means."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from commands.answers import Listing, Refused
from commands.context import NOT_FOUND
from commands.filters import NAMED_MAX, Narrowed
from commands.grammar import Question
from commands.paging import paged, slice_of
from commands.sight import NO_TEAM
from commands.view import View
from compliance.finding import SETTLED, UNRESOLVED, Finding, State
from compliance.naming import Arn, fold, parts, words_of
from ledger.errors import UnknownFindingError
from ledger.reports import Scope

NOTHING_CALLED = (
    "Write another part of the resource's name, its id or its ARN: none of the findings that you "
    "can see has a resource called {name!r}. findings lists all of them."
)
TOO_MANY = (
    f"{NAMED_MAX} findings or more match {{name!r}}. Write more of the name, or add team: or "
    "account:."
)
#: How many letters of a word are taken to be right where it is misspelt, and how many it can mean.
_RIGHT, _NEAR_MAX = 3, 300
#: How alike two words are of which one is a slip of the other: a letter or two.
_ALIKE = 0.75


def find(view: View, question: Question, narrowed: Narrowed) -> Listing | Refused:
    """List the findings whose resources have all the words, those that are not over first."""
    found = _look_up(view, question, narrowed)
    if isinstance(found, Refused):
        return found
    if not found:
        return _near(view, question) or Refused(NOTHING_CALLED.format(name=_name(question)))
    title = "1 finding matches" if len(found) == 1 else f"{len(found)} findings match"
    return paged(view, question, slice_of(found), len(found), f"{title} {_name(question)!r}")


def pick(view: View, question: Question, narrowed: Narrowed) -> Finding | Listing | Refused:
    """Return the finding that *question* names; where several match, ask which is meant."""
    if question.finding_id:
        return visible(view, question.finding_id)
    found = _look_up(view, question, narrowed)
    if isinstance(found, Refused):
        return found
    if not found:
        return _near(view, question) or Refused(NOTHING_CALLED.format(name=_name(question)))
    if question.verb in _DECIDED:
        # What is over cannot be decided about; where nothing else matches, its refusal says so.
        found = [each for each in found if each.state in UNRESOLVED] or found
    if len(found) == 1:
        return found[0]
    title = f"{len(found)} findings match {_name(question)!r}. Which one?"
    return paged(view, question, slice_of(found), len(found), title)


_DECIDED = frozenset({"remediate", "ignore"})


def visible(view: View, finding_id: str) -> Finding | Refused:
    """Return the finding; the same words for what does not exist and what is not theirs to see."""
    try:
        finding = view.context.ledger.find(finding_id)
    except UnknownFindingError:
        return Refused(NOT_FOUND.format(id=finding_id))
    return finding if finding.team in view.visible else Refused(NOT_FOUND.format(id=finding_id))


def _look_up(view: View, question: Question, narrowed: Narrowed) -> list[Finding] | Refused:
    """Return what has exactly this name, or else what has all of its words."""
    if not view.visible:
        return Refused(NO_TEAM)
    name, scope = _name(question), narrowed.scope
    teams = scope.teams & view.visible if scope.teams else view.visible
    arn = Arn.parse(name)
    wanted = fold(arn.name if arn else name)
    names = view.reports.names
    found: Sequence[Finding] | None = names.called(fold(name), teams, NAMED_MAX)
    if not found and arn:
        found = names.called(wanted, teams, NAMED_MAX)
    if not found:
        found = names.search(parts(wanted) or (wanted,), teams, NAMED_MAX)
    if found is None:
        return Refused(TOO_MANY.format(name=name[:60]))
    matching = [each for each in found if _is_in(each, scope, narrowed.states, arn)]
    return sorted(
        matching,
        key=lambda each: (each.state in SETTLED, each.opened_at or each.changed_at, each.id),
    )


def _is_in(
    finding: Finding, scope: Scope, states: frozenset[State] | None, arn: Arn | None
) -> bool:
    """Say whether *finding*, whose team is right, is in the rest of *scope*."""
    key = finding.key
    opened = finding.opened_at
    return (
        (states is None or finding.state in states)
        and (not scope.rules or key.rule in scope.rules)
        and (not scope.accounts or key.account in scope.accounts)
        and (not scope.regions or key.region in scope.regions)
        and (not scope.types or key.resource_type in scope.types)
        and (scope.ids is None or finding.id in scope.ids)
        and finding.id not in scope.without
        and (scope.opened_before is None or (opened is not None and opened < scope.opened_before))
        and (scope.opened_after is None or (opened is not None and opened >= scope.opened_after))
        and (arn is None or arn.account in ("", key.account))
        and (arn is None or arn.region in ("", key.region))
    )


def _near(view: View, question: Question) -> Listing | None:
    """Return findings that have a word near each of those that were asked for, None if none has."""
    arn = Arn.parse(_name(question))
    asked = parts(fold(arn.name if arn else _name(question)))
    some: dict[str, Finding] = {}
    for word in asked:
        for each in view.reports.names.beginning(word[:_RIGHT], view.visible, _NEAR_MAX):
            some[each.id] = each
    near = [each for each in some.values() if _is_near(asked, words_of(each))]
    if not near:
        return None
    title = f"No resource is called {_name(question)!r}. Did you mean one of these?"
    return paged(view, question, slice_of(near), len(near), title)


def _is_near(asked: Sequence[str], words: Collection[str]) -> bool:
    return all(get_close_matches(each, words, 1, _ALIKE) for each in asked)


def _name(question: Question) -> str:
    return " ".join(question.words)
