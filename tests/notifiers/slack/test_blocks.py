"""Cards, forms and reports: what a reader sees, within what Slack takes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.answers import Digest, Explained, Refused, StatusReport, Table
from commands.view import line_of
from compliance import life
from compliance.card import card_of
from compliance.finding import State
from compliance.press import Button, Press
from compliance.stage import Stage
from notifiers import words
from notifiers.slack import blocks, lists
from notifiers.slack.card import card_blocks
from notifiers.slack.group import read_press
from notifiers.slack.replies import answer_message
from notifiers.slack.text import spoken
from notifiers.slack.vocabulary import NEWER
from tests.builders import RULE, at, finding, request, rule
from tests.notifiers.slack.reading import live, seen

HOSTILE = "<!channel> <@U0HANNAH> & <https://evil.example|click> `x` *b*"


def card(of=None, known=None):
    return card_of(of or finding(), {RULE: known or rule()}, {})


def kinds(drawn, kind):
    return [block for block in drawn if block["type"] == kind]


def test_a_card_has_a_button_for_each_thing_that_can_be_pressed_and_its_id_alone_in_it():
    [actions] = kinds(card_blocks(card()), "actions")

    *buttons, menu = actions["elements"]
    assert [(each["action_id"], each["value"]) for each in buttons] == [
        ("remediate", finding().id),
        ("ignore", finding().id),
    ]
    assert [each["value"] for each in menu["options"]] == [
        f"claim {finding().id}",
        f"hand-over {finding().id}",
        f"snooze {finding().id}",
        f"history {finding().id}",
    ]


def test_where_nothing_can_be_folded_the_menu_has_the_details_and_steps_are_lines():
    running = replace(finding(), state=State.RUNNING, step=2, steps=2, runbook=("Read", "Put"))

    drawn = card_blocks(card(running), NEWER)

    [actions] = kinds(drawn, "actions")
    values = [each["value"] for each in actions["elements"][-1]["options"]]
    assert values == [f"{each} {finding().id}" for each in ("claim", "details", "history")]
    assert "✓ Read\n▸ Put" in seen(drawn)
    assert not NEWER & {block["type"] for block in drawn}


def test_the_steps_of_a_running_remediation_are_a_checklist():
    running = replace(finding(), state=State.RUNNING, step=2, steps=2, runbook=("Read", "Put"))

    [plan] = kinds(card_blocks(card(running)), "plan")

    assert [(each["title"], each["status"]) for each in plan["tasks"]] == [
        ("Read", "complete"),
        ("Put", "in_progress"),
    ]


def test_every_button_of_a_card_has_a_name_of_its_own():
    [actions] = kinds(card_blocks(card()), "actions")

    assert [each["accessibility_label"] for each in actions["elements"][:-1]] == [
        "Remediate repairs-photos",
        "Ignore repairs-photos",
    ]


def test_a_card_of_what_is_over_has_nothing_to_decide_and_nothing_to_open():
    drawn = card_blocks(card(replace(finding(), state=State.RESOLVED)))

    assert [block["type"] for block in drawn] == ["section", "rich_text"]
    assert drawn[0]["accessory"]["type"] == "overflow"


def test_what_stands_in_the_menu_is_read_by_its_option():
    press = Press(Button.DETAILS, finding().id)
    [menu] = blocks.menus([press])

    assert read_press(menu["action_id"], menu["options"][0]["value"]) == press


def test_a_menu_takes_five_and_another_one_the_rest():
    first, second = blocks.menus([Press(Button.DETAILS, finding().id)] * 6)

    assert (len(first["options"]), len(second["options"])) == (5, 1)
    assert first["action_id"] != second["action_id"]


def test_a_card_shows_status_deciders_end_and_who_may_undo_it():
    excepted = life.except_until(
        finding(), at(60), "Accepted risk: why", request("slack:U1", verb="except"), at(1)
    )
    told = seen(card_blocks(card(replace(excepted, tags={"terraform": "1"}))))

    for expected in (
        "Excepted",
        "until the end of 2 November 2026",
        "@U1",
        "Terraform may manage",
        "why",
    ):
        assert expected in told


def test_each_request_that_waits_is_named_with_buttons_of_its_own():
    asked = life.ask(finding(), request("slack:U1", 1), at(1))
    both = life.ask(asked, request("slack:U2", 1, "except"), at(2))

    drawn = card_blocks(card(both))

    assert "@U1 asked for the remediation, 0 of 1 agreed." in seen(drawn)
    assert "@U2 asked for the exception, 0 of 1 agreed." in seen(drawn)
    [actions] = kinds(drawn, "actions")
    assert [(each["action_id"], each["value"]) for each in actions["elements"][:-1]] == [
        ("agree remediate", f"{both.id} remediate"),
        ("withdraw remediate", f"{both.id} remediate"),
        ("agree except", f"{both.id} except"),
        ("withdraw except", f"{both.id} except"),
    ]


LONG = st.text(alphabet="a<&`\n ", min_size=1, max_size=4000)


@given(LONG, LONG, LONG)
def test_whatever_a_card_says_slack_takes_its_sizes(name, note, annotation):
    long = replace(
        finding(annotation=annotation[:256]),
        resource_name=name,
        tags={"Owner": name, "Team": name, "terraform": "1"},
        note=note,
        state=State.FAILED,
    )
    wordy = replace(rule(), why=note, by_hand=note, title=note)

    drawn = card_blocks(card(long, wordy))

    within_slacks_sizes(drawn)
    assert len(spoken(words.content(card(long, wordy)))) <= 4000


def within_slacks_sizes(drawn):
    """https://docs.slack.dev/reference/block-kit/blocks: the sizes that this bot comes near."""
    assert len(drawn) <= 50
    for block in drawn:
        if block["type"] == "header":
            assert 0 < len(block["text"]["text"]) <= 150
        if block["type"] == "container":
            assert len(block["child_blocks"]) <= 10
            within_slacks_sizes(block["child_blocks"])
        elif block["type"] == "data_table":
            assert len(seen([block])) <= 20_000
        elif block["type"] != "table":
            assert len(seen([block])) <= 3000 + 1


