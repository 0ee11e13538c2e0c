"""Edits of the allowlist's text: what people wrote stays."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.allowlist import Entry, ExceptionClass, UneditableAllowlistError
from compliance.text import clean
from config.allowlist import parse_allowlist
from config.edits import add_entries, remove_entry, replace_entry
from config.entry import as_data
from config.faults import ConfigError
from tests.builders import entry

HAND = """\
# Agreed by the board.
exceptions:
  # the website
  - rule: some-rule  # why not
    account: "011122223333"
    region: eu-west-2
    resource: website  # the one at the front
    class: false positive
    reason: >-
      Pictures,
      nothing else.

    asked_by: WEBTEAM
    expires: 2027-01-01
# below
"""


def read(text):
    return parse_allowlist(text, "allowlist.yaml")


def added(text, *entries):
    after, parsed = add_entries(text, read(text), entries)
    assert parsed == read(after)
    return after


def test_a_new_entry_stands_after_the_last_and_before_the_comment_below():
    after = added(HAND, entry())

    before_it, _, below = after.partition(f"  - rule: {entry().rule}\n")
    assert before_it == HAND.removesuffix("# below\n")
    assert below.endswith("# below\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "# nothing yet",
        "exceptions:\n",
        "exceptions: []\n",
        "exceptions: [] # none\n",
        "exceptions:\n  []\n",
        "# a\nexceptions: # b\n  # c\n  []\n# d\n",
        "exceptions:\n# c\n",
        "exceptions: null\n",
        "exceptions: ~\n",
        "exceptions: []",
        "---\nexceptions: []\n",
        '"exceptions": []\n',
        "exceptions: []\r\n# none\r\n",
    ],
    ids=repr,
)
def test_the_first_entry_can_be_added_and_comments_stay(text):
    after = added(text, entry())

    assert read(after).entries == (entry(),)
    assert after.count("#") == text.count("#")


def test_a_comment_beside_the_empty_list_stays():
    assert added("exceptions: []  # none yet\n", entry()).startswith("exceptions: # none yet\n")


def test_entries_without_indent_get_one_without_indent():
    flush = "exceptions:\n" + "".join(
        f"{line.removeprefix('  ')}\n" for line in HAND.splitlines()[3:-1]
    )

    assert f"\n- rule: {entry().rule}\n" in added(flush, entry())


def test_windows_line_ends_stay_windows_line_ends():
    assert "\n" not in added(HAND.replace("\n", "\r\n"), entry()).replace("\r\n", "")


@pytest.mark.parametrize("text", ["{exceptions: []}\n", "{exceptions: null}"])
def test_a_list_in_braces_is_refused_and_says_why(text):
    with pytest.raises(UneditableAllowlistError, match="lines of their own"):
        add_entries(text, read(text), [entry()])


def flow(*entries):
    return "exceptions: " + yaml.safe_dump(
        [as_data(each) for each in entries], default_flow_style=True, width=10_000
    )


def test_a_list_in_brackets_is_refused_and_says_why():
    text = flow(entry())

    for edit in (
        lambda: add_entries(text, read(text), [entry()]),
        lambda: remove_entry(text, read(text), 0),
        lambda: replace_entry(text, read(text), 0, entry(ticket="SEC-2")),
    ):
        with pytest.raises(UneditableAllowlistError, match="lines of their own"):
            edit()


def test_an_empty_ticket_is_left_out():
    assert "ticket" not in added("", entry(ticket=""))


@pytest.mark.parametrize("character", ["\n", "ü", "#", ": ", "'", '"', "\\", "猫", "🐈", "\ue000"])
@pytest.mark.parametrize("at", [0, 10, 20])
def test_a_reason_with_an_odd_character_reads_as_it_was_entered(character, at):
    reason = "x" * at + character + "x" * (20 - at)

    assert read(added(HAND, entry(reason=reason))).entries[-1].reason == reason


def test_several_entries_come_in_their_order_after_the_last_one():
    several = entry(resource="one"), entry(resource="two")

    assert read(added(HAND, *several)).entries[1:] == several


@pytest.mark.parametrize("each", ExceptionClass)
def test_every_class_of_exception_can_be_written(each):
    assert read(added(HAND, entry(exception_class=each))).entries[-1].exception_class is each


def test_an_entry_goes_with_its_lines_and_the_comments_around_it_stay():
    text = added(HAND, entry(resource="one"), entry(resource="two"))

    after, parsed = remove_entry(text, read(text), 1)

    assert after == added(HAND, entry(resource="two"))
    assert parsed == read(after)


def test_the_last_entry_that_goes_leaves_a_list_with_none():
    after, _ = remove_entry(HAND, read(HAND), 0)

    assert read(after).entries == ()
    assert after == "# Agreed by the board.\nexceptions:\n  # the website\n# below\n"
    assert read(added(after, entry())).entries == (entry(),)


def test_a_new_end_changes_one_value_and_leaves_every_comment():
    old = read(HAND).entries[0]
    longer = Entry(**{**{name: getattr(old, name) for name in Entry.__slots__},
                      "expires": date(2027, 6, 1)})  # fmt: skip

    after, parsed = replace_entry(HAND, read(HAND), 0, longer)

    assert after == HAND.replace("2027-01-01", "2027-06-01")
    assert parsed == read(after)


def test_an_extension_adds_its_keys_and_leaves_every_comment():
    old = read(HAND).entries[0]
    longer = replace(
        old,
        id="E-7K3QM9X2",
        expires=date(2027, 6, 1),
        agreed_by=("Harry Hill <slack:U0HARRY>",),
        renewals=1,
    )

    after, parsed = replace_entry(HAND, read(HAND), 0, longer)

    assert parsed == read(after)
    new = "    id: E-7K3QM9X2\n    agreed_by: ['Harry Hill <slack:U0HARRY>']\n    renewals: 1\n"
    assert after == HAND.replace("2027-01-01", "2027-06-01").replace("# below", f"{new}# below")


def test_what_others_refer_to_is_not_taken_out():
    shared = HAND.replace("- rule", "- &it\n    rule").removesuffix("# below\n")
    text = f"{shared}  - <<: *it\n    resource: other\n"

    with pytest.raises(UneditableAllowlistError):
        remove_entry(text, read(text), 0)
    after, _ = remove_entry(text, read(text), 1)
    assert after == shared
    assert [each.resource for each in read(added(text, entry())).entries] == [
        "website", "other", entry().resource
    ]  # fmt: skip


# Files as people write them, and any sequence of edits.

TEXTS = st.text(min_size=1, max_size=40).map(clean).map(str.strip).filter(bool)
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
ENTRIES = st.builds(
    Entry,
    rule=st.sampled_from(["rule-a", "rule-b"]),
    account=st.sampled_from(["011122223333", "*"]),
    region=st.sampled_from(["eu-west-2", "*"]),
    resource=TEXTS,
    exception_class=st.sampled_from(ExceptionClass),
    reason=TEXTS,
    asked_by=TEXTS,
    ticket=TEXTS | st.just(""),
    expires=DAYS,
)
FULL = st.builds(
    lambda each, **fields: replace(each, **fields),
    ENTRIES,
    more_rules=st.sampled_from([(), ("rule-c",)]),
    name=TEXTS | st.just(""),
    tags=st.sampled_from([(), (("Team", "housing"), ("on", "yes"))]),
    control=TEXTS | st.just(""),
    agreed_by=st.lists(TEXTS, max_size=2).map(tuple),
    created=st.none() | DAYS | st.integers(0, 10**8).map(partial(datetime.fromtimestamp, tz=UTC)),
    first_asked=st.none() | DAYS,
    renewals=st.integers(0, 3),
    first_expires=st.none() | DAYS,
)  # fmt: skip
ENTRIES = ENTRIES | FULL
COMMENTS = st.lists(st.sampled_from(["# why", "#", "", "   # - rule: x"]), max_size=2)


@st.composite
def written(draw, each, indent):
    """Return the lines of one entry, in one of the ways in which people write them."""
    data = as_data(each)
    if draw(st.booleans()):
        data = dict(draw(st.permutations(list(data.items()))))
    if draw(st.integers(0, 4)) == 0:
        return [indent + "- " + yaml.safe_dump(
            data, default_flow_style=True, width=10_000, sort_keys=False).strip()]  # fmt: skip
    style = draw(st.sampled_from([None, "'", '"']))
    dumped = yaml.safe_dump(data, width=draw(st.sampled_from([20, 10_000])), sort_keys=False,
                            default_style=None, allow_unicode=style is None)  # fmt: skip
    first, *rest = dumped.splitlines()
    lines = [f"{indent}- {first}", *(f"{indent}  {line}" if line else line for line in rest)]
    # A comment can stand behind a value that ends on its line.
    return [f"{line}  # kept" if line.endswith("region: eu-west-2") else line for line in lines]


@st.composite
def files(draw):
    indent = draw(st.sampled_from(["", "  ", "    "]))
    lines = [*draw(COMMENTS), "exceptions:"]
    for each in draw(st.lists(ENTRIES, max_size=4)):
        lines += draw(COMMENTS) + draw(written(each, indent))
    lines += draw(COMMENTS)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(lines) + draw(st.sampled_from(["", newline]))


EDITS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "replace"]), st.integers(0, 5), ENTRIES),
    min_size=1,
    max_size=4,
)


def comments(text):
    """Return the lines that are comments; a text that goes on in the next line is none."""
    scalars = [each for each in yaml.scan(text) if isinstance(each, yaml.ScalarToken)]
    within = {
        line for each in scalars for line in range(each.start_mark.line + 1, each.end_mark.line + 1)
    }
    lines = text.replace("\r\n", "\n").split("\n")
    return [
        line
        for number, line in enumerate(lines)
        if line.strip().startswith("#") and number not in within
    ]


@given(files(), EDITS)
def test_any_edits_keep_every_other_line_and_read_as_they_were_meant(text, edits):
    try:
        parsed = read(text)
    except ConfigError:
        # Not every text that could be drawn can be kept in one line of comment.
        return
    notes = comments(text)
    for kind, number, each in edits:
        entries, before = list(parsed.entries), text
        at = number % len(entries) if entries else 0
        try:
            if kind == "add":
                text, parsed = add_entries(text, parsed, [each])
                entries.append(each)
            elif entries and kind == "remove":
                text, parsed = remove_entry(text, parsed, at)
                del entries[at]
            elif entries:
                text, parsed = replace_entry(text, parsed, at, each)
                entries[at] = each
        except UneditableAllowlistError:
            assert text == before
            continue
        again = read(text)
        assert list(again.entries) == entries
        assert again == parsed
        assert [line for line in comments(text) if line in notes] == notes
        if kind == "add":
            assert_only_inserted(before, text)


def assert_only_inserted(before, after):
    """Every line of *before* is in *after* in its order; what is new stands together."""
    old, new = before.splitlines(), after.splitlines()
    same = 0
    while same < len(old) and old[same] == new[same]:
        same += 1
    rest = len(old) - same
    assert new[len(new) - rest :] == old[same:] or "exceptions" in before.replace(" ", "")[-14:]
