"""The allowlist, enforced on findings: the file is the truth and findings follow it. Pure."""

from dataclasses import replace
from datetime import datetime

from compliance.allowlist import Allowlist, Entry
from compliance.finding import (
    CAN_BEGIN,
    Finding,
    State,
    end_exception,
    except_until,
)
from compliance.request import Request, Verb


def enforce(finding: Finding, allowlist: Allowlist, now: datetime) -> Finding:
    """Return the finding as the allowlist wants it, the same object where it is so already."""
    if finding.state is not State.EXCEPTED and finding.state not in CAN_BEGIN:
        return finding
    entry = exception_of(finding, allowlist, now)
    if entry is not None:
        return excepted(finding, entry, now)
    if finding.state is not State.EXCEPTED:
        return finding
    if finding.until is not None and finding.until <= now:
        note = "The exception has ended. Fix the resource, or agree a new exception."
    else:
        note = "The exception was taken out of the allowlist. Nobody has decided again yet."
    return end_exception(finding, note, now)


def exception_of(finding: Finding, allowlist: Allowlist, now: datetime) -> Entry | None:
    """Return the entry that covers the finding and lasts longest, None if there is none.

    People write the rule's name as they read it in AWS's console, which can be a copy's.
    """
    others = {copy.rule for copy in finding.copies} - {finding.key.rule}
    keys = (finding.key, *(replace(finding.key, rule=name) for name in sorted(others)))
    entries = filter(None, (allowlist.covering(key, now) for key in keys))
    return max(entries, key=lambda entry: entry.expires, default=None)


def excepted(finding: Finding, entry: Entry, now: datetime) -> Finding:
    """Return *finding* under *entry*; raises IllegalMoveError while a remediation is under way."""
    note = f"{entry.exception_class.value.capitalize()}: {entry.reason}"
    if entry.ticket:
        note += f" ({entry.ticket})"
    asked = finding.request(Verb.EXCEPT)
    if asked is None or not asked.is_agreed or asked.actor != entry.asked_by:
        # Somebody wrote it by hand.
        asked = Request(Verb.EXCEPT, entry.asked_by, 0, now)
    after = except_until(finding, entry.ends_at, note, asked, now)
    same = finding.state is State.EXCEPTED and (finding.until, finding.note) == (
        after.until,
        after.note,
    )
    return finding if same else after
