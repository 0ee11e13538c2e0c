"""As at a past moment: status and findings, from the audit log."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from commands.answers import Answer, Refused, StatusReport
from commands.filters import Narrowed
from commands.findings import Reading, findings
from commands.grammar import Question
from commands.sight import within_sight
from commands.status import report_of
from commands.view import View
from commands.when import AS_AT_EXAMPLE, read_as_at
from compliance.stage import SHOWN

NO_MOMENT = f"Write a day or a moment in UTC, like {AS_AT_EXAMPLE}."
AHEAD = "{when} is not over yet. Write an earlier day."
TOO_EARLY = "The audit log begins on {day}. Write that day or a later one."
NO_AGE = (
    "You cannot filter by age as at a past day. Leave age: out: the list has the oldest findings "
    "first."
)


def status_at(view: View, question: Question, narrowed: Narrowed) -> StatusReport | Refused:
    """Count what there was at the moment that *question* names."""
    at = _moment(view, question, narrowed)
    seen = within_sight(narrowed.scope, view.visible)
    if isinstance(at, Refused):
        return at
    if isinstance(seen, Refused):
        return seen
    counted = partial(view.reports.counts_at, at, seen, narrowed.states or SHOWN)
    report = report_of(view, question, narrowed, counted(by=("team",)), counted(by=("rule",)))
    return replace(report, heading=f"Compliance status as at {_said(at)}")


def findings_at(view: View, question: Question, narrowed: Narrowed) -> Answer:
    """List what there was at the moment that *question* names, as a list of today is."""
    at = _moment(view, question, narrowed)
    if isinstance(at, Refused):
        return at
    past = view.reports.past
    reading = Reading(
        counts=partial(view.reports.counts_at, at),
        oldest=partial(past.oldest, at),
        at=at,
        title=f"Findings as at {_said(at)}",
    )
    return findings(view, question, narrowed, reading)


def _moment(view: View, question: Question, narrowed: Narrowed) -> datetime | Refused:
    """Return the moment, or why nothing can be said about it."""
    at, begins = read_as_at(question.as_at), view.reports.begins()
    if at is None:
        return Refused(NO_MOMENT)
    scope = narrowed.scope
    if scope.opened_before or scope.opened_after:
        return Refused(NO_AGE)
    now = view.context.now()
    if at > now:
        # Of today there is as much as has been.
        return now if at.date() == now.date() else Refused(AHEAD.format(when=_said(at)))
    if begins is None or at < begins:
        day = f"{begins or view.context.now():%Y-%m-%d}"
        return Refused(TOO_EARLY.format(day=day, when=_said(at)))
    return at


def _said(at: datetime) -> str:
    is_day = (at + timedelta(microseconds=1)).time() == datetime.min.time()
    return f"the end of {at:%Y-%m-%d} (UTC)" if is_day else f"{at:%Y-%m-%d %H:%M} UTC"
