"""Ignore: an exception for one resource, with a reason and an end, in the allowlist."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from commands.answers import Answer, Done, Invalid, Refused
from commands.desk import Desk, too_late
from compliance.allowlist import ANY, Entry, ExceptionClass, UnwritableAllowlistError
from compliance.authority import Actor, Verdict, may_except
from compliance.enforcement import enforce, excepted
from compliance.finding import Finding, IllegalMoveError, State
from compliance.request import Verb
from compliance.rules import Rule
from ledger.store import Decision

UNWRITABLE = (
    "The exception could not be written into the allowlist, so nothing was changed: {why}. "
    "Tell a platform engineer, and try again when the file is mended."
)

STAR = "This resource's id is *, which in the allowlist means all resources. Nothing was changed."

UNLISTED = (
    "This rule is not in the catalogue any more, so it has no exceptions. Nothing was changed."
)

#: The shortest reason that can tell the next reader anything (DESIGN §5).
REASON_MIN = 20
#: AWS takes 1,024 characters for an exception's message, and ours holds more than the reason.
REASON_MAX = 800
#: A number or an address.
TICKET_MAX = 100


@dataclass(frozen=True, slots=True)
class Ignore:
    """What the form asks for; *expires* is None where no date was chosen."""

    exception_class: str
    reason: str
    ticket: str
    expires: date | None


def ignore(desk: Desk, finding_id: str, actor: Actor, form: Ignore) -> Answer:
    """Write the exception into the allowlist, then move the finding.

    The file is written first because it is what is enforced: if the process dies in between,
    the next look at the allowlist moves the finding.
    """
    finding = _admit(desk, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    rule = desk.rule(finding)
    if found := problems(form, rule, desk.now().date()):
        return Invalid(found)
    return record(desk, finding, actor, entry_of(finding, actor, form))


def record(desk: Desk, finding: Finding, actor: Actor, entry: Entry) -> Answer:
    """Write *entry*, which *actor* may, and move the finding, if no other thread has by now."""
    try:
        excepted(finding, entry, desk.now())
        desk.allowlist.add(entry)
        entries = (entry, *desk.allowlist.entries())
        move = partial(enforce, entries=entries, now=desk.now())
        after = desk.ledger.move(
            finding.id,
            move,
            actor=actor.id,
            action="ignore",
            decision=Decision("ignore", actor.id, _told(entry)),
        )
    except UnwritableAllowlistError as error:
        return Refused(UNWRITABLE.format(why=error))
    except IllegalMoveError as error:
        return too_late(error)
    recorded = (
        f"Recorded in the allowlist until the end of {entry.expires.day} {entry.expires:%B %Y}."
    )
    if after.state is not State.EXCEPTED:
        return Done(f"{recorded} The finding is {after.state} meanwhile, which was not stopped.")
    return Done(recorded)


def may_ignore(desk: Desk, finding_id: str, actor: Actor) -> Finding | Refused:
    """Say before the form is shown whether it could be sent at all."""
    finding = _admit(desk, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    probe = Entry(
        rule=finding.key.rule,
        account=finding.key.account,
        region=finding.key.region,
        resource=finding.key.resource_id,
        exception_class=ExceptionClass.ACCEPTED_RISK,
        reason="",
        asked_by=actor.id,
        ticket="",
        expires=desk.now().date(),
    )
    try:
        excepted(finding, probe, desk.now())
    except IllegalMoveError as error:
        return too_late(error)
    return finding


def _admit(desk: Desk, finding_id: str, actor: Actor) -> Finding | Refused:
    """Return the finding if *actor* may agree an exception that the allowlist can hold."""

    def verdict(actor: Actor, finding: Finding) -> Verdict:
        asked = finding.request(Verb.REMEDIATE) or finding.decided
        asker = asked.actor if asked and asked.needed else ""
        return may_except(actor, asker, desk.team(finding), desk.teams)

    finding = desk.admit(finding_id, actor, "ignore", verdict)
    if isinstance(finding, Refused):
        return finding
    if finding.state is State.EXCEPTED:
        # The allowlist would hold two ends and two reasons for one resource.
        return too_late(IllegalMoveError(finding, "ignore"))
    if finding.key.resource_id == ANY:
        return Refused(STAR)
    return finding if desk.rule(finding) else Refused(UNLISTED)


def problems(form: Ignore, rule: Rule | None, today: date) -> dict[str, str]:
    """Return what is wrong with *form*, by field; empty when it can be recorded."""
    found = {}
    reason = form.reason.strip()
    if len(reason) < REASON_MIN:
        found["reason"] = f"Say why in at least {REASON_MIN} characters: auditors read this."
    elif len(reason) > REASON_MAX:
        found["reason"] = f"At most {REASON_MAX} characters; put the rest into the ticket."
    if form.exception_class not in set(ExceptionClass):
        found["exception_class"] = "Choose what kind of exception this is."
    if len(form.ticket) > TICKET_MAX:
        found["ticket"] = f"At most {TICKET_MAX} characters: the ticket's number or its address."
    if form.expires is None:
        found["expires"] = "Choose the day on which the exception ends."
    elif form.expires < today:
        found["expires"] = "Choose a day that is not over yet."
    elif rule and form.expires > today + rule.decision.longest_exception:
        last = today + rule.decision.longest_exception
        found["expires"] = f"The catalogue allows exceptions from this rule until {last} at most."
    return found


def entry_of(finding: Finding, actor: Actor, form: Ignore) -> Entry:
    if form.expires is None:
        raise ValueError("an exception needs an end")
    return Entry(
        rule=finding.key.rule,
        account=finding.key.account,
        region=finding.key.region,
        resource=finding.key.resource_id,
        exception_class=ExceptionClass(form.exception_class),
        reason=form.reason.strip(),
        asked_by=actor.id,
        ticket=form.ticket.strip(),
        expires=form.expires,
    )


def _told(entry: Entry) -> dict[str, str]:
    return {
        "class": entry.exception_class.value,
        "reason": entry.reason,
        "ticket": entry.ticket,
        "expires": str(entry.expires),
    }