@pytest.mark.parametrize("kind", [Refused, Explained])
def test_a_sentence_names_people_by_mentions_and_shows_the_rest(kind):
    prose, drawn = answer_message(kind(HOSTILE, ("slack:U1",), ("slack:S1",)))

    assert HOSTILE in seen(drawn)
    assert "<@U1>" in spoken(prose)
    assert "<!subteam^S1>" in spoken(prose)
    assert [each["type"] for each in live(drawn)] == ["usergroup", "user"]


def table(rows):
    return Table("Title", ("Name", "Open"), tuple((f"r{n}", str(n)) for n in range(rows)), "In", "")


def test_a_table_is_cut_at_what_slack_takes_and_says_how_much_more_there_is():
    drawn = blocks.table(table(200))

    assert len(kinds(drawn, "table")[0]["rows"]) == 100
    assert seen(kinds(drawn, "context")) == "… and 101 more."


def cells(row):
    return [seen([cell]) for cell in row]


def test_several_tables_are_one_and_each_says_how_much_more_there_is():
    rows = blocks.one_table([table(300), table(0), table(2)])["rows"]

    assert len(rows) <= 100
    assert cells(rows[0]) == ["Title", "Open"]
    assert cells(rows[32])[0].startswith("… and 269 more; ask /compliance status with team:")
    assert cells(rows[34]) == ["None", "\u00a0"]
    assert [cells(row) for row in rows[-2:]] == [["r0", "0"], ["r1", "1"]]
    assert {len(row) for row in rows} == {2}


WEEK = Digest(
    at(0), at(9), 0.5, 3, (("New", 1), ("Resolved", 2)), (table(2),), (), ("some-rule",)
)  # fmt: skip


def lapsing(number):
    excepted = life.except_until(finding(), at(60), "", request("U1", verb="except"), at(1))
    line = line_of(excepted)
    return replace(WEEK, lapsing=tuple(replace(line, id=f"F-{n:05}") for n in range(number)))


def test_of_many_exceptions_that_end_the_digest_shows_ten_and_says_how_many_more():
    told = seen(blocks.digest_blocks(lapsing(12)))

    assert "F-00009" in told
    assert "F-00010" not in told
    assert "… and 2 more; the allowlist has them all" in told


def test_a_table_without_rows_is_its_sentences():
    assert kinds(blocks.table(table(0)), "table") == []
    assert seen(blocks.table(table(0))) == "Title\nIn"


def test_status_and_digest_fit_into_a_message_however_long_they_are():
    many = tuple(replace(line_of(finding()), id=f"F-{n:05}") for n in range(60))
    report = StatusReport(((Stage.OPEN, 60),), (table(90),) * 3, many[:5], "Note.")
    weekly = Digest(
        at(0), at(9), 0.5, 3, (("New", 1),), (table(90),) * 2, many, ("some-rule",)
    )  # fmt: skip

    within_slacks_sizes(lists.status_blocks(report))
    within_slacks_sizes(blocks.digest_blocks(weekly))
    assert "50.0% compliant" in json.dumps(blocks.digest_blocks(weekly))
    assert "no data yet" in json.dumps(blocks.digest_blocks(replace(weekly, share=None)))
    assert len(spoken(answer_message(report)[0])) <= 4000
