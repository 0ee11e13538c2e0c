"""What the bot says in plain words."""

from dataclasses import replace

import pytest

from commands.answers import (
    Digest,
    Done,
    Explained,
    Invalid,
    Listing,
    OpenWork,
    Refused,
    Shown,
    StatusReport,
    Table,
    Work,
)
from commands.confirm import About, form_of
from commands.view import line_of
from compliance import life
from compliance.card import Button, Departed, Press, card_of
from compliance.finding import State
from compliance.group import gather
from compliance.prose import plain
from compliance.request import Verb
from compliance.stage import Stage
from compliance.state_line import asked
from notifiers import words
from tests.builders import ID, RULE, at, finding, request, rule

RULES = {RULE: rule()}


def said(answer):
    return plain(words.answer(answer))


def card_in_words(of=None):
    return plain(words.card(card(of)))


def card(of=None):
    return card_of(of or finding(), RULES, {})


def table(rows=2):
    return Table("Title", ("Name", "Open"), tuple((f"r{n}", str(n)) for n in range(rows)), "In")


def test_a_card_says_what_where_and_how_it_stands():
    told = card_in_words()

    for expected in ("High · repairs-photos can be read by anybody", ID, "eu-west-2", "Open since"):
        assert expected in told


def test_a_card_names_who_asked_and_who_decided():
    waiting = life.ask(finding(), request("pigeon:ann", 1), at(1))
    decided = life.agree(waiting, Verb.REMEDIATE, "pigeon:ben", at(2))

    assert "pigeon:ann asked for the remediation, 0 of 1 agreed." in card_in_words(waiting)
    assert card_in_words(decided).endswith("Decided by pigeon:ann, pigeon:ben.")


def test_what_needs_nobody_else_counts_nobody():
    told = plain(asked(request("pigeon:ann", 0, "revoke")))

    assert told == "pigeon:ann asked for the end of the exception."


def test_a_groups_card_counts_and_names():
    many = tuple(finding(resource=f"bucket-{each}") for each in range(12))

    told = plain(words.content(gather(many, RULES, {})))

    assert told.startswith(f"{rule().title}: 12 findings, high severity. Status: 12 open.")
    assert "12 in 111122223333" in told
    assert f"{many[0].id} bucket-0" in told


def test_a_message_whose_findings_are_another_teams_says_that_alone():
    assert words.content(Departed()) == ("This finding is now with another team.",)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Done("Done."), "Done."),
        (Refused("No."), "No."),
        (Refused("No.", ("b:u",), ("a:g",)), "No. Ask one of: a:g, b:u."),
        (Refused("Late.", decided_by=("b:u",)), "Late. Decided by b:u."),
        (Explained("They may:", ("b:u",)), "They may: b:u"),
        (Invalid({"reason": "Say why.", "end": "Choose."}), "Say why. Choose."),
        (table(), "Title: In\nr0, Open 0\nr1, Open 1"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_short_answers_are_sentences_that_name_people(answer, told):
    assert said(answer) == told


def test_a_chat_product_names_people_itself():
    prose = words.answer(Refused("No.", ("ann",), decided_by=("ben",)))

    assert plain(prose, lambda who: f"@{who}") == "No. Decided by @ben. Ask one of: @ann."


def test_a_form_says_what_will_happen_and_what_is_asked():
    told = said(form_of(Press(Button.IGNORE, ID), card(), About(rule(approvers=1)), at(0)))

    for expected in (
        "Ignore:",
        f"{card().headline}, {ID}",
        "1 more must agree before the exception begins.",
        "[Why is this acceptable?] At least 20 characters.",
        "Accepted risk: we know and live with it / False positive",
    ):
        assert expected in told


def test_a_confirmation_says_every_consequence():
    told = said(form_of(Press(Button.REMEDIATE, ID), card(), About(rule()), at(0)))

    for expected in (rule().impact.change, rule().impact.undo, rule().impact.who_notices):
        assert expected in told


@pytest.mark.parametrize(("number", "told"), [(0, "No open findings."), (1, "1 finding: 1 open.")])
def test_the_status_counts_in_words(number, told):
    report = StatusReport(((Stage.OPEN, number),), (table(),), (line_of(finding()),), "Note.")

    told_all = said(report)

    assert told_all.startswith(f"Compliance status: {told} Note.")
    assert ("r1, Open 1" in told_all) is bool(number)
    assert f"{ID} repairs-photos (111122223333, eu-west-2, housing), {RULE}, open" in told_all


def test_the_digest_says_all_that_was_counted():
    excepted = line_of(replace(finding(), state=State.EXCEPTED, opened_at=None, until=at(900)))
    weekly = Digest(
        at(0), at(9), 0.5, 3, (("New", 1), ("Resolved", 2)), (table(),), (excepted,), ("a-rule",)
    )

    assert said(weekly).splitlines() == [
        "Weekly compliance digest. From 2 November 2026 to 2 November 2026.",
        "50.0% compliant, 3 findings open.",
        "New 1, Resolved 2",
        "Title: In",
        "r0, Open 0",
        "r1, Open 1",
        "Exceptions that end within 30 days:",
        f"{ID} {RULE}: repairs-photos (housing, excepted, until the end of 2 November 2026)",
        "Asked of the TDA: Review these rules: a-rule",
    ]
    assert "no data yet" in said(replace(weekly, share=None))


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (OpenWork((), ()), "Type /compliance status in a team's channel"),
        (OpenWork(("housing",), ()), "Nothing waits for you in housing."),
        (
            OpenWork(("housing",), (Work("Decide", 1, ((line_of(finding()), ()),)),)),
            f"You decide for housing.\nDecide (1):\n{ID} repairs-photos",
        ),
    ],
    ids=["no team", "nothing", "one"],
)
def test_own_open_work_is_counted_and_listed(work, told):
    assert said(work).startswith(told)


def test_a_list_says_where_each_finding_is():
    listing = Listing("1 finding, page 1 of 1", (line_of(finding()),), None, None)

    assert said(listing).splitlines() == [
        "1 finding, page 1 of 1",
        f"{ID} repairs-photos (111122223333, eu-west-2, housing), {RULE}, open",
    ]


def test_a_finding_in_full_is_its_card():
    assert said(Shown(card())) == card_in_words()
