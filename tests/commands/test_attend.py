"""I'm on it, hand over, snooze: by buttons, forms and typed words."""

from datetime import timedelta

import pytest

from commands.answers import Done, Refused
from commands.forms import Form, Origin, Submission
from commands.reception import Reception
from compliance.change import ResourceFacts
from compliance.finding import State
from compliance.press import Button, Press
from compliance.prose import plain
from tests.builders import ID, change, member, reroute
from tests.conftest import owner

WHY = "The payments team runs this bucket since May."


@pytest.fixture
def reception(context, reports):
    context.ledger.record([change()])
    return Reception(context, reports, {}, member)


def send(reception, button, actor=None, **entered):
    form = reception.answer(Press(button, ID), actor or member(), ())
    assert isinstance(form, Form), form
    return reception.answer(Submission(form.origin, entered), actor or member(), ())


def finding(context):
    return context.ledger.find(ID)


def test_a_press_says_at_once_who_is_on_it(reception, context):
    answer = reception.answer(Press(Button.CLAIM, ID), member(), ())

    assert isinstance(answer, Done)
    assert finding(context).care.claim.by == "slack:U0HANNAH"
    shown = reception.answer(f"show {ID}", member(), ())
    assert "slack:U0HANNAH is on it since" in plain(shown.card.line)


def test_somebody_else_takes_it_over(reception, context):
    reception.answer(Press(Button.CLAIM, ID), member(), ())
    reception.answer(Press(Button.CLAIM, ID), member("slack:U0HARRY"), ())

    assert finding(context).care.claim.by == "slack:U0HARRY"


@pytest.mark.parametrize("button", [Button.CLAIM, Button.HAND_OVER, Button.SNOOZE])
def test_only_who_may_decide_attends(reception, context, button):
    nobody = member("slack:U0NOBODY")

    assert isinstance(reception.answer(Press(button, ID), nobody, ()), Refused)
    made_up = Submission(Origin(Press(button, ID), context.now()).dump(), {"reason": WHY})
    assert isinstance(reception.answer(made_up, nobody, ()), Refused)
    assert finding(context).version == 1


def test_not_ours_hands_over_with_a_reason_and_buries_nothing(reception, context):
    answer = send(reception, Button.HAND_OVER, team="payments", reason=WHY)

    assert isinstance(answer, Done)
    after = finding(context)
    assert (after.team, after.state) == ("payments", State.OPEN)
    assert WHY in after.note


def test_what_was_handed_over_stays_there_whatever_the_routes_and_the_tags_say(
    reception, context, engine, clock
):
    send(reception, Button.HAND_OVER, team="payments", reason=WHY)

    reroute(engine, clock, owner)
    place = change().key
    named = ResourceFacts(
        place.account, place.region, place.resource_type, place.resource_id, clock(), name="photos"
    )
    context.ledger.record([], [named])

    assert finding(context).team == "payments"


def test_the_security_analysts_can_be_handed_a_finding_and_see_it(reception, context):
    send(reception, Button.HAND_OVER, team="security-analysts", reason=WHY)

    analyst = member("slack:U0SAM", "slack:S0SECURITY")
    assert finding(context).team == "security-analysts"
    assert not isinstance(reception.answer(f"show {ID}", analyst, ()), Refused)
    assert isinstance(reception.answer(f"show {ID}", member(), ()), Refused)
    assert isinstance(reception.answer(Press(Button.CLAIM, ID), analyst, ()), Done)


def test_a_snooze_ends_by_itself_and_the_card_says_until_when(reception, context, clock):
    until = clock().date() + timedelta(days=7)
    send(reception, Button.SNOOZE, until=until.isoformat(), reason="The release is next week.")

    given = finding(context).care.snooze
    assert given.until.date() == until
    shown = reception.answer(f"show {ID}", member(), ())
    assert "Snoozed until 9 November 2026" in plain(shown.card.line)


@pytest.mark.parametrize("days", [0, 31], ids=["today", "too long"])
def test_a_snooze_is_for_some_days_only(reception, context, clock, days):
    until = (clock().date() + timedelta(days=days)).isoformat()
    answer = send(reception, Button.SNOOZE, until=until, reason="The release is next week.")

    assert "until" in answer.problems
    assert finding(context).care.snooze is None


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        (f"claim {ID}", lambda each: each.care.claim.by == "slack:U0HANNAH"),
        (f"hand-over {ID} payments {WHY}", lambda each: each.team == "payments"),
        (f"snooze {ID} 7d Release: next week!", lambda each: each.care.snooze.reason),
    ],
    ids=["claim", "hand over", "snooze"],
)
def test_the_same_is_typed(reception, context, typed, held):
    assert isinstance(reception.answer(typed, member(), ()), Done)
    assert held(finding(context))


def test_a_typed_reason_is_kept_letter_by_letter(reception, context):
    reception.answer(f"snooze {ID} 7d Wait: <b>*release*</b>, see #12!", member(), ())

    assert finding(context).care.snooze.reason == "Wait: <b>*release*</b>, see #12!"


@pytest.mark.parametrize("typed", [f"hand-over {ID}", f"snooze {ID}"])
def test_what_was_not_typed_is_asked_by_a_form(reception, typed):
    assert isinstance(reception.answer(typed, member(), ()), Form)


def test_a_team_that_does_not_exist_is_answered_with_the_nearest(reception, context):
    answer = reception.answer(f"hand-over {ID} payment {WHY}", member(), ())

    assert "Did you mean payments?" in answer.text
    assert finding(context).team == "housing"


def test_each_is_a_decision_in_the_audit_log(reception, reports):
    reception.answer(Press(Button.CLAIM, ID), member(), ())
    send(reception, Button.HAND_OVER, team="payments", reason=WHY)

    actions = {each["action"] for each in reports.history(ID)}
    assert {"claim", "hand over"} <= actions


def test_what_is_resolved_is_nobodys_any_more(reception, context):
    reception.answer(Press(Button.CLAIM, ID), member(), ())
    context.ledger.record([change("COMPLIANT", minute=5)])

    assert finding(context).care.claim is None
