"""Edits of the allowlist's text: what people wrote stays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.allowlist import (
    ANY,
    Entry,
    ExceptionClass,
    UneditableAllowlistError,
    add_entries,
    as_data,
    in_force,
)
from tests.builders import entry, key

HAND = """\
# Agreed by the board.
exceptions:
  # the website
  - rule: some-rule  # why not
    account: "011122223333"
    expires: 2027-01-01
# below
"""


def read(text):
    return yaml.safe_load(text)["exceptions"]


def test_a_new_entry_stands_after_the_last_and_before_the_comment_below():
    after = add_entries(HAND, entry())

    before_it, _, below = after.partition(f"  - rule: {entry().rule}\n")
    assert before_it == HAND.removesuffix("# below\n")
    assert below.endswith("# below\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "exceptions:\n",
        "exceptions: []\n",
        "exceptions: [] # none\n",
        "exceptions: null\n",
        "exceptions: ~\n",
        "exceptions: []",
        "---\nexceptions: []\n",
        "other: 1\n",
    ],
    ids=repr,
)
def test_the_first_entry_can_be_added_to(text):
    assert read(add_entries(text, entry())) == [as_data(entry())]


def test_a_comment_beside_the_empty_list_stays():
    assert add_entries("exceptions: []  # none yet\n", entry()).startswith(
        "exceptions: # none yet\n"
    )


def test_entries_without_indent_get_one_without_indent():
    after = add_entries("exceptions:\n- {rule: a}\n", entry())

    assert f"\n- rule: {entry().rule}\n" in after


def test_windows_line_ends_stay_windows_line_ends():
    after = add_entries(HAND.replace("\n", "\r\n"), entry())

    assert "\n" not in after.replace("\r\n", "")


def test_what_stands_below_the_list_stays_below_it():
    text = "exceptions:\n  - rule: a\nother: 1\n"

    after = add_entries(text, entry())

    assert yaml.safe_load(after) == {"exceptions": [{"rule": "a"}, as_data(entry())], "other": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exceptions: [{rule: a}]\n", "lines of their own"),
        ("exceptions: some\n", "lines of their own"),
        ("exceptions: {a: 1}\n", "lines of their own"),
        ("- a\n", "no list under"),
        ("exceptions: [", "not valid YAML"),
        ("exceptions:\n  - expires: 2027-02-31\n", "cannot be edited"),
        ("{exceptions: []}\n", "cannot be edited"),
        ('"exceptions": []\n', "changing other lines"),
    ],
    ids=[
        "flow list",
        "text",
        "mapping",
        "no mapping",
        "broken",
        "no such day",
        "flow mapping",
        "quoted",
    ],
)
def test_a_file_that_no_line_edit_fits_is_refused_and_says_why(text, told):
    with pytest.raises(UneditableAllowlistError, match=told):
        add_entries(text, entry())


def test_an_empty_ticket_is_left_out():
    assert "ticket" not in add_entries("", entry(ticket=""))


@pytest.mark.parametrize("character", ["\n", "\r", "\x85", "\u2028", "\u2029", "\t", "\x00", "ü"])
@pytest.mark.parametrize("at", [0, 10, 20])
def test_a_reason_with_an_odd_character_reads_as_it_was_entered(character, at):
    reason = "x" * at + character + "x" * (20 - at)

    assert read(add_entries(HAND, entry(reason=reason)))[-1]["reason"] == reason


COMMENT = st.sampled_from(["# why", "  # indented", "", "    "])
VALUE = st.sampled_from(["plain", "'quoted'", '"a: #b"', "[1, 2]", "{a: 1}", ">-\n        folded"])


@st.composite
def files(draw):
    """Files as people write them: comments, blank lines, any indent, other keys, two line ends."""
    indent = draw(st.sampled_from(["", "  ", "    "]))
    lines = draw(st.lists(st.sampled_from(["# top", "", "version: 1"]), max_size=3, unique=True))
    lines.append("exceptions:")
    for _ in range(draw(st.integers(1, 4))):
        lines += [f"{indent}# {each}" for each in draw(st.lists(st.just("note"), max_size=1))]
        lines.append(f"{indent}- rule: r{draw(st.integers(0, 9))}  # kept")
        for name in draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True)):
            lines += f"{indent}  {name}: {draw(VALUE)}".splitlines()
    lines += draw(st.lists(COMMENT, max_size=2))
    lines += draw(st.lists(st.just("after: 2"), max_size=1))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(lines) + draw(st.sampled_from(["", newline]))


REASONS = st.text(min_size=20, max_size=120).filter(lambda text: text.strip())


@given(files(), REASONS)
def test_every_kept_line_is_kept_in_its_order_and_the_entry_reads_as_meant(text, reason):
    added = entry(reason=reason)

    after = add_entries(text, added)

    before_it, after_it = split(after.splitlines(), text.splitlines())
    assert before_it + after_it == text.splitlines()
    told = yaml.safe_load(text)
    assert yaml.safe_load(after) == {**told, "exceptions": [*told["exceptions"], as_data(added)]}


def split(after, before):
    """Return the lines around those that were put in."""
    same = 0
    while same < len(before) and after[same] == before[same]:
        same += 1
    return after[:same], after[len(after) - (len(before) - same) :]


def test_of_two_exceptions_the_one_that_lasts_longest_holds():
    short = entry(expires=date(2026, 11, 20))
    long = entry(expires=date(2026, 12, 20))

    assert in_force([long, short], key(), datetime(2026, 11, 2, tzinfo=UTC)) is long


@pytest.mark.parametrize("part", ["rule", "account", "region", "resource"])
def test_an_exception_covers_nothing_else(part):
    assert not entry(**{part: "other"}).covers(key())


@pytest.mark.parametrize("part", ["account", "region", "resource"])
def test_a_star_written_by_hand_covers_all(part):
    wide = entry(**{part: ANY})

    assert wide.covers(replace(key(), **{"resource_id" if part == "resource" else part: "other"}))


def test_the_last_day_ends_in_utc_wherever_the_clock_stands():
    last = entry(expires=date(2026, 11, 2))
    in_sydney = timezone(timedelta(hours=11))

    assert last.active(datetime(2026, 11, 3, 10, 59, tzinfo=in_sydney))
    assert not last.active(datetime(2026, 11, 3, 11, 0, tzinfo=in_sydney))


def test_every_class_of_exception_can_be_written_and_read():
    text = ""
    for each in ExceptionClass:
        text = add_entries(text, Entry(**{**fields(), "exception_class": each}))

    assert [each["class"] for each in read(text)] == [each.value for each in ExceptionClass]


def fields():
    return {name: getattr(entry(), name) for name in Entry.__slots__}


def test_several_entries_come_in_their_order_after_the_last_one():
    several = entry(resource="one"), entry(resource="two")

    after = add_entries(HAND, *several)

    assert read(after) == [*read(HAND), *map(as_data, several)]
