"""What AWS Config says of a finding: functions from finding to finding. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from compliance.change import Change, Compliance, Copy, is_ahead
from compliance.finding import SETTLED, UNDECIDED, Finding, State, enter, renew, require


def first_seen(
    change: Change, finding_id: str, team: str, now: datetime, rule: str = ""
) -> Finding:
    """Return what the ledger keeps of the first change of its key.

    *rule* is the catalogue's name for the change's rule, where that is another one.
    """
    broken = change.compliance is Compliance.NON_COMPLIANT
    copy = _copy(change, now)
    return Finding(
        id=finding_id,
        key=replace(change.key, rule=rule or change.key.rule),
        state=State.OPEN if broken else State.COMPLIANT,
        version=1,
        compliance=change.compliance,
        recorded_at=copy.recorded_at,
        changed_at=now,
        opened_at=copy.recorded_at if broken else None,
        team=team,
        copies=(copy,),
    )


def observe(finding: Finding, change: Change, now: datetime) -> Finding:
    """Return the finding after *change*, the same object when the change is not news.

    AWS delivers at least once and in no order (FACTS §2.4), so a change that is not newer than
    what the same AWS Config rule said before leaves the finding as it is. While one rule of
    several finds the resource NON_COMPLIANT, so is the finding.
    """
    known = next((copy for copy in finding.copies if copy.rule == change.key.rule), None)
    if known and not _is_newer(change, known, now):
        return finding
    others = tuple(copy for copy in finding.copies if copy is not known)
    copies = (*others, _copy(change, now, known))
    if change.compliance is Compliance.COMPLIANT and _is_before_the_fix(finding, change):
        return _with(finding, copies)
    return _heard(finding, copies, change.annotation, now)


def _is_newer(change: Change, known: Copy, now: datetime) -> bool:
    """Whether *change* comes after what is *known*.

    Times that lie ahead of every clock are ordered among themselves: it may be our clock that is
    wrong. The first of them is believed when it comes, and whatever has a possible time comes
    after all of them.
    """
    if is_ahead(change.recorded_at, now):
        return known.claimed_at is None or change.recorded_at > known.claimed_at
    return known.claimed_at is not None or change.recorded_at > known.recorded_at


def _is_before_the_fix(finding: Finding, change: Change) -> bool:
    """Whether *change* is of before the remediation that is under way: no verdict on that.

    When a runbook that has ended began is not kept. It was not before it was asked for.
    """
    if finding.state is State.RUNNING:
        return change.evaluated_at < finding.changed_at
    if finding.state in {State.APPLIED, State.WAITING} and finding.decided:
        return change.evaluated_at < finding.decided.asked_at
    return False


def absorb(finding: Finding, copies: Iterable[Copy], now: datetime) -> Finding:
    """Return *finding* with *copies* of its rule that it did not know, from another finding."""
    known = {copy.rule for copy in finding.copies}
    new = tuple(copy for copy in copies if copy.rule not in known)
    return _heard(finding, (*finding.copies, *new), "", now) if new else finding


def close(finding: Finding, note: str, now: datetime) -> Finding:
    """The finding is shown elsewhere: nothing is left to decide about it here, or to count."""
    require(finding, "close", UNDECIDED | {State.APPROVAL_PENDING, State.EXCEPTED} | SETTLED)
    none = Compliance.NOT_APPLICABLE
    copies = tuple(replace(copy, compliance=none) for copy in finding.copies)
    closed = replace(finding, compliance=none, copies=copies, note=note)
    if finding.state in SETTLED:
        return closed
    return enter(State.RESOLVED, closed, now, until=None, requests=())


def _heard(finding: Finding, copies: tuple[Copy, ...], why: str, now: datetime) -> Finding:
    """Return what *copies* say together of the finding; *why* is AWS's word on the newest."""
    seen = _with(finding, copies)
    if seen.compliance is Compliance.NON_COMPLIANT:
        return _broken(seen, now)
    if finding.state in SETTLED:
        return seen
    note = (
        "AWS Config evaluated it COMPLIANT."
        if seen.compliance is Compliance.COMPLIANT
        else why or "The rule no longer applies: the resource was deleted or left the rule's scope."
    )
    return enter(State.RESOLVED, seen, now, note=note, until=None, requests=())


def _with(finding: Finding, copies: tuple[Copy, ...]) -> Finding:
    return replace(
        finding,
        compliance=_overall(copies),
        recorded_at=max(copy.recorded_at for copy in copies),
        copies=copies,
    )


def is_said_again(before: Finding, after: Finding) -> bool:
    """Whether AWS Config only said the same again, later: nothing that anybody reads differs."""

    def timeless(finding: Finding) -> list[Copy]:
        undated = (
            replace(copy, recorded_at=after.recorded_at, claimed_at=None) for copy in finding.copies
        )
        return sorted(undated, key=lambda copy: copy.rule)

    same_times = replace(after, recorded_at=before.recorded_at, copies=before.copies)
    return same_times == before and timeless(before) == timeless(after)


def _copy(change: Change, now: datetime, known: Copy | None = None) -> Copy:
    ahead = change.recorded_at if is_ahead(change.recorded_at, now) else None
    return Copy(
        rule=change.key.rule,
        compliance=change.compliance,
        recorded_at=now if ahead else change.recorded_at,
        # Only a notification has the rule's ARN, and who owns a rule never changes.
        service_linked=change.service_linked or (known is not None and known.service_linked),
        annotation=change.annotation,
        claimed_at=ahead,
    )


def _overall(copies: Iterable[Copy]) -> Compliance:
    results = {copy.compliance for copy in copies}
    gravest_first = (Compliance.NON_COMPLIANT, Compliance.COMPLIANT, Compliance.NOT_APPLICABLE)
    return next(each for each in gravest_first if each in results)


def _broken(finding: Finding, now: datetime) -> Finding:
    if finding.state is State.COMPLIANT:
        return enter(State.OPEN, finding, now, opened_at=finding.recorded_at)
    if finding.state is State.RESOLVED:
        note = (
            "It was resolved and is non-compliant again: something changed it back. "
            "If code manages this resource, its next deploy may do this every time."
        )
        return renew(State.REOPENED, finding, now, note, finding.recorded_at)
    return finding
