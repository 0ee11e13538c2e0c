"""The reception: who sees what, and what is never answered."""

from pathlib import Path

import pytest

from commands.answers import Invalid, Refused
from commands.forms import Form, Origin, Submission
from commands.grammar import AND_MORE, ONE, VERBS, WORDS
from commands.questions import DIGEST_ELSEWHERE
from commands.reception import UNAVAILABLE, Reception
from compliance.authority import Actor, Standing
from compliance.card import Button, Press
from compliance.channel import Channel
from compliance.finding import State
from compliance.press import ASKS, AT_ONCE
from compliance.request import Verb
from tests.builders import ID, at, change, member, rule

HOUSING = frozenset({Channel("slack", "C0HOUSING")})
TDA = frozenset({Channel("slack", "C0TDA")})
NOBODY = member("slack:U0NOBODY")


@pytest.fixture
def reception(context, reports):
    context.ledger.record([change()])
    return Reception(context, reports, {}, member)


def typed(verb):
    after = VERBS[verb][0]
    return (
        f"{verb} {ID if after in (ONE, AND_MORE) else 'photos' if after == WORDS else ''}".strip()
    )


def submission(button, verb=None, **entered):
    return Submission(Origin(Press(button, ID, verb), at(0)).dump(), entered)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_answered(reception, verb):
    answer = reception.answer(typed(verb), member(), HOUSING)

    assert not isinstance(answer, Refused) or verb in {"digest", "extend", "revoke"}


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"help", "rules"}))
def test_while_the_ledger_cannot_be_read_a_sentence_says_so(reception, without_ledger, verb):
    without_ledger()

    answer = reception.answer(typed(verb), member(), HOUSING)

    assert answer in (Refused(UNAVAILABLE), Refused(DIGEST_ELSEWHERE))


def test_a_form_stays_open_while_the_ledger_cannot_be_read(reception, without_ledger):
    without_ledger()

    problems = reception.check(submission(Button.IGNORE, reason="Known.")).problems

    assert problems == {"expires": UNAVAILABLE}


@pytest.fixture
def without_ledger(engine):
    """Another program has written over the ledger's file."""

    def write():
        engine.dispose()
        Path(engine.url.database).write_bytes(b"no database" * 1000)

    return write


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.MEMBER}))
@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"help"}))
def test_whoever_is_not_a_member_is_told_nothing(reception, verb, standing):
    guest = Actor("slack:U0HANNAH", standing=standing, groups=frozenset({"slack:S0SECURITY"}))

    assert isinstance(reception.answer(typed(verb), guest, HOUSING), Refused)


@pytest.mark.parametrize("button", Button)
def test_whoever_may_not_decide_gets_no_form(reception, button):
    verb = Verb.REMEDIATE if button in {Button.AGREE, Button.WITHDRAW, Button.AGREE_ALL} else None

    assert isinstance(reception.answer(Press(button, ID, verb), NOBODY, ()), Refused)


@pytest.mark.parametrize("button", sorted(set(Button) - ASKS - AT_ONCE))
@pytest.mark.parametrize("actor", [NOBODY, Actor("slack:U0HANNAH")], ids=["nobody", "unknown"])
def test_a_form_that_somebody_made_up_decides_nothing(reception, context, button, actor):
    entered = {
        "exception_class": "accepted risk",
        "reason": "The public website's pictures.",
        "expires": "2026-12-01",
    }

    answer = reception.answer(submission(button, Verb.REMEDIATE, **entered), actor, ())

    assert isinstance(answer, Refused)
    assert context.ledger.find(ID).state is State.OPEN


def test_the_digest_is_for_those_who_see_every_team(reception):
    assert isinstance(reception.answer("digest", NOBODY, HOUSING), Refused)
    assert reception.answer("digest", NOBODY, TDA).unresolved == 1


def test_a_press_shows_a_form_and_changes_nothing(reception, context):
    before = context.ledger.find(ID)

    answer = reception.answer(Press(Button.REMEDIATE, ID), member(), HOUSING)

    assert isinstance(answer, Form)
    assert context.ledger.find(ID) == before


def test_what_was_entered_is_checked_before_anything_is_decided(reception, context):
    bad = submission(Button.IGNORE, reason="short")

    assert set(reception.check(bad).problems) == {"exception_class", "reason", "expires"}
    assert reception.answer(bad, member(), ()) == Invalid(reception.check(bad).problems)
    assert reception.check(submission(Button.REMEDIATE)) is None
    assert context.ledger.find(ID).state is State.OPEN


def test_a_form_about_a_finding_that_is_not_there_says_so(reception):
    gone = Submission(
        Origin(Press(Button.REMEDIATE, "F-00000"), at(0)).dump(),
        {},
    )

    assert "F-00000 is not a finding" in reception.answer(gone, member(), ()).text


@pytest.mark.parametrize("origin", ["", "[]", Origin(Press(Button.LIST, ID), at(0)).dump()])
def test_what_no_form_of_ours_can_be_is_an_error(reception, origin):
    with pytest.raises(ValueError, match=r".+"):
        reception.answer(Submission(origin, {}), member(), ())


def test_own_open_work_is_nothing_for_those_who_decide_for_no_team(reception):
    assert reception.home(NOBODY).teams == ()
    [work] = reception.home(member()).work
    assert [line.id for line, _ in work.lines] == [ID]


def test_a_confirmation_shows_todays_rule(reception):
    form = reception.answer(Press(Button.REMEDIATE, ID), member(), ())

    assert rule().impact.change in [fact.text for each in form.intro for fact in each.facts]
