"""The forms that come before decisions."""

from dataclasses import replace
from datetime import date

import pytest

from commands.confirm import LEFT_OUT, About, form_of, left_out
from commands.exception_fields import (
    EXPIRES,
    exception_fields,
    extension_fields,
    read_exception,
)
from commands.forms import FormError, Origin
from commands.ignore import Ignore, problems
from compliance.card import Button, Fact, FactKind, Press, card_of
from compliance.group import gather
from compliance.press import ASKS, AT_ONCE
from compliance.reasons import REASON_MAX, REASON_MIN
from compliance.request import Verb
from compliance.rules import Severity
from tests.builders import ID, RULE, START, at, entry, finding, request, rule

RULES = {RULE: rule()}
TODAY = START.date()
MANY = gather([finding(resource=f"bucket-{each}") for each in range(12)], RULES, {})
ONE = card_of(finding(), RULES, {})
DETAIL = {"class": "accepted risk", "reason": "Why.", "expires": "2026-12-01"}


def form(button, verb=None, known=None, **about):
    subject = MANY if button.endswith("-all") else ONE
    return form_of(Press(button, ID, verb), subject, About(known or rule(), **about), at(3))


def facts(of):
    return [fact for passage in of.intro for fact in passage.facts]


def text(of):
    return "\n".join(f"{each.heading} {each.text} {each.copied}" for each in of.intro)


@pytest.mark.parametrize(
    ("button", "verb"),
    [
        (Button.REMEDIATE, None),
        (Button.AGREE, Verb.REMEDIATE),
        (Button.REMEDIATE_ALL, None),
        (Button.AGREE_ALL, Verb.REMEDIATE),
    ],
)
def test_who_remediates_and_who_agrees_read_the_same_consequences(button, verb):
    kinds = {fact.kind for fact in facts(form(button, verb))}

    assert {FactKind.CHANGE, FactKind.DOWNTIME, FactKind.WHO_NOTICES, FactKind.REVERSIBLE} <= kinds


def test_who_agrees_to_an_exception_reads_what_was_given_for_it():
    asked = request("pigeon:ann", 1, "except", detail=DETAIL)

    assert facts(form(Button.AGREE, Verb.EXCEPT, requests=[asked])) == [
        Fact(FactKind.EXCEPTION_CLASS, "accepted risk"),
        Fact(FactKind.REASON, "Why."),
        Fact(FactKind.EXPIRES, "2026-12-01"),
    ]


def test_what_was_asked_for_many_at_once_is_shown_once():
    asked = [request("pigeon:ann", 1, "except", detail=DETAIL) for _ in range(12)]

    assert len(facts(form(Button.AGREE_ALL, Verb.EXCEPT, requests=asked))) == 3


@pytest.mark.parametrize("verb", Verb)
def test_who_withdraws_reads_what_will_not_happen(verb):
    assert f"The {verb.noun} will not be carried out." in text(form(Button.WITHDRAW, verb))


@pytest.mark.parametrize("button", [Button.IGNORE, Button.IGNORE_ALL])
def test_who_ignores_is_told_how_many_others_must_agree(button):
    assert "1 more must agree" in text(form(button, known=rule(approvers=1)))
    assert "must agree" not in text(form(button))


def test_a_form_names_what_it_is_about():
    assert f"{ONE.headline}  ('{ID}',)" in text(form(Button.WITHDRAW, Verb.EXCEPT))
    assert "12 findings" in text(form(Button.IGNORE_ALL))
    assert "bucket-0\nbucket-1\n" in text(form(Button.REMEDIATE_ALL))


def test_a_form_about_many_can_leave_some_out():
    [field] = form(Button.REMEDIATE_ALL).fields

    chosen = field.read(f"{MANY.rows[0].finding_id} F-00000 {MANY.rows[3].finding_id}")

    assert left_out({LEFT_OUT: chosen}) == {MANY.rows[0].finding_id, MANY.rows[3].finding_id}
    assert left_out({}) == frozenset()


@pytest.mark.parametrize("button", [Button.REMEDIATE, Button.AGREE, Button.WITHDRAW])
def test_the_danger_is_read_first_whoever_confirms(button):
    grave = replace(rule(), impact=replace(rule().impact, danger="Readers lose access."))
    about = card_of(finding(), {RULE: grave}, {})
    verb = None if button is Button.REMEDIATE else Verb.REMEDIATE

    shown = form_of(Press(button, ID, verb), about, About(grave), at(3))

    assert facts(shown)[0] == Fact(FactKind.DANGER, "Readers lose access.")


