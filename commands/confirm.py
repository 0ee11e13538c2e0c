"""The forms that come before decisions: what a person must know and give first. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from commands.forms import (
    Choice,
    Day,
    Entered,
    Field,
    Form,
    Option,
    Origin,
    Passage,
    Several,
    Text,
    read_fields,
    several,
)
from commands.ignore import REASON_MAX, REASON_MIN, TICKET_MAX, Ignore
from compliance.allowlist import ExceptionClass
from compliance.card import Card
from compliance.facts import given_with
from compliance.group import GroupCard
from compliance.policy import AnyRule
from compliance.press import Button, Press
from compliance.request import Request, Verb

#: The names of an exception's fields.
CLASS, REASON, TICKET, EXPIRES = "exception_class", "reason", "ticket", "expires"
#: The name of the field that leaves findings of a message out of a decision.
LEFT_OUT = "left_out"
#: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element, and enough
#: for anybody: who leaves out more decides about each by itself.
_OPTIONS_MAX = 100
#: How many names a confirmation lists.
_LISTED_MAX = 20

#: Long enough to fix most things, short enough to be looked at again.
_USUAL = timedelta(days=90)
_MEANING = {
    ExceptionClass.ACCEPTED_RISK: "Accepted risk: we know and live with it",
    ExceptionClass.FALSE_POSITIVE: "False positive: the rule does not apply here",
    ExceptionClass.NOT_OURS: "Not ours: another team has to decide",
}
#: The title of each form, and what sends it.
_WORDS = {
    Button.REMEDIATE: ("Remediate", "Remediate"),
    Button.REMEDIATE_ALL: ("Remediate all", "Remediate all"),
    Button.AGREE: ("Agree", "Agree"),
    Button.AGREE_ALL: ("Agree to all", "Agree to all"),
    Button.WITHDRAW: ("Withdraw", "Withdraw"),
    Button.IGNORE: ("Ignore", "Record"),
    Button.IGNORE_ALL: ("Ignore all", "Record all"),
}
_IGNORES = frozenset({Button.IGNORE, Button.IGNORE_ALL})
_THEN = "AWS Config runs the remediation and then evaluates the rule again."
_THEN_EACH = "AWS Config runs each remediation and then evaluates the rule again."
_WITHDRAWN = "The {noun} will not be carried out. Anybody who may decide can ask for it again."


def form_of(
    press: Press,
    subject: Card | GroupCard,
    rule: AnyRule | None,
    now: datetime,
    requests: Sequence[Request] = (),
) -> Form:
    """Return the form that *press* opens about *subject*.

    *requests* are those that would be agreed to or withdrawn.
    """
    title, submit = _WORDS[press.button]
    return Form(
        title=title,
        intro=(*_about(subject), *_consequences(press, subject, rule, requests)),
        fields=(
            *_except_for(subject),
            *(exception_fields(rule, now.date()) if press.button in _IGNORES else ()),
        ),
        submit=submit,
        origin=Origin(press, now).dump(),
    )


def exception_fields(rule: AnyRule | None, today: date) -> tuple[Field, ...]:
    """Return what is asked about an exception, whether of one finding or of many."""
    longest = rule.decision.longest_exception if rule else None
    latest = today + longest if longest is not None else None
    return (
        Choice(
            CLASS,
            "What kind of exception is this?",
            tuple(Option(each.value, _MEANING[each]) for each in ExceptionClass),
            missing="Choose what kind of exception this is.",
        ),
        Text(
            REASON,
            "Why is this acceptable?",
            shortest=REASON_MIN,
            too_short=f"Say why in at least {REASON_MIN} characters: auditors read this.",
            longest=REASON_MAX,
            too_long=f"At most {REASON_MAX} characters; put the rest into the ticket.",
            multiline=True,
            hint=f"At least {REASON_MIN} characters. Auditors and the next reader see this.",
        ),
        Text(
            TICKET,
            "Ticket",
            longest=TICKET_MAX,
            too_long=f"At most {TICKET_MAX} characters: the ticket's number or its address.",
            hint="The number or address where this was agreed, if there is one.",
        ),
        Day(
            EXPIRES,
            "Until the end of",
            earliest=today,
            latest=latest,
            missing="Choose the day on which the exception ends.",
            too_early="Choose a day that is not over yet.",
            too_late=f"An exception from this rule can last until {latest} at most.",
            initial=min(latest, today + _USUAL) if latest else today,
            hint=f"At most {longest.days} days from today." if longest else "The day it ends.",
        ),
    )


def read_exception(rule: AnyRule | None, today: date, entered: Entered) -> Ignore:
    """Return what was entered about an exception; raises FormError with what is wrong."""
    values = read_fields(exception_fields(rule, today), entered)
    expires = values[EXPIRES]
    return Ignore(
        exception_class=str(values[CLASS]),
        reason=str(values[REASON]),
        ticket=str(values[TICKET]),
        expires=expires if isinstance(expires, date) else None,
    )


def left_out(entered: Entered) -> frozenset[str]:
    """Return the ids of the findings of a message that are not decided about."""
    return frozenset(several(entered.get(LEFT_OUT, "")))


def _except_for(subject: Card | GroupCard) -> tuple[Field, ...]:
    if isinstance(subject, Card) or len(subject.rows) < 2:
        return ()
    options = (
        Option(row.finding_id, f"{row.resource} ({row.where})")
        for row in subject.rows[:_OPTIONS_MAX]
    )
    return (Several(LEFT_OUT, "All except", tuple(options), hint="Leave empty for all of them."),)


def _about(subject: Card | GroupCard) -> tuple[Passage, ...]:
    if isinstance(subject, Card):
        return (Passage(subject.headline, copied=(subject.finding_id,)),)
    names = [row.resource for row in subject.rows[:_LISTED_MAX]]
    more = subject.number - len(names)
    listed = "\n".join([*names, *([f"and {more} more"] if more else [])])
    return (Passage(subject.headline), Passage("About these", listed))


def _consequences(
    press: Press, subject: Card | GroupCard, rule: AnyRule | None, requests: Sequence[Request]
) -> tuple[Passage, ...]:
    if press.button in _IGNORES:
        return _others(rule, Verb.EXCEPT)
    if press.button is Button.WITHDRAW:
        return _withdrawn(press, subject, requests)
    if press.verb not in {None, Verb.REMEDIATE}:
        return _given(requests)
    returns = Passage("May come back", subject.source_fix)
    return (
        Passage(facts=subject.preflight),
        *((returns,) if subject.source_fix else ()),
        *(_others(rule, Verb.REMEDIATE) if press.verb is None else ()),
        Passage(text=_THEN if isinstance(subject, Card) else _THEN_EACH),
    )


def _withdrawn(
    press: Press, subject: Card | GroupCard, requests: Sequence[Request]
) -> tuple[Passage, ...]:
    """Say what will not happen, as those read it who asked for it."""
    is_remediation = press.verb in {None, Verb.REMEDIATE}
    lost = (Passage("This will not be done", facts=subject.preflight),)
    words = _WITHDRAWN.format(noun=(press.verb or Verb.REMEDIATE).noun)
    return (*(lost if is_remediation else _given(requests)), Passage(text=words))


def _others(rule: AnyRule | None, verb: Verb) -> tuple[Passage, ...]:
    """Say how many others must agree, where any must."""
    needed = rule.decision.needed(verb) if rule else 0
    words = f"{needed} more must agree before the {verb.noun} begins."
    return (Passage(text=words),) if needed else ()


def _given(requests: Sequence[Request]) -> tuple[Passage, ...]:
    """What the askers gave; many who were asked for at once were given the same."""
    different = dict.fromkeys(given_with(request) for request in requests)
    return tuple(Passage(f"The {requests[0].verb.noun}", facts=facts) for facts in different)
