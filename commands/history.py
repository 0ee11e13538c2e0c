"""History: everything that happened to a finding, one line a thing, for people."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from commands.answers import Ask, Event, History
from commands.grammar import Question
from commands.view import View
from compliance.finding import Finding, State
from compliance.request import Verb
from ledger.observing import AWS_CONFIG
from ledger.store import BOT

#: A page of lines that can be read through.
_PAGE = 12
_REFUSED = " refused"
_NAMES = {AWS_CONFIG: "AWS Config", BOT: "The bot"}


def history(view: View, finding: Finding, question: Question) -> History:
    """Return a page of what happened, in order; the first page has the newest."""
    rows = [row for each in view.reports.history(finding.id) if (row := Row.of(each)).is_news]
    last = max(1, -(-len(rows) // _PAGE))
    page = min(question.page, last)
    end = len(rows) - (page - 1) * _PAGE
    where = f", page {page} of {last}" if last > 1 else ""
    asked = f"history {finding.id} page:"
    return History(
        title=f"History of {finding.id}{where}",
        about=finding.resource_name or finding.key.resource_id,
        events=tuple(map(event_of, rows[max(0, end - _PAGE) : end])),
        earlier=Ask("Earlier", f"{asked}{page + 1}") if page < last else None,
        later=Ask("Later", f"{asked}{page - 1}") if page > 1 else None,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the audit log as it is read: *given* is its detail."""

    at: datetime
    actor: str
    action: str
    before: str
    after: str
    given: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Row":
        states = row["from_state"], row["to_state"]
        return cls(row["at"], row["actor"], row["action"], *states, json.loads(row["detail"]))

    @property
    def is_news(self) -> bool:
        """Whether there is something to read: AWS is asked for progress before it has any."""
        has_moved = self.before != self.after
        return self.action != "progress" or has_moved or bool(self.given.get("step"))

    @property
    def noun(self) -> str:
        """What the request of this row is for: ``remediation``."""
        verb = self.given.get("verb", Verb.REMEDIATE.value)
        return Verb(verb).noun if verb in set(Verb) else verb


def event_of(row: Row) -> Event:
    """Say in one line what a row of the audit log records."""
    did, wrote = _DID.get(row.action, _other)(row)
    if row.action.endswith(_REFUSED):
        did, wrote = f"was refused ({row.action.removesuffix(_REFUSED)})", row.given.get("why", "")
    name = _NAMES.get(row.actor) or str((row.given.get("person") or {}).get("name") or "")
    # A step of a runbook, or a refusal, leaves a finding in its state.
    moved = (row.before, row.after) if row.before != row.after else ("", "")
    return Event(row.at, row.actor, name, did, str(wrote), *moved)


_Said = tuple[str, str]


def _observed(row: Row) -> _Said:
    evaluation = row.given.get("evaluation") or {}
    said = str(evaluation.get("annotation") or "")
    if evaluation.get("compliance") == "COMPLIANT":
        return "evaluated it COMPLIANT", said
    if evaluation.get("compliance") == "NOT_APPLICABLE":
        return "says that the rule does not apply to it any more", said
    again = " again" if row.before == State.RESOLVED else ""
    covered = "; an exception covers it" if row.after == State.EXCEPTED else ""
    return f"found it non-compliant{again}{covered}", said


def _remediate(row: Row) -> _Said:
    needed = row.given.get("needed") or 0
    return f"asked for the remediation{f'; {needed} more must agree' if needed else ''}", ""


def _ignore(row: Row) -> _Said:
    given = row.given
    facts = [given.get("class"), f"ticket {given['ticket']}" if given.get("ticket") else ""]
    end = f" until the end of {_day(given['expires'])}" if given.get("expires") else ""
    return f"asked for an exception{end} ({', '.join(filter(None, facts))})", given.get(
        "reason", ""
    )


def _agreed(row: Row) -> _Said:
    return f"agreed to the {row.noun}", ""


def _withdrew(row: Row) -> _Said:
    return f"withdrew the request for the {row.noun}", ""


def _progress(row: Row) -> _Said:
    step, steps = row.given.get("step"), row.given.get("steps")
    where = (
        f"reports step {step} of {steps} of the remediation" if step else "follows the remediation"
    )
    return where, row.given.get("note", "")


