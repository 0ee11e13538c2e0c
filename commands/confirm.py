"""The forms that come before decisions: what a person must know and give first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from commands.exception_fields import exception_fields, extension_fields
from commands.forms import Entered, Field, Form, Option, Origin, Passage, Several, several
from compliance.allowlist import Entry
from compliance.card import Card
from compliance.facts import entry_facts, given_with
from compliance.group import GroupCard, how_many
from compliance.policy import AnyRule
from compliance.press import Button, Press
from compliance.request import Request, Verb
from compliance.rules import Severity

#: The name of the field that leaves findings of a message out of a decision.
LEFT_OUT = "left_out"
#: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element, and enough
#: for anybody: who leaves out more decides about each by itself.
_OPTIONS_MAX = 100
#: How many names a confirmation lists.
_LISTED_MAX = 20

#: The title of each form, and what sends it.
_WORDS = {
    Button.REMEDIATE: ("Remediate", "Remediate"),
    Button.REMEDIATE_ALL: ("Remediate all", "Remediate all"),
    Button.AGREE: ("Agree", "Agree"),
    Button.AGREE_ALL: ("Agree to all", "Agree to all"),
    Button.WITHDRAW: ("Withdraw", "Withdraw"),
    Button.EXTEND: ("Extend the exception", "Extend"),
    Button.REVOKE: ("End the exception", "End it now"),
    Button.LET_END: ("Let it end", "Let it end"),
    Button.CLEAR: ("Clear AWS's exception", "Clear it"),
    Button.IGNORE: ("Ignore", "Record"),
    Button.IGNORE_ALL: ("Ignore all", "Record all"),
    Button.HAND_OVER: ("Hand over", "Hand over"),
    Button.SNOOZE: ("Snooze", "Snooze"),
}
_NOTHING_REOPENS = "Nothing: another exception covers what this one does, or nothing is broken."
#: How many of the findings that reopen are named.
_NAMED = 10
_IGNORES = frozenset({Button.IGNORE, Button.IGNORE_ALL})
_THEN = "AWS Config runs the remediation and then evaluates the rule again."
_THEN_EACH = "AWS Config runs each remediation and then evaluates the rule again."
_LET_END = (
    "The exception ends as agreed, and the finding is open again then. The approvers are not "
    "reminded of the end any more. You can still extend the exception."
)
_CLEARED = (
    "Mend first what made AWS Config's automatic remediation fail: where it is on, it runs again "
    "once AWS Config's own exception for this resource is removed."
)
_WITHDRAWN = "The {noun} will not be carried out. Any approver can ask for it again."


#: What needs no more than that to be understood.
_IN_A_SENTENCE = {
    Button.LET_END: _LET_END,
    Button.CLEAR: _CLEARED,
    Button.HAND_OVER: "The other team gets the card and your reason, and decides. The finding "
    "stays open. It stays with that team, whatever the routes in teams.yaml say.",
    Button.SNOOZE: "The approvers are not reminded until then. The finding stays open, and is "
    "counted as open.",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about, beside the card that it shows.

    *requests* are those that would be agreed to or withdrawn. *scopes* are what a new exception
    can cover, *entry* is the exception in force, and *reopening* what is open again without it.
    *fields* are asked beside those of an exception.
    """

    rule: AnyRule | None = None
    requests: Sequence[Request] = ()
    scopes: tuple[Option, ...] = ()
    entry: Entry | None = None
    reopening: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


def title_of(button: Button) -> str:
    """Return the title of the form that *button* opens."""
    return _WORDS[button][0]


def form_of(press: Press, subject: Card | GroupCard, about: About, now: datetime) -> Form:
    """Return the form that *press* opens about *subject*."""
    title, submit = _WORDS[press.button]
    return Form(
        title=title,
        intro=(*_about(subject), *_consequences(press, subject, about)),
        fields=(*_except_for(subject), *_fields(press.button, about, now.date()), *about.fields),
        submit=submit,
        origin=Origin(press, now).dump(),
    )


def _fields(button: Button, about: About, today: date) -> tuple[Field, ...]:
    if button in _IGNORES:
        return exception_fields(about.rule, today, about.scopes)
    if button is Button.EXTEND and about.entry:
        return extension_fields(about.rule, about.entry, today)
    return ()


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
        # A headline cuts a long name, and people decide about no half of one.
        whole = () if subject.resource in subject.headline else (subject.resource,)
        return (Passage(subject.headline, copied=(subject.finding_id, *whole)),)
    names = [row.resource for row in subject.rows[:_LISTED_MAX]]
    more = subject.number - len(names)
    listed = "\n".join([*names, *([f"and {more} more"] if more else [])])
    return (Passage(subject.headline), Passage("About these", listed))


def _consequences(press: Press, subject: Card | GroupCard, about: About) -> tuple[Passage, ...]:
    match press.button:
        case Button.IGNORE | Button.IGNORE_ALL:
            return (*_stays_open(about.rule), *_others(about.rule, Verb.EXCEPT))
        case Button.EXTEND if about.entry:
            return (
                *_in_force(about.entry),
                *_stays_open(about.rule),
                *_others(about.rule, Verb.EXTEND),
            )
        case Button.REVOKE if about.entry:
            return (*_in_force(about.entry), *_reopening(about.reopening))
        case Button.LET_END | Button.CLEAR | Button.HAND_OVER | Button.SNOOZE:
            return (Passage(text=_IN_A_SENTENCE[press.button]),)
        case Button.WITHDRAW:
            return _withdrawn(press, subject, about.requests)
    if press.verb not in {None, Verb.REMEDIATE}:
        stays = () if press.verb is Verb.REVOKE else _stays_open(about.rule)
        return (*_given(about.requests), *stays)
    returns = Passage("May come back", subject.source_fix)
    return (
        Passage(facts=subject.preflight),
        *((returns,) if subject.source_fix else ()),
        *(_others(about.rule, Verb.REMEDIATE) if press.verb is None else ()),
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


def _stays_open(rule: AnyRule | None) -> tuple[Passage, ...]:
    """Say what a critical finding's exception leaves as it is."""
    if rule is None or rule.severity is not Severity.CRITICAL:
        return ()
    return (Passage("This stays open meanwhile", rule.why),)


def _in_force(entry: Entry) -> tuple[Passage, ...]:
    return (Passage("The exception now", facts=entry_facts(entry)),)


def _reopening(findings: tuple[str, ...]) -> tuple[Passage, ...]:
    if not findings:
        return (Passage("What reopens", _NOTHING_REOPENS),)
    shown = list(findings[:_NAMED])
    if more := len(findings) - len(shown):
        shown.append(f"and {more} more")
    number = how_many(len(findings))
    return (Passage(f"What reopens: {number}", "\n".join(shown)),)


def _others(rule: AnyRule | None, verb: Verb) -> tuple[Passage, ...]:
    """Say how many others must agree, where any must."""
    needed = rule.decision.needed(verb) if rule else 0
    words = f"{needed} more must agree before the {verb.noun} begins."
    return (Passage(text=words),) if needed else ()


def _given(requests: Sequence[Request]) -> tuple[Passage, ...]:
    """What the askers gave; many who were asked for at once were given the same."""
    different = dict.fromkeys(given_with(request) for request in requests)
    return tuple(Passage(f"The {requests[0].verb.noun}", facts=facts) for facts in different)
