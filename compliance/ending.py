"""The end of an exception: people are warned before it, once for each of some days. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from compliance.finding import Finding, State
from compliance.press import Button, Press
from compliance.request import Request, Verb

#: So many days before the end people are warned, the last time on the day before it.
WARNED_DAYS = (14, 7, 1)
#: Nothing that ends later has to be looked at.
HORIZON = timedelta(days=max(WARNED_DAYS))


def warning_due(finding: Finding, now: datetime) -> int:
    """Return for how many days before the end a warning is due, 0 for none.

    What was agreed for a shorter time than that is not warned of at once, what somebody lets end
    not at all, and of warnings that were missed the last one is enough.
    """
    decided = finding.decided
    if finding.state is not State.EXCEPTED or finding.until is None or decided is None:
        return 0
    left = finding.until - now
    stages = [days for days in WARNED_DAYS if left <= timedelta(days=days)]
    if left <= timedelta() or not stages or decided.detail.get("let_end"):
        return 0
    due = min(stages)
    is_short = finding.until - decided.asked_at <= timedelta(days=due)
    return 0 if is_short or warned_at(finding) in range(1, due + 1) else due


def warned_at(finding: Finding) -> int:
    """Return how many days before the end people were warned last, 0 where they were not."""
    return int(finding.decided.detail.get("warned", 0)) if finding.decided else 0


def is_waited_for(finding: Finding) -> bool:
    """Whether people were warned, and nobody has said yet what becomes of the exception."""
    decided = finding.decided
    is_known = decided is not None and bool(decided.detail.get("let_end"))
    return finding.state is State.EXCEPTED and warned_at(finding) > 0 and not is_known


def ways_out(finding: Finding) -> tuple[Press, ...]:
    """Return what a warning offers: a later end, or the one that was agreed."""
    if not is_waited_for(finding):
        return ()
    asked, let_end = finding.request(Verb.EXTEND), Press(Button.LET_END, finding.id)
    if asked is None:
        return Press(Button.EXTEND, finding.id), let_end
    return (let_end,) if asked.is_agreed else (Press(Button.AGREE, finding.id, asked.verb), let_end)


def warn(finding: Finding, days: int, now: datetime) -> Finding:
    """Note that people are warned; the same finding where it was done, or is not due any more."""
    if finding.decided is None or warning_due(finding, now) != days:
        return finding
    return replace(finding, decided=_with(finding.decided, warned=days))


def let_end(finding: Finding, actor: str) -> Finding:
    """*actor* says that the exception is to end as agreed: nobody is warned any more."""
    if finding.decided is None or finding.state is not State.EXCEPTED:
        return finding
    return replace(finding, decided=_with(finding.decided, let_end=actor))


def _with(request: Request, **more: object) -> Request:
    return replace(request, detail={**request.detail, **more})
