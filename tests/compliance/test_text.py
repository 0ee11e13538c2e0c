"""What people and AWS wrote, without what its reader cannot see."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.text import annotation, clean


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain, ü 猫 🐈", "plain, ü 猫 🐈"),
        ("pay\u200bments", "payments"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066left\u2069", "left"),
        ("\ufeffbegins", "begins"),
        ("one\r\ntwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
        ("tab\tbell\x07", "tab bell "),
        ("no\u00a0break", "no break"),
        ("half \ud83d", "half "),
        ("filled\u3164 in\u2800", "filled in"),
    ],
    ids=ascii,
)
def test_what_is_shown_is_all_there_is(written, seen):
    assert clean(written) == seen


@given(st.text())
def test_nothing_invisible_is_left_and_cleaning_again_changes_nothing(text):
    once = clean(text)

    assert not {"Cc", "Cf", "Cs"}.intersection(map(unicodedata.category, once.replace("\n", "")))
    assert clean(once) == once


def test_a_character_that_this_python_does_not_know_yet_is_kept():
    assert clean("new: \u0378\x07") == "new: \u0378 "


def test_an_annotation_is_cleaned_and_as_long_as_aws_lets_it_be():
    assert annotation(" No\u200b block.\n") == "No block."
    assert annotation("x" * 300) == "x" * 256
