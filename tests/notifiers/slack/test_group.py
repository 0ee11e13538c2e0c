"""Many findings in one message: what a reader sees, within what Slack takes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.answers import Listing
from commands.view import line_of
from compliance.card import Button, Departed, Press, card_of
from compliance.group import gather
from notifiers import words
from notifiers import words as said
from notifiers.slack import group, lists
from notifiers.slack.card import card_blocks
from notifiers.slack.replies import answer_message
from notifiers.slack.text import rich, spoken
from notifiers.slack.vocabulary import NEWER
from tests.builders import RULE, finding, rule
from tests.notifiers.slack.reading import seen
from tests.notifiers.slack.test_blocks import LONG, kinds, within_slacks_sizes

RULES = {RULE: rule()}


def found(number=12, **named):
    return tuple(finding(resource=f"bucket-{each}", **named) for each in range(number))


def card(findings, known=None):
    return gather(findings, known or RULES, {})


def test_a_groups_card_says_what_how_many_where_and_what_a_fix_changes():
    drawn = seen(group.group_blocks(card(found())))

    for expected in (
        f"12 findings: {rule().title}",
        "High · ",
        rule().why,
        "12 open",
        "12 in 111122223333",
        rule().impact.change,
        "bucket-11",
    ):
        assert expected in drawn


def test_every_row_of_a_group_has_a_button_of_its_own_name():
    [table] = kinds(group.group_blocks(card(found(2))), "data_table")

    buttons = [row[1]["element"] for row in table["rows"][1:]]
    assert [
        (each["action_id"], each["value"], each["accessibility_label"]) for each in buttons
    ] == [
        (f"remediate {each.id}", each.id, f"Remediate {each.key.resource_id}") for each in found(2)
    ]
    back = [group.read_press(each["action_id"], each["value"]) for each in buttons]
    assert back == [Press(Button.REMEDIATE, each.id) for each in found(2)]


def test_where_there_are_no_data_tables_the_buttons_stand_beside_the_rows():
    drawn = group.group_blocks(card(found(2)), NEWER)

    buttons = [each["accessory"]["value"] for each in kinds(drawn, "section")]
    assert buttons == [each.id for each in found(2)]
    assert not NEWER & {block["type"] for block in drawn}


def test_a_group_of_more_than_it_lists_says_so():
    many = replace(card(found()), number=300)

    assert "The first 12 are listed." in seen(group.group_blocks(many))


def test_a_groups_buttons_carry_the_id_of_one_of_its_findings_alone():
    [actions] = kinds(group.group_blocks(card(found())), "actions")

    assert [(each["action_id"], each["value"]) for each in actions["elements"]] == [
        ("list", found()[0].id),
        ("remediate-all", found()[0].id),
        ("ignore-all", found()[0].id),
    ]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (card_of(finding(), RULES, {}), card_blocks(card_of(finding(), RULES, {}))),
        (card(found()), group.group_blocks(card(found()))),
        (Departed(), [rich((words.DEPARTED,))]),
    ],
    ids=["card", "group", "departed"],
)
def test_each_face_is_drawn_in_its_own_way(shown, expected):
    assert group.content_blocks(shown) == expected


def listing(findings, **turning):
    lines = tuple(map(line_of, findings))
    return Listing("45 findings, page 2 of 3", lines, **{"earlier": None, "later": None, **turning})


def test_the_list_gives_each_finding_a_line_with_its_id():
    drawn = seen(lists.listing_blocks(listing(found(20))))

    assert "45 findings, page 2 of 3" in drawn
    for number, each in enumerate(found(20)):
        assert each.id in drawn
        assert f"bucket-{number}" in drawn


def test_the_list_turns_to_the_pages_that_there_are():
    turning = {
        "earlier": Press(Button.LIST, "F-3K7Q2"),
        "later": Press(Button.LIST, "F-3K7Q2", page=2),
    }

    [_, actions] = kinds(lists.listing_blocks(listing(found(20), **turning)), "actions")

    labels = [each["text"]["text"] for each in actions["elements"]]
    assert labels == ["Previous page", "Next page"]
    back = [group.read_press(each["action_id"], each["value"]) for each in actions["elements"]]
    assert back == list(turning.values())


def test_a_short_list_has_a_button_for_each_finding_and_no_pages_to_turn():
    [actions] = kinds(lists.listing_blocks(listing(found(20))), "actions")

    assert [each["text"]["text"] for each in actions["elements"]] == [each.id for each in found(20)]


@given(LONG, st.integers(1, 60))
def test_whatever_a_group_says_slack_takes_its_sizes(words, number):
    long = [replace(each, resource_name=words, tags={"ManagedBy": words}) for each in found(number)]
    wordy = {RULE: replace(rule(), why=words, title=words)}

    shown = card(long, wordy)
    text, listed = answer_message(listing(long[:20]))

    within_slacks_sizes(group.content_blocks(shown))
    within_slacks_sizes(listed)
    for each in (text, said.content(shown)):
        assert 0 < len(spoken(each)) <= 4000
