"""What is asked about an exception, and what was entered about one. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from commands.extend import Extension, extension_problems, needs_reason
from commands.forms import Choice, Day, Entered, Field, FormError, Option, Text, read_fields
from commands.ignore import (
    CONTROL_MAX,
    TICKET_MAX,
    Ignore,
    choose_class,
    classes_of,
    problems,
)
from compliance.allowlist import Entry, ExceptionClass
from compliance.policy import AnyRule
from compliance.reasons import REASON_MAX, REASON_MIN, TOO_LONG, TOO_SHORT

#: The names of the fields.
CLASS, REASON, TICKET, EXPIRES = "exception_class", "reason", "ticket", "expires"
CONTROL, SCOPE = "control", "scope"

#: Long enough to fix most things, short enough to be looked at again.
_USUAL = timedelta(days=30)
_MEANING = {
    ExceptionClass.ACCEPTED_RISK: "Accepted risk: we know and live with it",
    ExceptionClass.FALSE_POSITIVE: "False positive: the rule does not apply here",
}


def exception_fields(
    rule: AnyRule | None, today: date, scopes: tuple[Option, ...] = ()
) -> tuple[Field, ...]:
    """Return what is asked about an exception, whether of one finding or of many."""
    return (
        Choice(
            CLASS,
            "What kind of exception is this?",
            tuple(
                Option(each.value, _MEANING[each]) for each in classes_of(rule) if each in _MEANING
            ),
            missing=choose_class(rule),
        ),
        _reason("Why is this acceptable?"),
        Text(
            CONTROL,
            "What protects it instead?",
            longest=CONTROL_MAX,
            too_long=f"At most {CONTROL_MAX} characters; put the rest into the ticket.",
            hint="Another control that limits the damage, if there is one.",
        ),
        _ticket(is_required=rule is not None and rule.decision.ticket_required),
        _end(rule, today, today, today + _USUAL),
        *((_scope(scopes),) if scopes else ()),
    )


def extension_fields(rule: AnyRule | None, entry: Entry, today: date) -> tuple[Field, ...]:
    """Return what is asked about a later end of *entry*."""
    ends = min(max(entry.expires, today), date.max - _USUAL)
    reason = _reason("Why is it still acceptable?") if needs_reason(entry) else None
    end = _end(rule, today, ends + timedelta(days=1), ends + _USUAL)
    return (end, *((reason,) if reason else ()))


def _reason(label: str) -> Text:
    return Text(
        REASON,
        label,
        shortest=REASON_MIN,
        too_short=TOO_SHORT,
        longest=REASON_MAX,
        too_long=TOO_LONG,
        multiline=True,
        hint=f"At least {REASON_MIN} characters. Auditors and the next reader see this.",
    )


def _ticket(*, is_required: bool) -> Text:
    return Text(
        TICKET,
        "Ticket",
        shortest=int(is_required),
        too_short="This rule's exceptions need a ticket: its number or its address.",
        longest=TICKET_MAX,
        too_long=f"At most {TICKET_MAX} characters: the ticket's number or its address.",
        hint="The number or address where this was agreed"
        + ("." if is_required else ", if there is one."),
    )


def _end(rule: AnyRule | None, today: date, earliest: date, usual: date) -> Day:
    longest = rule.decision.longest_exception if rule else None
    latest = today + longest if longest is not None else None
    return Day(
        EXPIRES,
        "Until the end of",
        earliest=earliest,
        latest=latest,
        missing="Choose the day on which the exception ends.",
        too_early="Choose a day that is not over yet."
        if earliest == today
        else f"Choose a day after {earliest - timedelta(days=1)}, when it ends now.",
        too_late=f"An exception from this rule can last until {latest} at most.",
        initial=min(latest, usual) if latest else usual,
        hint=f"At most {longest.days} days from today." if longest else "The day it ends.",
    )


def _scope(scopes: tuple[Option, ...]) -> Choice:
    return Choice(
        SCOPE,
        "Cover more than this resource?",
        scopes,
        missing="Choose one of these, or none for this resource alone.",
        hint="Leave it empty for this resource alone.",
        required=False,
    )


def read_exception(
    rule: AnyRule | None,
    today: date,
    entered: Entered,
    scopes: tuple[Option, ...] = (),
    names: Iterable[str] = (),
) -> Ignore:
    """Return what was entered about an exception; raises FormError with what is wrong.

    *names* are those of the resource.
    """
    values = read_fields(exception_fields(rule, today, scopes), entered)
    expires = values[EXPIRES]
    asked = Ignore(
        exception_class=str(values[CLASS]),
        reason=str(values[REASON]),
        ticket=str(values[TICKET]),
        expires=expires if isinstance(expires, date) else None,
        control=str(values[CONTROL]),
        scope=str(values.get(SCOPE) or ""),
    )
    if wrong := problems(asked, rule, today, names):
        raise FormError(wrong)
    return asked


def read_extension(rule: AnyRule | None, entry: Entry, today: date, entered: Entered) -> Extension:
    """Return what was entered about a later end; raises FormError with what is wrong."""
    values = read_fields(extension_fields(rule, entry, today), entered)
    expires = values[EXPIRES]
    end = expires if isinstance(expires, date) else None
    asked = Extension(expires=end, reason=str(values.get(REASON) or ""))
    if wrong := extension_problems(asked, entry, rule, today):
        raise FormError(wrong)
    return asked
