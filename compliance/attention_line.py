"""Who looks after a finding and who is waited for, in a sentence for its card. Pure."""

from compliance.attention import Waiting
from compliance.finding import UNDECIDED, Finding
from compliance.prose import Moment, Person, Prose, any_of, day, joined
from compliance.state_line import brief


def attention_line(finding: Finding, waiting: Waiting | None) -> Prose:
    """Return who is on it, until when it is snoozed, and who is waited for until when.

    A team is named and not mentioned where nothing was asked: a new card calls nobody by name.
    """
    return joined(" ", [_claimed(finding), _snoozed(finding), _waits(finding, waiting)])


def _claimed(finding: Finding) -> Prose:
    claim = finding.care.claim
    return (Person(claim.by), " is on it since ", Moment(claim.at), ".") if claim else ()


def _snoozed(finding: Finding) -> Prose:
    given = finding.care.snooze
    if given is None:
        return ()
    until = f"Snoozed until {day(given.until)} by "
    return (until, Person(given.by), f": {brief(given.reason)}")


def _waits(finding: Finding, waiting: Waiting | None) -> Prose:
    if waiting is None:
        return ()
    if any(not each.is_agreed for each in finding.requests):
        until: Prose = (" It expires ", Moment(waiting.until), ".") if waiting.until else ()
        return ("Waiting for ", *any_of(waiting.users, waiting.groups), ".", *until)
    if finding.state in UNDECIDED and not finding.care.claim and not finding.care.snooze:
        return (f"Waiting for the approvers of team {finding.team}.",)
    return ()
