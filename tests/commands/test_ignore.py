"""Agreeing an exception."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from commands.answers import Done, Invalid, Refused
from commands.carry_out import ignore_and_carry_out
from commands.ignore import Ignore, ignore, may_ignore, problems
from commands.remediate import remediate
from compliance import life
from compliance.allowlist import ANY
from compliance.finding import State
from compliance.request import Verb
from tests.builders import ID, PAIRED_RULE, START, change, entry, member, move, rule

FORM = Ignore("accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1))
TODAY = START.date()


def decide(context, finding_id, actor, form):
    """Press Ignore and send the form, as the reception takes it."""
    return ignore_and_carry_out(context, member, finding_id, actor, form)


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


def test_an_exception_is_in_the_file_and_on_the_finding(opened):
    answer = decide(opened, ID, member(), FORM)

    assert answer == Done("Recorded in the allowlist until the end of 1 December 2026.")
    [written] = opened.allowlist.current.entries
    assert written == entry(
        reason=FORM.reason,
        id=written.id,
        created=opened.now(),
        first_asked=opened.now().date(),
        finding=ID,
    )
    assert opened.ledger.find(ID).state is State.EXCEPTED


def test_who_may_not_decide_writes_nothing(opened, reports):
    answer = decide(opened, ID, member("slack:U0NOBODY"), FORM)

    assert "Only the approvers" in answer.text
    assert opened.allowlist.current.entries == ()
    assert reports.history(ID)[-1]["action"] == "ignore refused"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "too short"}, "reason"),
        ({"reason": " " * 30}, "reason"),
        ({"reason": "x" * 801}, "reason"),
        ({"exception_class": ""}, "exception_class"),
        ({"exception_class": "whatever"}, "exception_class"),
        ({"ticket": "x" * 101}, "ticket"),
        ({"expires": None}, "expires"),
        ({"expires": TODAY - timedelta(days=1)}, "expires"),
        ({"expires": TODAY + timedelta(days=181)}, "expires"),
    ],
    ids=["short", "blank", "long", "no class", "odd class", "ticket", "no end", "over", "too far"],
)
def test_a_form_is_refused_field_by_field_and_nothing_is_written(opened, changed, field):
    answer = decide(opened, ID, member(), replace(FORM, **changed))

    assert list(answer.problems) == [field]
    assert opened.allowlist.current.entries == ()


@pytest.mark.parametrize("expires", [TODAY, TODAY + timedelta(days=180)], ids=["today", "last"])
def test_the_first_and_the_last_day_that_are_allowed_are_allowed(expires):
    assert problems(replace(FORM, expires=expires), rule(), TODAY) == {}


def test_a_running_remediation_cannot_be_ignored_and_nothing_is_written(opened):
    remediate(opened, ID, member())
    move(opened.ledger, life.start)

    assert "running already" in decide(opened, ID, member(), FORM).text
    assert opened.allowlist.current.entries == ()


def test_an_allowlist_that_cannot_be_written_is_told_with_what_to_do(opened, tmp_path):
    (tmp_path / "allowlist.yaml").write_text("exceptions: [oops")

    answer = decide(opened, ID, member(), FORM)

    after = opened.ledger.find(ID)
    assert isinstance(answer, Refused)
    assert "the allowlist could not be written" in answer.text
    assert after.state is State.APPROVAL_PENDING
    assert after.request(Verb.EXCEPT).hindrance == answer.text
    assert after.request(Verb.EXCEPT).actor == "slack:U0HANNAH"


def test_a_finding_that_started_while_the_file_was_written_is_told_as_running(opened):
    class Slow:
        """The remediation is started while the exception is being written."""

        def __init__(self, file):
            self.current, self._file = file.current, file

        def add(self, entries, author, reason):
            self._file.add(entries, author, reason)
            move(opened.ledger, life.ask, actor="slack:U0HARRY", needed=0)
            move(opened.ledger, life.start)

    answer = decide(replace(opened, allowlist=Slow(opened.allowlist)), ID, member(), FORM)

    assert "Recorded in the allowlist" in answer.text
    assert "A remediation had already started; it continues." in answer.text


def test_a_second_exception_is_refused_with_the_first_ones_author_and_writes_nothing(opened):
    decide(opened, ID, member(), FORM)

    answer = decide(opened, ID, member("slack:U0HARRY"), replace(FORM, expires=TODAY))

    assert answer.text == "The finding is excepted. Nothing was changed by this press."
    assert answer.decided_by == ("slack:U0HANNAH",)
    assert len(opened.allowlist.current.entries) == 1


def test_a_resource_called_star_is_not_taken_for_all_resources(context):
    context.ledger.record([change(resource=ANY)])
    [finding] = context.ledger.each([State.OPEN])

    assert isinstance(ignore(context, finding.id, member(), FORM), Refused)
    assert context.allowlist.current.entries == ()


def test_whether_one_may_ignore_is_told_before_the_form(opened):
    assert may_ignore(opened, ID, member()) == opened.ledger.find(ID)
    assert isinstance(may_ignore(opened, ID, member("slack:U0NOBODY")), Refused)

    remediate(opened, ID, member())
    move(opened.ledger, life.start)

    assert "running already" in may_ignore(opened, ID, member()).text
    assert opened.allowlist.current.entries == ()


@pytest.fixture
def asked(context):
    """Hannah has asked for a remediation that one other person has to agree to."""
    context.ledger.record([change(rule=PAIRED_RULE)])
    [finding] = context.ledger.each([State.OPEN])
    remediate(context, finding.id, member("slack:U0HANNAH"))
    return finding.id


def test_who_waits_for_a_second_person_cannot_do_without_by_an_exception(context, asked):
    answer = ignore(context, asked, member(), FORM)

    assert answer == Done("Asked. 1 more must agree before the exception begins.")
    assert context.ledger.find(asked).state is State.APPROVAL_PENDING
    assert context.allowlist.current.entries == ()


def test_an_exception_is_asked_for_once(context, asked):
    ignore(context, asked, member(), FORM)

    again = [
        ignore(context, asked, member("slack:U0HARRY"), FORM),
        may_ignore(context, asked, member("slack:U0HARRY")),
    ]

    assert all("The exception was asked for already" in answer.text for answer in again)


def test_an_exception_from_a_rule_outside_the_catalogue_is_asked_for_with_a_second_person(opened):
    without = replace(opened, catalogue={})

    answer = ignore(without, ID, member(), FORM)

    assert answer == Done("Asked. 1 more must agree before the exception begins.")


def test_an_exception_from_a_rule_outside_the_catalogue_lasts_a_quarter_at_most(opened, clock):
    without = replace(opened, catalogue={})
    too_long = replace(FORM, expires=clock().date() + timedelta(days=91))

    answer = ignore(without, ID, member(), too_long)

    assert isinstance(answer, Invalid)
    assert list(answer.problems) == ["expires"]


def test_the_headline_of_the_card_is_no_reason(opened):
    finding = opened.ledger.find(ID)
    headline = f"{finding.key.resource_id.upper()} {opened.rule(finding).wrong}!"

    answer = ignore(opened, ID, member(), replace(FORM, reason=headline))

    assert "only repeats what the rule says" in answer.problems["reason"]
