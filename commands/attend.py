"""I'm on it, hand over, snooze: what people decide about a finding besides its fate."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from commands.answers import Answer, Done, Invalid, Refused
from commands.context import Context, seen, too_late
from commands.forms import (
    Choice,
    Day,
    Entered,
    Field,
    FormError,
    Option,
    Origin,
    Text,
    read_fields,
)
from commands.grammar import Question, nearest
from compliance import attention
from compliance.attention import LONGEST_SNOOZE
from compliance.authority import Actor
from compliance.care import Snooze
from compliance.finding import Finding, IllegalMoveError
from compliance.press import Button
from compliance.text import clean
from ledger.errors import UnknownFindingError

#: The names of the fields.
TEAM, REASON, UNTIL = "team", "reason", "until"
#: Shorter than an exception's: it says where to go on reading, and nothing is buried by it.
REASON_MIN, REASON_MAX = 10, 500
#: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: as many options
#: as a menu has; who has more teams types a name.
_OPTIONS_MAX = 100
_USUAL = timedelta(days=7)
_DAYS = re.compile(r"(\d{1,3})\s*d(?:ays?)?", re.ASCII)
ON_IT_ALREADY = "You are on it already. The card says so."
SAME_TEAM = "Team {team} has this finding already. Nothing was changed."
ONLY_TEAM = "teams.yaml has only one team, so this finding cannot be handed over."
NO_TEAM = "{team!r} is not a team in teams.yaml.{near} Nothing was changed."
_NOTE = "{who} of team {team} handed it over: {reason}"


#: What is decided here.
ATTENDS = frozenset({Button.CLAIM, Button.HAND_OVER, Button.SNOOZE})


def may_attend(
    context: Context, button: Button, finding_id: str, actor: Actor
) -> Finding | Refused:
    """Return the finding if *actor* may claim it, hand it over or snooze it now."""
    finding = context.admit(finding_id, actor, button.value)
    if isinstance(finding, Refused):
        return finding
    if button is Button.HAND_OVER and len(context.teams.names) == 1:
        return Refused(ONLY_TEAM)
    now = context.now()
    tried: dict[Button, Callable[[Finding], Finding]] = {
        Button.CLAIM: partial(attention.claim, actor=actor.id, now=now),
        Button.HAND_OVER: partial(attention.hand_over, team=finding.team, note=""),
        Button.SNOOZE: partial(attention.snooze, given=Snooze(actor.id, now, now, "")),
    }
    try:
        tried[button](finding)
    except IllegalMoveError as error:
        return too_late(error)
    return finding


def claim(context: Context, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor* is on it."""
    finding = may_attend(context, Button.CLAIM, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    if finding.care.claim and finding.care.claim.by == actor.id:
        return Done(ON_IT_ALREADY)
    step = partial(attention.claim, actor=actor.id, now=context.now())
    return _decided(context, finding, step, actor, "claim", {}) or Done(
        "You are on it. The card says so, and the approvers are not reminded meanwhile."
    )


def hand_over(context: Context, finding_id: str, actor: Actor, team: str, reason: str) -> Answer:
    """Give the finding to another team, which has it from now on whatever the routes say."""
    finding = may_attend(context, Button.HAND_OVER, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    if team not in context.teams.names:
        return Refused(NO_TEAM.format(team=team, near=nearest(team, context.teams.names)))
    if team == finding.team:
        return Refused(SAME_TEAM.format(team=team))
    if problem := _reason_problem(reason):
        return Refused(problem)
    given = {"from": finding.team, "to": team, "reason": reason}
    note = _NOTE.format(who=actor.name or "Somebody", team=finding.team, reason=reason)
    step = partial(attention.hand_over, team=team, note=note)
    return _decided(context, finding, step, actor, "hand over", given) or Done(
        f"Handed over. Team {team} gets the card, and your reason with it."
    )


def snooze(context: Context, finding_id: str, actor: Actor, until: date, reason: str) -> Answer:
    """Pause the finding's reminders until the morning of that day."""
    finding = may_attend(context, Button.SNOOZE, finding_id, actor)
    if isinstance(finding, Refused):
        return finding
    today = context.now().date()
    if not today < until <= today + LONGEST_SNOOZE:
        return Refused(f"Choose a day after today, at most {LONGEST_SNOOZE.days} days from now.")
    if problem := _reason_problem(reason):
        return Refused(problem)
    hours = context.patience.hours
    ends = hours.next(datetime.combine(until, time(), hours.zone))
    given = Snooze(actor.id, context.now(), ends, reason)
    detail = {"until": until.isoformat(), "reason": reason}
    step = partial(attention.snooze, given=given)
    return _decided(context, finding, step, actor, "snooze", detail) or Done(
        f"Snoozed until {until.isoformat()}. Then its approvers are called again."
    )


def fields_of(context: Context, button: Button, finding: Finding) -> tuple[Field, ...]:
    """Return what is asked before *button* is decided."""
    if button is Button.HAND_OVER:
        return _whose(context, finding), _why("Why is it theirs?")
    if button is Button.SNOOZE:
        return _until(context), _why("Why can it wait?")
    return ()


@dataclass(frozen=True, slots=True)
class Attending:
    """The forms and the typed words of these decisions, as the reception hands them on."""

    context: Context

    def by_words(self, button: Button, question: Question, actor: Actor) -> Answer | None:
        """Decide by what was typed; None where it is no such decision, or a form asks the rest."""
        if button not in ATTENDS:
            return None
        return attend_by_words(self.context, button, question.finding_id, actor, question.more)

    def check(self, origin: Origin, entered: Entered) -> None:
        """Raise FormError with what is wrong; a finding that is unknown is answered later."""
        press = origin.press
        try:
            finding = self.context.ledger.find(press.finding_id)
        except UnknownFindingError:
            return
        read_fields(fields_of(self.context, press.button, finding), entered)

    def decide(self, origin: Origin, entered: Entered, actor: Actor) -> Answer:
        press = origin.press
        finding = may_attend(self.context, press.button, press.finding_id, actor)
        if isinstance(finding, Refused):
            return finding
        try:
            return attend(self.context, press.button, finding, actor, entered)
        except FormError as error:
            return Invalid(error.problems)


def attend(
    context: Context, button: Button, finding: Finding, actor: Actor, entered: Entered
) -> Answer:
    """Decide by a form; raises FormError with what is wrong with it."""
    values = read_fields(fields_of(context, button, finding), entered)
    reason = clean(str(values.get(REASON, ""))).strip()
    if button is Button.HAND_OVER:
        return hand_over(context, finding.id, actor, str(values[TEAM]), reason)
    if button is Button.SNOOZE and isinstance(until := values[UNTIL], date):
        return snooze(context, finding.id, actor, until, reason)
    return claim(context, finding.id, actor)


def attend_by_words(
    context: Context, button: Button, finding_id: str, actor: Actor, said: str
) -> Answer | None:
    """Decide by what was typed behind the finding's id; None where a form has to ask the rest."""
    first, _, reason = said.strip().partition(" ")
    reason = clean(reason).strip()
    if button is Button.CLAIM:
        return claim(context, finding_id, actor)
    if not first or not reason:
        return None
    if button is Button.HAND_OVER:
        return hand_over(context, finding_id, actor, first.lower(), reason)
    days = _DAYS.fullmatch(first)
    if days is None:
        return Refused("Write for how many days: snooze F-3K7Q2 7d and then why it can wait.")
    until = context.now().date() + timedelta(days=int(days[1]))
    return snooze(context, finding_id, actor, until, reason)


def _decided(
    context: Context,
    finding: Finding,
    step: Callable[[Finding], Finding],
    actor: Actor,
    action: str,
    given: dict[str, str],
) -> Refused | None:
    """Apply *step*, with its row in the audit log; return why not, None where it was done."""
    try:
        context.ledger.move(
            finding.id, step, actor=actor.id, action=action, decision=given, detail=seen(actor)
        )
    except IllegalMoveError as error:
        return too_late(error)
    return None


def _whose(context: Context, finding: Finding) -> Field:
    others = sorted(context.teams.names - {finding.team})
    if len(others) > _OPTIONS_MAX:
        return Text(
            TEAM,
            "Which team?",
            longest=64,
            too_long="A team's name is shorter.",
            shortest=1,
            too_short="Name the team that has to decide.",
            hint="The team's name in teams.yaml.",
        )
    options = tuple(Option(each, each) for each in others)
    return Choice(TEAM, "Which team?", options, missing="Choose the team that has to decide.")


def _until(context: Context) -> Day:
    today = context.now().date()
    return Day(
        UNTIL,
        "Until the morning of",
        earliest=today + timedelta(days=1),
        latest=today + LONGEST_SNOOZE,
        missing="Choose the day on which its approvers are called again.",
        too_early="Choose a day after today.",
        too_late=f"At most {LONGEST_SNOOZE.days} days: what can wait longer is an exception.",
        initial=today + _USUAL,
        hint=f"At most {LONGEST_SNOOZE.days} days. The finding stays open.",
    )


def _why(label: str) -> Text:
    return Text(
        REASON,
        label,
        shortest=REASON_MIN,
        too_short=f"Say why in at least {REASON_MIN} characters: the next reader needs it.",
        longest=REASON_MAX,
        too_long=f"At most {REASON_MAX} characters.",
        multiline=True,
    )


def _reason_problem(reason: str) -> str:
    if len(reason) < REASON_MIN:
        return f"Say why in at least {REASON_MIN} characters. Nothing was changed."
    return "" if len(reason) <= REASON_MAX else f"Say why in at most {REASON_MAX} characters."
