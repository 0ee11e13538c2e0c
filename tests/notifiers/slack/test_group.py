"""Many findings in one message: what a reader sees, within what Slack takes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.card import Moved, draw
from compliance.group import gather
from notifiers.slack import blocks, group, modals
from tests.builders import RULE, at, finding, rule
from tests.notifiers.slack.test_blocks import HOSTILE, LONG, kinds, texts, within_slacks_sizes

RULES = {RULE: rule()}


def found(number=12, **named):
    return tuple(finding(resource=f"bucket-{each}", **named) for each in range(number))


def face(findings, known=None):
    return gather(findings, known or RULES, {})


def told(drawn):
    return "\n".join(texts(drawn))


def test_a_groups_card_says_what_how_many_where_and_what_a_fix_changes():
    drawn = told(group.group_blocks(face(found())))

    for expected in (
        f"12 findings: {rule().title}",
        "*High severity*",
        rule().why,
        "12 open",
        "12 in 111122223333",
        rule().impact.change,
        f"`{found()[0].id}` `bucket-0`",
        "and 7 more",
    ):
        assert expected in drawn


def test_the_words_for_screen_readers_count_and_name_as_well():
    words = group.group_text(face(found()))

    assert words.startswith(f"{rule().title}: 12 findings, high severity. Status: 12 open.")
    assert f"{found()[0].id} bucket-0" in words


def test_a_groups_buttons_carry_the_id_of_one_of_its_findings_alone():
    [actions] = kinds(group.group_blocks(face(found())), "actions")

    assert [(each["action_id"], each["value"]) for each in actions["elements"]] == [
        ("list", found()[0].id),
        ("remediate-all", found()[0].id),
        ("ignore-all", found()[0].id),
    ]


def test_of_many_accounts_those_with_most_findings_are_named():
    many = [
        finding(resource=f"{account}-{each}", account=f"{account:012}")
        for account in range(12)
        for each in range(13 - account)
    ]

    drawn = told(group.group_blocks(face(many)))

    assert "13 in 000000000000" in drawn
    assert "5 in 2 more accounts" in drawn


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (draw(finding(), RULES, {}), blocks.card_blocks(draw(finding(), RULES, {}))),
        (face(found()), group.group_blocks(face(found()))),
        (Moved(), [blocks.section(group.MOVED)]),
    ],
    ids=["card", "group", "moved"],
)
def test_each_face_is_drawn_in_its_own_way(shown, expected):
    text, drawn = group.face_message(shown)

    assert drawn == expected
    assert text


def test_the_list_gives_each_finding_a_line_with_its_id_a_page_at_a_time():
    every = found(45)

    pages = [told(group.list_message(every, page)[1]) for page in range(3)]

    assert ["45 findings, page 3 of 3" in page for page in pages] == [False, False, True]
    for number, each in enumerate(every):
        assert f"`{each.id}` `bucket-{number}`" in pages[number // 20]


@pytest.mark.parametrize(
    ("page", "turned_to"), [(0, [1]), (1, [0, 2]), (2, [1]), (9, [1])], ids=str
)
def test_the_list_turns_to_the_pages_that_there_are(page, turned_to):
    _, drawn = group.list_message(found(45), page)

    [actions] = kinds(drawn, "actions")
    values = [group.read_page(each["value"]) for each in actions["elements"]]
    assert values == [(found()[0].id, each) for each in turned_to]


def test_a_short_list_has_no_pages_to_turn():
    assert kinds(group.list_message(found(20), 0)[1], "actions") == []


def test_the_forms_say_how_many_and_remember_from_where_and_when():
    forms = [
        group.remediate_all_form(face(found()), "C0HOUSING", at(3)),
        group.ignore_all_form(face(found()), "C0HOUSING", rule(), at(3)),
    ]

    for form in forms:
        assert "12 findings" in told(form["blocks"])
        expected = modals.Origin(found()[0].id, "C0HOUSING", at(3).isoformat())
        assert modals.origin(form) == expected
    assert rule().impact.change in told(forms[0]["blocks"])


def test_hostile_names_and_tags_are_shown_and_do_nothing():
    hostile = [
        replace(each, resource_name=HOSTILE, tags={"ManagedBy": HOSTILE}) for each in found(12)
    ]

    for sent in (group.face_message(face(hostile)), group.list_message(hostile, 0)):
        assert "&lt;!channel&gt;" in sent[0]
        for text in ("<!channel>", "<https://evil", "<@U0HANNAH>"):
            assert text not in json.dumps(sent)


@given(LONG, st.integers(1, 60))
def test_whatever_a_group_says_slack_takes_its_sizes(words, number):
    long = [replace(each, resource_name=words, tags={"ManagedBy": words}) for each in found(number)]
    wordy = {RULE: replace(rule(), why=words, title=words)}

    for text, drawn in (group.face_message(face(long, wordy)), group.list_message(long, 0)):
        within_slacks_sizes(drawn)
        assert 0 < len(text) <= 4000
    within_slacks_sizes(group.remediate_all_form(face(long, wordy), "C", at(0))["blocks"])
