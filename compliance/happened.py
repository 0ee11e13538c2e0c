"""What happened to a finding, in one sentence for people: from the audit log's rows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from compliance.finding import Finding, State
from compliance.prose import Prose
from compliance.request import Verb


class Kind(Enum):
    """What a sentence is about: some kinds call for somebody, the others are news."""

    ASKED = "asked"
    DECIDED = "decided"
    PROGRESS = "progress"
    FAILED = "failed"
    NOT_FIXED = "not fixed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    EXCEPTED = "excepted"
    CARE = "care"
    WOKE = "woke"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the audit log about a finding."""

    at: datetime
    finding: str
    actor: str
    action: str
    from_state: str
    to_state: str
    detail: Mapping[str, Any]

    @property
    def is_evaluation(self) -> bool:
        """Whether only AWS Config said something."""
        return self.action == "observed"

    @property
    def is_flip(self) -> bool:
        """Whether the finding was resolved, or came back."""
        return self.to_state in {State.RESOLVED, State.REOPENED} and self.is_evaluation

    @property
    def who(self) -> str:
        """The name of who did it, which mentions nobody."""
        return str((self.detail.get("person") or {}).get("name") or "Somebody")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and its *short* form where many findings are counted."""

    kind: Kind
    text: Prose
    short: str


def said_of(event: Event, finding: Finding) -> Said | None:
    """Return what is said of *event*, None where nobody needs to know.

    *finding* is as it is now: where it is still in the state that the event led to, its note says
    why.
    """
    if event.action.endswith(" refused"):
        return None
    decided = _DECISIONS.get(event.action)
    if decided is not None:
        return decided(event, finding)
    if event.from_state == event.to_state or not event.from_state:
        return None
    return _moved(event, finding)


def _moved(event: Event, finding: Finding) -> Said | None:
    if event.from_state == State.COMPLIANT or event.to_state not in _MOVES:
        return None
    kind, words, short = _MOVES[event.to_state]
    note = finding.note if finding.state == event.to_state else ""
    return Said(kind, (f"{words} {note}".strip(),), short)


_MOVES: Mapping[str, tuple[Kind, str, str]] = {
    State.RUNNING: (Kind.PROGRESS, "The remediation has started.", "remediation started"),
    State.APPLIED: (Kind.PROGRESS, "", "runbook ended"),
    State.WAITING: (Kind.PROGRESS, "The runbook ended without an error.", "waiting for AWS Config"),
    State.FAILED: (Kind.FAILED, "The remediation failed.", "remediation failed"),
    State.NOT_VERIFIED: (Kind.NOT_FIXED, "It is not fixed.", "not fixed"),
    State.RESOLVED: (Kind.RESOLVED, "Resolved.", "resolved"),
    State.REOPENED: (Kind.REOPENED, "Non-compliant again.", "non-compliant again"),
    State.EXCEPTED: (Kind.EXCEPTED, "An exception covers it.", "excepted"),
}


def _asked(event: Event, finding: Finding) -> Said:
    verb = Verb.REMEDIATE if event.action == "remediate" else Verb.EXCEPT
    needed = _still_needed(finding, verb)
    if event.to_state == State.APPROVED:
        return Said(Kind.DECIDED, (f"{event.who} decided to remediate.",), "remediation decided")
    reason = event.detail.get("reason")
    why = f": {reason}" if reason else "."
    more = f" {needed} more must agree." if needed else ""
    text = f"{event.who} asked for the {verb.noun}{why}{more}"
    return Said(Kind.ASKED, (text,), f"{verb.noun} asked for")


def _agreed(event: Event, finding: Finding) -> Said:
    verb = _verb(event)
    needed = _still_needed(finding, verb)
    text = f"{event.who} agreed to the {verb.noun}."
    if needed:
        return Said(Kind.ASKED, (f"{text} {needed} more must agree.",), "agreed to in part")
    return Said(Kind.DECIDED, (text,), f"{verb.noun} agreed to")


def _withdrawn(event: Event, finding: Finding) -> Said:
    noun = _verb(event).noun
    text = f"{event.who} withdrew the request for the {noun}."
    return Said(Kind.DECIDED, (text,), "request withdrawn")


def _expired(event: Event, finding: Finding) -> Said:
    noun = _verb(event).noun
    text = f"Nobody answered the request for the {noun} in time, so it has expired. Ask again."
    return Said(Kind.EXPIRED, (text,), "request expired")


def _claimed(event: Event, finding: Finding) -> Said:
    return Said(Kind.CARE, (f"{event.who} is on it.",), "somebody is on it")


def _handed_over(event: Event, finding: Finding) -> Said:
    to, why = event.detail.get("to", ""), event.detail.get("reason", "")
    text = f"{event.who} handed this finding over to {to}: {why}"
    return Said(Kind.CARE, (text,), "handed over")


def _snoozed(event: Event, finding: Finding) -> Said:
    until, why = event.detail.get("until", ""), event.detail.get("reason", "")
    return Said(Kind.CARE, (f"{event.who} snoozed it until {until}: {why}",), "snoozed")


def _woke(event: Event, finding: Finding) -> Said:
    return Said(Kind.WOKE, ("The snooze is over, and it waits for a decision again.",), "woke")


def _not_recorded(event: Event, finding: Finding) -> Said:
    text = f"The exception was not recorded: {event.detail.get('why', '')}"
    return Said(Kind.DECIDED, (text,), "exception not recorded")


_DECISIONS = {
    "remediate": _asked,
    "ignore": _asked,
    "agree": _agreed,
    "withdraw": _withdrawn,
    "expire": _expired,
    "claim": _claimed,
    "hand over": _handed_over,
    "snooze": _snoozed,
    "snooze ended": _woke,
    "exception not recorded": _not_recorded,
    "exception not written": _not_recorded,
}


#: The actions that people are told of although the finding's state stays.
TOLD = frozenset(_DECISIONS)


def _verb(event: Event) -> Verb:
    return Verb(event.detail.get("verb", Verb.REMEDIATE.value))


def _still_needed(finding: Finding, verb: Verb) -> int:
    request = finding.request(verb)
    return max(request.needed - len(request.agreed), 0) if request else 0
