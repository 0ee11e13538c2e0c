"""Where a finding stands, in one sentence: its state, who decided, and until when. Pure."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from compliance.finding import Finding, State
from compliance.prose import Moment, Prose, Strong, day, joined, people
from compliance.request import Request

#: What stands on a card of somebody's words; all of them stand in its folded part.
_BRIEF_MAX = 180


def state_line(finding: Finding) -> Prose:
    """Return the state in the words of a finding's life, with what has to be known about it."""
    return _LINES[finding.state](finding)


def brief(text: str, longest: int = _BRIEF_MAX) -> str:
    """Return the first sentences of *text*, as many as fit into *longest* characters."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    whole = max(line.rfind(f"{mark} ", 0, longest) for mark in ".!?:")
    return line[: whole + 1] if whole > longest // 3 else f"{line[: longest - 1]}…"


def asked(request: Request) -> Prose:
    """Say who asked for what, and how many of those who must have agreed."""
    counted = f", {len(request.agreed)} of {request.needed} agreed" if request.needed else ""
    named: Prose = (" (", *people(request.agreed), ")") if request.agreed else ()
    asker = people([request.actor])
    hindrance = f" {brief(request.hindrance)}" if request.hindrance else ""
    return (*asker, f" asked for the {request.verb.noun}{counted}", *named, f".{hindrance}")


def _line(finding: Finding, *parts: Prose) -> Prose:
    """Return the state and since when it is so, and then *parts*."""
    since: Prose = (Strong(finding.state.capitalize()), " since ", Moment(finding.changed_at), ".")
    return joined(" ", [since, *parts])


def _words(text: str) -> Prose:
    return (text,) if text else ()


def _decided(finding: Finding) -> Prose:
    deciders = tuple(filter(None, finding.decided.deciders)) if finding.decided else ()
    return ("Decided by ", *people(deciders), ".") if deciders else ()


def _open(finding: Finding) -> Prose:
    return _line(finding, _withdrawn(finding) or _words(brief(finding.note)))


def _pending(finding: Finding) -> Prose:
    note = _withdrawn(finding) or _words(brief(finding.note))
    return _line(finding, *map(asked, finding.requests), note)


def _withdrawn(finding: Finding) -> Prose:
    """Say who withdrew what: the note names the request, and not its people."""
    who, note = finding.withdrawn_by, finding.note.removesuffix(".") or "A request was withdrawn"
    return (f"{note} by ", *people([who]), ".") if who else ()


def _approved(finding: Finding) -> Prose:
    return _line(finding, ("The remediation is about to start.",), _decided(finding))


def _running(finding: Finding) -> Prose:
    starting = () if finding.step else ("AWS Config is starting the runbook.",)
    return _line(finding, starting, _decided(finding))


def _noted(finding: Finding) -> Prose:
    return _line(finding, _words(brief(finding.note)), _decided(finding))


def _waiting(finding: Finding) -> Prose:
    if finding.until is None:
        return _noted(finding)
    looks: Prose = (": AWS Config looks again by ", Moment(finding.until), " at the latest.")
    waits: Prose = (Strong("Waiting"), *looks)
    return joined(" ", [waits, _words(brief(finding.note)), _decided(finding)])


def _resolved(finding: Finding) -> Prose:
    when: Prose = (Strong("Resolved"), " ", Moment(finding.changed_at), ".")
    return joined(" ", [when, _words(brief(finding.note)), _decided(finding)])


def _excepted(finding: Finding) -> Prose:
    end: Prose = (".",)
    if finding.until:
        # It is agreed by the day, and lasts through the whole of its last one, in UTC.
        end = (f" until the end of {day(finding.until - timedelta(seconds=1))}.",)
    excepted: Prose = (Strong("Excepted"), *end)
    waiting = map(asked, finding.requests)
    told = _words(brief(finding.note)), _decided(finding)
    return joined(" ", [excepted, *waiting, *told, _let_end(finding)])


def _let_end(finding: Finding) -> Prose:
    who = finding.decided.detail.get("let_end") if finding.decided else None
    return (*people([str(who)]), " lets it end.") if who else ()


_LINES: Mapping[State, Callable[[Finding], Prose]] = {
    State.COMPLIANT: _open,
    State.OPEN: _open,
    State.APPROVAL_PENDING: _pending,
    State.APPROVED: _approved,
    State.RUNNING: _running,
    State.APPLIED: _noted,
    State.WAITING: _waiting,
    State.RESOLVED: _resolved,
    State.FAILED: _noted,
    State.NOT_VERIFIED: _noted,
    State.EXCEPTED: _excepted,
    State.REOPENED: _noted,
}
