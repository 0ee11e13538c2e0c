"""Cards, forms and reports: what a reader sees, within what Slack takes."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compliance.finding as life
from commands.answers import Explained, Refused, StatusReport, Table
from commands.digest import Digest
from compliance.card import draw
from compliance.finding import State
from notifiers.slack import blocks, modals
from tests.builders import RULE, START, at, finding, request, rule

HOSTILE = "<!channel> <@U0HANNAH> & <https://evil.example|click> `x` *b*"


def card(of=None, known=None):
    return draw(of or finding(), {RULE: known or rule()}, {})


def texts(drawn):
    """Return every text of some blocks."""
    if isinstance(drawn, dict):
        if isinstance(drawn.get("text"), str):
            yield drawn["text"]
        for value in drawn.values():
            yield from texts(value)
    elif isinstance(drawn, list):
        for value in drawn:
            yield from texts(value)


def kinds(drawn, kind):
    return [block for block in drawn if block["type"] == kind]


def test_a_card_has_a_button_for_each_thing_that_can_be_pressed_and_its_id_alone_in_it():
    [actions] = kinds(blocks.card_blocks(card()), "actions")

    assert [(each["action_id"], each["value"]) for each in actions["elements"]] == [
        ("remediate", finding().id),
        ("ignore", finding().id),
    ]


def test_a_card_of_what_is_over_has_no_buttons_and_no_forecast():
    drawn = blocks.card_blocks(card(replace(finding(), state=State.RESOLVED)))

    assert kinds(drawn, "actions") == []
    assert not any("If you remediate" in text for text in texts(drawn))


def test_a_card_shows_status_deciders_end_and_who_will_undo_it():
    excepted = life.except_until(
        finding(), at(60), "Accepted risk: why", request("U1", verb="except"), at(1)
    )
    told = "\n".join(texts(blocks.card_blocks(card(replace(excepted, tags={"terraform": "1"})))))

    for expected in (
        "*Excepted* since",
        "until the end of 2 November 2026",
        "<@U1>",
        "Terraform manages",
        "why",
    ):
        assert expected in told


def test_the_words_for_screen_readers_say_what_where_and_how_it_stands():
    told = blocks.card_text(card())

    for expected in (rule().title, finding().id, "repairs-photos", "eu-west-2", "Status: open"):
        assert expected in told


def test_hostile_names_tags_notes_and_annotations_are_shown_and_do_nothing():
    hostile = replace(
        finding(resource="bucket", annotation=HOSTILE),
        resource_name=HOSTILE,
        tags={"Owner": HOSTILE, "ManagedBy": HOSTILE},
        note=HOSTILE,
        state=State.FAILED,
    )

    drawn = blocks.card_blocks(card(hostile))

    for text in [*texts(drawn), blocks.card_text(card(hostile))]:
        assert "<!channel>" not in text
        assert "<https://evil" not in text
        assert "<@U0HANNAH>" not in text


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

    drawn = blocks.card_blocks(card(long, wordy))

    within_slacks_sizes(drawn)
    assert len(blocks.card_text(card(long, wordy))) <= 4000


def within_slacks_sizes(drawn):
    """https://docs.slack.dev/reference/block-kit/blocks: the sizes that this bot comes near."""
    assert len(drawn) <= 50
    for block in drawn:
        if block["type"] == "header":
            assert 0 < len(block["text"]["text"]) <= 150
        if block["type"] == "section":
            assert len(block.get("text", {}).get("text", "")) <= 3000
            assert len(block.get("fields", [])) <= 10
            assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))


def test_the_confirmation_shows_what_changes_and_carries_finding_and_channel():
    form = modals.remediate_form(card(), "C0HOUSING")

    told = "\n".join(texts(form["blocks"]))
    assert rule().impact.change in told
    assert rule().impact.undo in told
    assert modals.origin(form) == modals.Origin(finding().id, "C0HOUSING")


def test_the_form_for_an_exception_allows_what_the_catalogue_allows():
    form = modals.ignore_form(card(), "C0HOUSING", rule(), START.date())

    [expires] = [block for block in form["blocks"] if block.get("block_id") == "expires"]
    assert expires["element"]["initial_date"] == "2027-01-31"
    assert expires["hint"]["text"] == "At most 180 days from today."
    within_slacks_sizes(form["blocks"])