def _allowlist(row: Row) -> _Said:
    note = row.given.get("note", "")
    if row.after == State.EXCEPTED:
        return "applied an exception of the allowlist", note
    return "found the exception ended", note


def _routed(row: Row) -> _Said:
    return f"moved it from team {row.given.get('from')} to team {row.given.get('to')}", ""


def _folded(row: Row) -> _Said:
    return f"joined it with the same violation under the rule {row.given.get('was')}", ""


def _with_note(did: str) -> Callable[[Row], _Said]:
    return lambda row: (did, row.given.get("note") or row.given.get("why") or "")


def _recorded(row: Row) -> _Said:
    until = row.given.get("until")
    return f"recorded the exception{f' until the end of {_last_day(until)}' if until else ''}", ""


def _other(row: Row) -> _Said:
    return row.action, row.given.get("note") or row.given.get("reason") or ""


def _last_day(until: str) -> str:
    """Return the day that ends at *until*."""
    last = datetime.fromisoformat(until) - timedelta(seconds=1)
    return _day(last.date().isoformat())


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def _extend(row: Row) -> _Said:
    reason, expires = row.given.get("reason", ""), row.given.get("expires")
    return (
        f"asked for a later end of the exception{f', {_day(expires)}' if expires else ''}",
        reason,
    )


def _ending(row: Row) -> _Said:
    ends = row.given.get("ends")
    end = f" at the end of {_last_day(ends)}" if ends else ""
    return f"warned that the exception ends{end}", ""


def _revoked(row: Row) -> _Said:
    if row.after == State.EXCEPTED:
        return "ended the exception; another one covers the finding", ""
    return "ended the exception before its time", ""


def _hand_over(row: Row) -> _Said:
    return f"handed it over to {row.given.get('to', '')}", row.given.get("reason", "")


def _snooze(row: Row) -> _Said:
    return f"snoozed it until {row.given.get('until', '')}", row.given.get("reason", "")


def _expired(row: Row) -> _Said:
    return f"ended the request for the {row.noun}, which was not answered in time", ""


def _aws_exception(row: Row) -> _Said:
    if Verb.CLEAR in row.given.get("requests_ended", ()):
        return "took AWS Config's own exception away", ""
    return "looked at AWS Config's exceptions", row.given.get("note", "")


_DID: Mapping[str, Callable[[Row], _Said]] = {
    "observed": _observed,
    "remediate": _remediate,
    "ignore": _ignore,
    "agree": _agreed,
    "withdraw": _withdrew,
    "start": _with_note("started the remediation"),
    "release": _with_note("gave the remediation back, to be started again"),
    "progress": _progress,
    "applied": _with_note("saw the remediation end without an error"),
    "wait": _with_note("waits for AWS Config to look again"),
    "failed": _with_note("saw the remediation fail"),
    "lost": _with_note("lost track of the remediation"),
    "not started": _with_note("did not start the remediation"),
    "not verified": _with_note("waited, and AWS Config did not confirm the fix"),
    "excepted": _recorded,
    "exception not recorded": _with_note("did not record the exception"),
    "exception not written": _with_note("could not write the exception"),
    "exception proposed": _with_note("proposed the exception"),
    "exception ending": _ending,
    "let it end": _with_note("lets the exception end as agreed"),
    "extend": _extend,
    "extended": _recorded,
    "extension not recorded": _with_note("did not extend the exception"),
    "extension not written": _with_note("could not write the extension"),
    "extension proposed": _with_note("proposed the extension"),
    "revoke": _with_note("ends the exception before its time"),
    "revoked": _revoked,
    "revocation not recorded": _with_note("did not end the exception"),
    "revocation not written": _with_note("could not take the exception out of the allowlist"),
    "revocation proposed": _with_note("proposed the end of the exception"),
    "clear": _with_note("has AWS Config's own exception taken away"),
    "aws exception": _aws_exception,
    "claim": _with_note("is on it"),
    "hand over": _hand_over,
    "snooze": _snooze,
    "snooze ended": _with_note("ended the snooze"),
    "expire": _expired,
    "allowlist": _allowlist,
    "routed": _routed,
    "folded": _folded,
}
