"""Deciding about all findings of one message at once, each by the command for a single one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from commands.agree import agree
from commands.answers import Answer, Done, Invalid, Refused
from commands.desk import Desk
from commands.ignore import UNWRITABLE, Ignore, entry_of, may_ignore, problems, record
from commands.remediate import remediate
from compliance.allowlist import UnwritableAllowlistError
from compliance.authority import Actor
from compliance.card import Button
from compliance.finding import Finding
from compliance.group import by_state, decidable, how_many
from ledger.reports import Reports

GONE = (
    "These findings are not in one message any more, or it is just being posted. Nothing was "
    "changed; look at the channel and press again."
)
NONE_LEFT = "None of these findings can be decided about like this now: {states}."


def members(
    reports: Reports, finding_id: str, visible: frozenset[str]
) -> tuple[Finding, ...] | Refused:
    """Return all findings that share a message with this one, if the reader may see them."""
    found = reports.beside(finding_id)
    return found if found and found[0].team in visible else Refused(GONE)


def may_decide_all(
    desk: Desk, reports: Reports, finding_id: str, actor: Actor, button: Button
) -> tuple[Finding, ...] | Refused:
    """Return those that *actor* could decide about by *button* now, before a form is shown."""
    found = _admitted(desk, reports, finding_id, actor, button)
    if isinstance(found, Refused):
        return found
    open_to_it = decidable(found, desk.rule(found[0]), button)
    return open_to_it or Refused(NONE_LEFT.format(states=_states(found)))


def remediate_all(
    desk: Desk, reports: Reports, finding_id: str, actor: Actor, asked_at: datetime
) -> Answer:
    """Ask for the remediation of each that was in the message at *asked_at*."""
    found = _admitted(desk, reports, finding_id, actor, Button.REMEDIATE, asked_at)
    decide = partial(remediate, desk, actor=actor)
    return _decide(desk, found, Button.REMEDIATE, asked_at, decide)


def agree_all(
    desk: Desk, reports: Reports, finding_id: str, actor: Actor, asked_at: datetime
) -> Answer:
    found = _admitted(desk, reports, finding_id, actor, Button.AGREE, asked_at)
    return _decide(desk, found, Button.AGREE, asked_at, partial(agree, desk, actor=actor))


def ignore_all(
    desk: Desk, reports: Reports, finding_id: str, actor: Actor, asked_at: datetime, form: Ignore
) -> Answer:
    """Write an exception for each that was in the message at *asked_at*."""
    found = _admitted(desk, reports, finding_id, actor, Button.IGNORE, asked_at)
    if isinstance(found, Refused):
        return found
    rule = desk.rule(found[0])
    if wrong := problems(form, rule, desk.now().date()):
        return Invalid(wrong)
    admitted = {
        each.id: may_ignore(desk, each.id, actor)
        for each in _chosen(desk, found, Button.IGNORE, asked_at)
    }
    entries = {
        each.id: entry_of(each, actor, form)
        for each in admitted.values()
        if isinstance(each, Finding)
    }
    try:
        # All at once: the whole file is checked each time that it is written.
        desk.allowlist.add(*entries.values())
    except UnwritableAllowlistError as error:
        return Refused(UNWRITABLE.format(why=error))

    def decide(finding_id: str) -> Answer:
        each = admitted[finding_id]
        return each if isinstance(each, Refused) else record(desk, each, actor, entries[each.id])

    return _sum_up(found, {each: decide(each) for each in admitted})


def _decide(
    desk: Desk,
    found: Sequence[Finding] | Refused,
    button: Button,
    asked_at: datetime,
    decide: Callable[[str], Answer],
) -> Answer:
    if isinstance(found, Refused):
        return found
    chosen = _chosen(desk, found, button, asked_at)
    return _sum_up(found, {each.id: decide(each.id) for each in chosen})


def _chosen(
    desk: Desk, found: Sequence[Finding], button: Button, asked_at: datetime
) -> list[Finding]:
    """Return those with *button*, but for what has come into its state after it was asked about."""
    open_to_it = decidable(found, desk.rule(found[0]), button)
    return [each for each in open_to_it if each.changed_at <= asked_at]


def _admitted(
    desk: Desk,
    reports: Reports,
    finding_id: str,
    actor: Actor,
    button: Button,
    until: datetime | None = None,
) -> tuple[Finding, ...] | Refused:
    """Return the message's findings if *actor* may decide about the first: all are one team's.

    What joined the message after *until*, when the form was opened, was not decided about.

    Each is asked about again when it is decided; this leaves one row of a refusal in the audit log
    instead of hundreds.
    """
    found = reports.beside(finding_id, until)
    if not found:
        return Refused(GONE)
    admitted = desk.admit(found[0].id, actor, button.value)
    return admitted if isinstance(admitted, Refused) else found


def _sum_up(found: Sequence[Finding], answers: Mapping[str, Answer]) -> Answer:
    """Say how many were done, and of the others why they were not; *answers* are by finding."""
    told_each = answers.values()
    done = Counter(each.text for each in told_each if isinstance(each, Done))
    refused = Counter(_why(each) for each in told_each if not isinstance(each, Done))
    told = [f"{how_many(number)}: {text}" for text, number in (done + refused).most_common()]
    if left := [each for each in found if each.id not in answers]:
        told.append(f"Left as before: {_states(left)}.")
    answer = Done if done else Refused
    return answer("\n".join(told))


def _why(answer: Answer) -> str:
    match answer:
        case Refused(text):
            return text
        case Invalid(problems):
            return " ".join(problems.values())
    return "Not done."


def _states(findings: Sequence[Finding]) -> str:
    return ", ".join(f"{number} {state}" for state, number in by_state(findings))