def test_what_was_not_entered_reads_as_nothing():
    values = {
        "exception_class": {"input": {"selected_option": None}},
        "reason": {"input": {"value": None}},
        "ticket": {"input": {}},
        "expires": {"input": {"selected_date": None}},
    }

    read = modals.read_ignore({"state": {"values": values}})

    assert (read.exception_class, read.reason, read.ticket, read.expires) == ("", "", "", None)


@pytest.mark.parametrize("kind", [Refused, Explained])
def test_a_sentence_names_people_by_mentions_and_escapes_the_rest(kind):
    told = blocks.sentence(kind(HOSTILE, ("U1",), ("S1",)))

    assert "<@U1>" in told
    assert "<!subteam^S1>" in told
    assert "<!channel>" not in told


def table(rows):
    return Table("Title", ("Name", "Open"), tuple((f"r{n}", str(n)) for n in range(rows)), "In", "")


def test_a_table_is_cut_at_what_slack_takes_and_says_how_much_more_there_is():
    drawn = blocks.table(table(200))

    assert len(kinds(drawn, "table")[0]["rows"]) == 100
    assert list(texts(kinds(drawn, "context")))[-1] == "… and 101 more."


def words(row):
    return list(texts(row))


def test_several_tables_are_one_and_each_says_how_much_more_there_is():
    rows = blocks.together([table(300), table(0), table(2)])["rows"]

    assert len(rows) <= 100
    assert words(rows[0]) == ["Title", "Open"]
    assert words(rows[32])[0].startswith("… and 269 more; ask /compliance status with team:")
    assert words(rows[34]) == ["None", "\u00a0"]
    assert [words(row) for row in rows[-2:]] == [["r0", "0"], ["r1", "1"]]
    assert {len(row) for row in rows} == {2}


WEEK = Digest(
    at(0), at(9), 0.5, 3, (("New", 1), ("Resolved", 2)), (table(2),), (), ("some-rule",)
)  # fmt: skip


def lapsing(number):
    excepted = life.except_until(finding(), at(60), "", request("U1", verb="except"), at(1))
    return replace(WEEK, lapsing=tuple(replace(excepted, id=f"F-{n:05}") for n in range(number)))


def test_of_many_exceptions_that_end_the_digest_shows_ten_and_says_how_many_more():
    told = "\n".join(texts(blocks.digest_blocks(lapsing(12))))

    assert "F-00009" in told
    assert "F-00010" not in told
    assert "… and 2 more; the allowlist has them all" in told


def test_the_digest_in_words_says_all_that_its_blocks_say():
    told = blocks.digest_text(lapsing(12)).splitlines()

    assert told == [
        "Weekly compliance digest. From 2 November 2026 to 2 November 2026.",
        "50.0% compliant, 3 findings open.",
        "New 1, Resolved 2",
        "Title: In",
        "r0, Open 0",
        "r1, Open 1",
        "Exceptions that end within 30 days:",
        *(
            f"F-{n:05} {RULE}: repairs-photos (housing, excepted, until 2026-11-02 10:00 UTC)"
            for n in range(12)
        ),
        "Asked of the TDA: Review these rules: some-rule",
    ]


def test_words_for_screen_readers_are_escaped_once_and_cut_at_whole_lines():
    told = blocks.spoken("\n".join(["a&b"] * 999))

    assert told.splitlines()[0] == "a&amp;b"
    assert re.fullmatch(r"… and \d+ more", told.splitlines()[-1])
    assert len(told) <= 4000


def test_a_table_without_rows_is_its_sentences():
    assert kinds(blocks.table(table(0)), "table") == []
    assert "In" in list(texts(blocks.table(table(0))))


def test_status_and_digest_fit_into_a_message_however_long_they_are():
    many = tuple(replace(finding(), id=f"F-{n:05}") for n in range(60))
    report = StatusReport(60, (table(90),) * 3, many, "Note.")
    weekly = Digest(
        at(0), at(9), 0.5, 3, (("New", 1),), (table(90),) * 2, many, ("some-rule",)
    )  # fmt: skip

    within_slacks_sizes(blocks.status_blocks(report))
    within_slacks_sizes(blocks.digest_blocks(weekly))
    assert "50.0% compliant" in json.dumps(blocks.digest_blocks(weekly))
    assert "no data yet" in json.dumps(blocks.digest_blocks(replace(weekly, share=None)))
    assert len(blocks.spoken(blocks.status_text(report))) <= 4000