def test_whoever_withdraws_an_exception_reads_what_was_given_for_it():
    given = request("U1", 1, "except", detail=DETAIL)

    shown = form(Button.WITHDRAW, Verb.EXCEPT, requests=(given,))

    assert Fact(FactKind.REASON, "Why.") in facts(shown)


def test_a_form_remembers_what_was_pressed_and_when():
    kept = Origin.parse(form(Button.AGREE, Verb.EXCEPT).origin)

    assert kept == Origin(Press(Button.AGREE, ID, Verb.EXCEPT), at(3))


def test_only_an_exception_asks_for_more_than_a_confirmation():
    asking = {
        button
        for button in set(Button) - ASKS - AT_ONCE
        if EXPIRES in {field.name for field in form(button, Verb.EXCEPT, entry=entry()).fields}
    }

    assert asking == {Button.IGNORE, Button.IGNORE_ALL, Button.EXTEND}


@pytest.mark.parametrize(
    ("known", "initial", "latest"),
    [
        (rule(), date(2026, 12, 2), date(2027, 5, 1)),
        (None, date(2026, 12, 2), None),
    ],
    ids=["of the catalogue", "no rule"],
)
def test_an_exception_ends_within_what_the_catalogue_allows(known, initial, latest):
    *_, expires = exception_fields(known, TODAY)

    assert (expires.earliest, expires.initial, expires.latest) == (TODAY, initial, latest)


ENTERED = {
    "exception_class": "accepted risk",
    "reason": "The public website's pictures.",
    "ticket": " SEC-1 ",
    "expires": "2026-12-01",
}


def test_what_was_entered_becomes_an_exception():
    assert read_exception(rule(), TODAY, ENTERED) == Ignore(
        "accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1)
    )


@pytest.mark.parametrize(
    ("name", "entered"),
    [
        ("reason", "x" * (REASON_MIN - 1)),
        ("reason", "x" * (REASON_MAX + 1)),
        ("reason", " " * 30),
        ("reason", "a" * 24),
        ("reason", rule().title),
        ("exception_class", "not ours"),
        ("exception_class", "whatever"),
        ("ticket", "x" * 101),
        ("expires", ""),
        ("expires", "2026-11-01"),
        ("expires", "2027-05-02"),
    ],
)
def test_the_form_and_the_command_refuse_the_same_in_the_same_words(name, entered):
    with pytest.raises(FormError) as raised:
        read_exception(rule(), TODAY, {**ENTERED, name: entered})

    wrong = {**ENTERED, name: entered}
    day = date.fromisoformat(wrong["expires"]) if wrong["expires"] else None
    typed = Ignore(wrong["exception_class"], wrong["reason"], wrong["ticket"], day)
    assert raised.value.problems == problems(typed, rule(), TODAY)


def test_who_extends_reads_when_it_was_first_agreed_and_how_often_it_was_extended():
    known = entry(first_expires=date(2026, 3, 1), renewals=2, first_asked=date(2026, 1, 1))
    shown = form(Button.EXTEND, entry=known)

    assert Fact(FactKind.FIRST_EXPIRES, "2026-03-01") in facts(shown)
    assert Fact(FactKind.RENEWALS, "2") in facts(shown)


@pytest.mark.parametrize(("renewals", "asked"), [(1, False), (2, True), (3, True)])
def test_after_two_renewals_the_reason_is_asked_anew(renewals, asked):
    names = [field.name for field in extension_fields(rule(), entry(renewals=renewals), TODAY)]

    assert ("reason" in names) is asked


def test_an_extension_ends_later_than_the_exception_does_now():
    [end] = extension_fields(rule(), entry(expires=date(2026, 12, 1)), TODAY)

    assert (end.earliest, end.initial) == (date(2026, 12, 2), date(2026, 12, 31))


@pytest.mark.parametrize("button", [Button.IGNORE, Button.EXTEND])
def test_a_critical_findings_exception_says_what_stays_open(button):
    grave = replace(rule(), severity=Severity.CRITICAL)

    assert rule().why in text(form(button, known=grave, entry=entry()))
    assert rule().why not in text(form(button, entry=entry()))


def test_what_reopens_is_shown_before_an_exception_ends():
    reopening = tuple(f"F-{number} bucket" for number in range(12))
    shown = text(form(Button.REVOKE, entry=entry(), reopening=reopening))

    assert "What reopens: 12 findings" in shown
    assert "F-9 bucket\nand 2 more" in shown
