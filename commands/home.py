"""Home: what waits for a person, the most pressing first, and what they asked for themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from commands.answers import Ask, OpenWork, Work
from commands.findings import most_severe_first
from commands.view import View
from compliance.authority import Actor
from compliance.card import Press, presses
from compliance.finding import UNDECIDED, Finding, State
from compliance.naming import ASKED, fold
from compliance.request import Request
from ledger.reports import Scope

#: What one person can look through; the commands list the rest.
_DECIDE_MAX, _OTHERS_MAX = 12, 6
#: So many requests that wait are looked through for those that are the reader's to agree to.
_PENDING_MAX = 200
SOON = timedelta(days=14)


def open_work(view: View, actor: Actor) -> OpenWork:
    """Return what waits for *actor*; nothing for those who decide for no team."""
    if not view.visible:
        return OpenWork((), ())
    kinds = (_to_agree, _to_decide, _ending, _own_requests, _own_exceptions)
    work = (kind(view, actor) for kind in kinds)
    return OpenWork(tuple(sorted(view.visible)), tuple(each for each in work if each.number))


def _to_agree(view: View, actor: Actor) -> Work:
    pending = view.reports.oldest({State.APPROVAL_PENDING}, Scope(view.visible), _PENDING_MAX)
    waiting = [
        each for each in pending if any(_is_for(request, actor) for request in each.requests)
    ]
    return _work(view, "Agree: requests that wait for you", waiting, "findings state:waiting")


def _is_for(request: Request, actor: Actor) -> bool:
    return not request.is_agreed and actor.id not in request.deciders


def _to_decide(view: View, actor: Actor) -> Work:
    total, some = most_severe_first(view, UNDECIDED, _DECIDE_MAX)
    return _work(view, "Decide", some, "findings state:open sort:severity", total)


def _ending(view: View, actor: Actor) -> Work:
    soon = view.reports.ending(view.context.now() + SOON, Scope(view.visible), _OTHERS_MAX + 1)
    more = "findings state:excepted"
    return _work(view, "Exceptions that end within 14 days", soon, more)


def _own_requests(view: View, actor: Actor) -> Work:
    own = _asked_by(view, actor, lambda each: each.state is not State.EXCEPTED)
    return _work(view, "Your requests", own, "findings state:waiting")


def _own_exceptions(view: View, actor: Actor) -> Work:
    own = _asked_by(view, actor, lambda each: each.state is State.EXCEPTED)
    return _work(view, "Your exceptions", own, "findings state:excepted")


def _asked_by(view: View, actor: Actor, wanted: Callable[[Finding], bool]) -> list[Finding]:
    asked = view.reports.names.called(f"{ASKED}{fold(actor.id)}", view.visible, _PENDING_MAX)
    return sorted(filter(wanted, asked), key=lambda each: (each.until or each.changed_at, each.id))


def _work(
    view: View, title: str, findings: Sequence[Finding], more: str, number: int | None = None
) -> Work:
    most = _DECIDE_MAX if number is not None else _OTHERS_MAX
    number = len(findings) if number is None else number
    listed = findings[:most]
    lines = zip(view.lines(listed), _presses(view, listed), strict=True)
    return Work(
        title, number, tuple(lines), Ask("Show all", more, title) if number > most else None
    )


def _presses(view: View, findings: Iterable[Finding]) -> Iterator[tuple[Press, ...]]:
    return (presses(each, view.context.rule(each)) for each in findings)
