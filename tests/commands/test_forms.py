"""Forms: what is asked is checked by the declaration that asks it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.forms import Choice, Day, FieldError, FormError, Option, Origin, Text, read_fields
from compliance.card import Button, Press
from compliance.request import Verb
from tests.builders import ID, at

TODAY = date(2026, 11, 2)
KIND = Choice("kind", "Kind", (Option("a", "An A"), Option("b", "A B")), missing="Choose.")
WHY = Text("why", "Why", longest=9, too_long="Long.", shortest=3, too_short="Short.")
END = Day(
    "end",
    "End",
    earliest=TODAY,
    latest=TODAY + timedelta(days=9),
    missing="No day.",
    too_early="Over.",
    too_late="Too far.",
)


@pytest.mark.parametrize(
    ("field", "entered", "value"),
    [
        (KIND, "b", "b"),
        (replace(KIND, required=False), "", ""),
        (WHY, "  because ", "because"),
        (Text("note", "Note", longest=9, too_long="Long."), "", ""),
        (END, "2026-11-02", TODAY),
        (END, "2026-11-11", TODAY + timedelta(days=9)),
        (replace(END, latest=None), "2099-01-01", date(2099, 1, 1)),
        (replace(END, required=False), "", None),
    ],
    ids=str,
)
def test_what_fits_is_read_as_what_it_is(field, entered, value):
    assert field.read(entered) == value


@pytest.mark.parametrize(
    ("field", "entered", "problem"),
    [
        (KIND, "", "Choose."),
        (KIND, "c", "Choose."),
        (replace(KIND, required=False), "c", "Choose."),
        (WHY, "  a  ", "Short."),
        (WHY, "a" * 10, "Long."),
        (END, "", "No day."),
        (END, "tomorrow", "No day."),
        (END, "2026-11-01", "Over."),
        (END, "2026-11-12", "Too far."),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said_in_the_fields_own_words(field, entered, problem):
    with pytest.raises(FieldError, match=problem.replace(".", r"\.")):
        field.read(entered)


def test_a_text_that_may_be_empty_is_not_required():
    assert WHY.required
    assert not replace(WHY, shortest=0).required


def test_every_problem_of_a_form_is_found_at_once():
    with pytest.raises(FormError) as raised:
        read_fields((KIND, WHY, END), {"why": "a"})

    assert raised.value.problems == {"kind": "Choose.", "why": "Short.", "end": "No day."}


def test_what_a_form_does_not_ask_is_not_read():
    assert read_fields((WHY,), {"why": "because", "actor": "somebody else"}) == {"why": "because"}


@given(st.sampled_from(Button), st.none() | st.sampled_from(Verb), st.integers(0, 10_000))
def test_an_origin_comes_back_as_it_was_handed_out(button, verb, minute):
    if verb is None and button in {Button.AGREE, Button.WITHDRAW, Button.AGREE_ALL}:
        return
    origin = Origin(Press(button, ID, verb), at(minute))

    assert Origin.parse(origin.dump()) == origin
    # https://docs.slack.dev/reference/views: a modal keeps 3,000 characters.
    assert len(origin.dump()) < 200


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "[1,2,3]", '["explode","F-3K7Q2","2026-11-02T09:00:00+00:00"]',
     '["ignore","F-3K7Q2","soon"]', '["ignore","","2026-11-02T09:00:00+00:00"]'],
)  # fmt: skip
def test_what_is_not_an_origin_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Origin.parse(text)
