"""What happened to a finding, in one sentence for people: from the audit log's rows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from compliance.ending import is_waited_for, warned_at
from compliance.finding import Finding, State
from compliance.prose import Prose, day
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
    ENDING = "ending"


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
        """The name of who did it; it is not a mention."""
        return str((self.detail.get("person") or {}).get("name") or "Somebody")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and its *short* form where many findings are counted."""

    kind: Kind
    text: Prose
    short: str


def said_of(event: Event, finding: Finding) -> Said | None:
    """Return what is said of *event*, None where it is not news.

    *finding* is as it is now: where it is still in the state that the event led to, its note says
    why.
    """
    if event.action.endswith(" refused"):
        return None
    decided = _DECISIONS.get(event.action)
    if decided is not None:
        return decided(event, finding)
    return _moved(event, finding)


def _moved(event: Event, finding: Finding) -> Said | None:
    if event.from_state in {"", event.to_state, State.COMPLIANT} or event.to_state not in _MOVES:
        return None
    kind, words, short = _MOVES[event.to_state]
    if (event.from_state, event.to_state) == (State.EXCEPTED, State.REOPENED):
        words, short = "Open again.", "open again: the exception is over"
    note = finding.note if finding.state == event.to_state else ""
    if note and kind in _SAYS_IT_ITSELF and event.from_state != State.EXCEPTED:
        words = ""
    return Said(kind, (f"{words} {note}".strip(),), short)


#: What went wrong is in the note of these, which begins with it.
_SAYS_IT_ITSELF = frozenset({Kind.FAILED, Kind.NOT_FIXED, Kind.REOPENED})


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
    text = f"Ask again: the request for the {noun} was not answered in time and has expired."
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
    return Said(Kind.WOKE, ("The snooze is over: the finding waits for a decision again.",), "woke")


def _not_recorded(event: Event, finding: Finding) -> Said:
    noun = event.action.removesuffix(" not recorded")
    text = f"The {noun} was not recorded: {event.detail.get('why', '')}"
    return Said(Kind.DECIDED, (text,), event.action)


def _put_off(event: Event, finding: Finding) -> Said:
    return Said(Kind.DECIDED, (str(event.detail.get("why", "")),), event.action)


def _ending(event: Event, finding: Finding) -> Said | None:
    """Of warnings that were not said in time the last is, and none where somebody has answered."""
    is_last = warned_at(finding) == event.detail.get("days")
    if finding.until is None or not is_last or not is_waited_for(finding):
        return None
    days = -((event.at - finding.until) // timedelta(days=1))
    left = f"in {days} days" if days > 1 else "within a day"
    text = (
        f"Extend the exception or let it end: it ends {left}, at the end of {_last_day(finding)} "
        "(UTC). The finding is open again then."
    )
    return Said(Kind.ENDING, (text,), "the exception is about to end")


def _let_end(event: Event, finding: Finding) -> Said:
    until = f" at the end of {_last_day(finding)}" if finding.until else ""
    text = f"{event.who} lets the exception end{until}. The finding is open again then."
    return Said(Kind.DECIDED, (text,), "the exception is left to end")


def _extension_asked(event: Event, finding: Finding) -> Said:
    needed = _still_needed(finding, Verb.EXTEND)
    if not needed:
        text = f"{event.who} extends the exception."
        return Said(Kind.DECIDED, (text,), "extension decided")
    until = day(date.fromisoformat(event.detail["expires"]))
    text = (
        f"{event.who} asked to extend the exception until the end of {until}. {needed} more must "
        "agree, or it ends as before."
    )
    return Said(Kind.ASKED, (text,), "extension asked for")


def _longer(event: Event, finding: Finding) -> Said | None:
    """What is in force has another end, by the bot's hand or by somebody else's."""
    if event.to_state != State.EXCEPTED or event.from_state != State.EXCEPTED:
        return _moved(event, finding)
    if finding.until is None or "until" not in event.detail:
        return None
    text = f"The exception lasts until the end of {_last_day(finding)}."
    return Said(Kind.EXCEPTED, (text,), "the exception has another end")


def _end_asked(event: Event, finding: Finding) -> Said:
    needed = _still_needed(finding, Verb.REVOKE)
    more = f" {needed} more must agree." if needed else ""
    text = f"{event.who} ends the exception before its time.{more}"
    return Said(Kind.ASKED if needed else Kind.DECIDED, (text,), "end of the exception asked for")


def _ended(event: Event, finding: Finding) -> Said | None:
    if event.to_state != State.EXCEPTED or finding.until is None:
        return _moved(event, finding)
    text = f"That exception has ended. Another one covers it until the end of {_last_day(finding)}."
    return Said(Kind.EXCEPTED, (text,), "another exception covers it")


def _clearing(event: Event, finding: Finding) -> Said:
    needed = _still_needed(finding, Verb.CLEAR)
    more = f" {needed} more must agree." if needed else ""
    text = f"{event.who} has AWS Config's own exception taken away.{more}"
    kind = Kind.ASKED if needed else Kind.DECIDED
    return Said(kind, (text,), "AWS Config's own exception is taken away")


def _at_aws(event: Event, finding: Finding) -> Said | None:
    """What AWS has changed is on the card; that a wish was fulfilled is said."""
    if Verb.CLEAR not in event.detail.get("requests_ended", ()):
        return None
    text = "AWS Config's own exception is gone."
    return Said(Kind.DECIDED, (text,), "AWS Config's own exception is gone")


def _last_day(finding: Finding) -> str:
    """Return the last day of the exception: it ends with it, in UTC."""
    return day(finding.until - timedelta(seconds=1)) if finding.until else ""


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
    "extension not recorded": _not_recorded,
    "revocation not recorded": _not_recorded,
    "exception not written": _put_off,
    "extension not written": _put_off,
    "revocation not written": _put_off,
    "exception proposed": _put_off,
    "extension proposed": _put_off,
    "revocation proposed": _put_off,
    "exception ending": _ending,
    "let it end": _let_end,
    "extend": _extension_asked,
    "extended": _longer,
    "allowlist": _longer,
    "revoke": _end_asked,
    "revoked": _ended,
    "clear": _clearing,
    "aws exception": _at_aws,
}


#: The actions that people are told of although the finding's state stays.
TOLD = frozenset(_DECISIONS)


def _verb(event: Event) -> Verb:
    return Verb(event.detail.get("verb", Verb.REMEDIATE.value))


def _still_needed(finding: Finding, verb: Verb) -> int:
    request = finding.request(verb)
    return max(request.needed - len(request.agreed), 0) if request else 0
