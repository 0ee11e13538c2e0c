"""The allowlist, enforced on findings: the file is the truth and findings follow it. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from compliance.allowlist import Allowlist, Entry, person_id
from compliance.finding import CAN_BEGIN, Finding, State
from compliance.life import end_exception, except_until
from compliance.request import Request, Verb

ENDED = "The exception has ended. Fix the resource, or agree a new exception."
REVOKED = "The exception was ended before its time."
TAKEN_OUT = "The exception was taken out of the allowlist."
MADE_AGAIN = (
    "The exception {exception} was agreed before this resource was made: another one had its name "
    "then. It does not cover this one. Fix it, or agree a new exception."
)


def enforce(finding: Finding, allowlist: Allowlist, now: datetime) -> Finding:
    """Return the finding as the allowlist wants it, the same object where it is so already."""
    if finding.state is not State.EXCEPTED and finding.state not in CAN_BEGIN:
        return finding
    if not allowlist.is_newest and _holds(finding, now):
        return finding
    entry = exception_of(finding, allowlist, now)
    if entry is not None:
        return excepted(finding, entry, now)
    older = allowlist.outlived(finding.key, now, finding.made_at)
    again = MADE_AGAIN.format(exception=older.known_as) if older else ""
    if finding.state is not State.EXCEPTED:
        is_news = again and finding.state in _UNASKED and finding.note != again
        return replace(finding, note=again) if is_news else finding
    revoked = finding.request(Verb.REVOKE)
    if again:
        return end_exception(finding, again, now)
    if finding.until is not None and finding.until <= now:
        return end_exception(finding, ENDED, now)
    if revoked and revoked.is_agreed:
        return end_exception(finding, REVOKED, now, revoked)
    return end_exception(finding, TAKEN_OUT, now)


def _holds(finding: Finding, now: datetime) -> bool:
    """Whether the finding is excepted, and the end that was agreed has not come."""
    return finding.state is State.EXCEPTED and (finding.until is None or now < finding.until)


#: Where nobody has asked for anything since the finding was opened.
_UNASKED = frozenset({State.OPEN, State.REOPENED})


def exception_of(
    finding: Finding, allowlist: Allowlist, now: datetime, without: Entry | None = None
) -> Entry | None:
    """Return the entry that covers the finding and lasts longest, None if there is none.

    It is as if *without* were not there. People write the rule's name as they read it in AWS's
    console, which can be a copy's.
    """
    others = {copy.rule for copy in finding.copies} - {finding.key.rule}
    keys = (finding.key, *(replace(finding.key, rule=name) for name in sorted(others)))
    about = now, finding.tags, finding.made_at, without
    entries = filter(None, (allowlist.covering(key, *about) for key in keys))
    return max(entries, key=lambda entry: entry.expires, default=None)


def excepted(finding: Finding, entry: Entry, now: datetime) -> Finding:
    """Return *finding* under *entry*; raises IllegalMoveError while a remediation is under way."""
    note = f"{entry.exception_class.value.capitalize()}: {entry.reason}"
    if entry.ticket:
        note += f" ({entry.ticket})"
    after = except_until(finding, entry.ends_at, note, _decision(finding, entry, now), now)
    same = finding.state is State.EXCEPTED and (finding.until, finding.note) == (
        after.until,
        after.note,
    )
    return finding if same else after


def _decision(finding: Finding, entry: Entry, now: datetime) -> Request:
    """Return what led to *entry*; for one that somebody wrote by hand, who asked by it."""
    asked = (finding.request(verb) for verb in (Verb.EXTEND, Verb.EXCEPT))
    for request in filter(None, asked):
        if request.is_agreed and _led_to(request, entry):
            return replace(request, hindrance="")
    known = finding.decided if finding.state is State.EXCEPTED else None
    if known and entry.id and known.detail.get("id") == entry.id:
        return known
    agreed = tuple(map(person_id, entry.agreed_by))
    return Request(Verb.EXCEPT, person_id(entry.asked_by), 0, now, agreed, kept(entry))


def _led_to(request: Request, entry: Entry) -> bool:
    given = request.detail
    if request.verb is Verb.EXTEND:
        ends = given.get("expires") == str(entry.expires)
        return ends and given.get("id") == entry.known_as
    if entry.id:
        return given.get("id") == entry.id
    return request.actor == person_id(entry.asked_by)


def kept(entry: Entry) -> dict[str, Any]:
    """Return what is kept of *entry* with a decision, for cards and the audit log."""
    return {
        "id": entry.known_as,
        "class": entry.exception_class.value,
        "reason": entry.reason,
        "ticket": entry.ticket,
        "control": entry.control,
        "expires": str(entry.expires),
        "renewals": entry.renewals,
        "first_asked": str(entry.first_asked or ""),
        "first_expires": str(entry.first_expires or ""),
    }
