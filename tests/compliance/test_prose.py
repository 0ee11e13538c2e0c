"""Text in pieces, and what is left of it where a reader has only words."""

from datetime import date

import pytest

from compliance.prose import (
    Copied,
    Link,
    Moment,
    Person,
    Strong,
    day,
    joined,
    one_line,
    people,
    plain,
)
from tests.builders import START

MARKS = "*a* _b_ ~c~ `d` <!channel> :e: https://example.org"


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        (MARKS, MARKS),
        ("two\nlines", "two\nlines"),
        ("pay\u200bments", "payments"),
        (Strong(MARKS), MARKS),
        (Strong("pay\u200bments"), "payments"),
        (Copied(MARKS), MARKS),
        (Copied("one\n name\u202e"), "one name"),
        (Person("slack:U1"), "slack:U1"),
        (Person("Jane\nDoe"), "Jane Doe"),
        (Moment(START), "2026-11-02 09:00 UTC"),
        (Link("Open\u200b it", "https://example.org"), "Open it: https://example.org"),
    ],
    ids=repr,
)
def test_each_piece_is_in_words_what_it_says(piece, words):
    assert plain((piece,)) == words


def test_pieces_follow_one_another_and_people_are_called_as_a_product_calls_them():
    prose = ("Decided by ", Person("slack:U1"), ".")

    assert plain(prose, lambda who: who.removeprefix("slack:")) == "Decided by U1."


def test_parts_are_joined_without_those_that_are_empty():
    assert joined(", ", [(), ("a",), (), ("b", "c")]) == ("a", ", ", "b", "c")
    assert joined(", ", []) == ()


def test_groups_are_named_before_users():
    assert plain(people(["slack:U1", "slack:U2"], ["slack:S1"])) == "slack:S1, slack:U1, slack:U2"


def test_a_line_has_no_blanks_but_single_spaces():
    assert one_line("  a\n\tb \u00a0 c\u200b ") == "a b c"


def test_a_day_is_written_in_words():
    assert day(date(2026, 11, 2)) == "2 November 2026"
