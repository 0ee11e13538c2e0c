"""What holds between the blocks of one message or view."""

import pytest

from playground.slack.blockkit import Fault, check_message, check_view
from tests.playground.slack.blockkit.made import (
    DIVIDER,
    Json,
    actions,
    button,
    card,
    container,
    data_table,
    field,
    home,
    lines,
    modal,
    pie,
    section,
    table,
)

NAMED = {**DIVIDER, "block_id": "line"}
FOCUSED = field({"type": "plain_text_input", "focus_on_load": True})


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


def test_two_blocks_of_one_id_are_refused_at_the_second() -> None:
    assert lines(check_message([NAMED, section(), NAMED])) == [
        "[ERROR] block_id 'line' is used more than once [json-pointer:/blocks/2/block_id]"
    ]


def test_a_block_in_a_container_has_an_id_of_its_own_too() -> None:
    (fault,) = check_message([NAMED, container(NAMED)])

    assert fault.pointer == "/blocks/1/child_blocks/0/block_id"


def test_views_have_block_ids_of_their_own() -> None:
    (fault,) = check_view(home(NAMED, NAMED))

    assert fault.pointer == "/view/blocks/1/block_id"


def test_two_actions_of_one_id_in_a_block_are_refused() -> None:
    assert lines(check_message([actions(button("press"), button("press"))])) == [
        "[ERROR] action_id 'press' is used more than once "
        "[json-pointer:/blocks/0/elements/1/action_id]"
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        [actions(button("press")), actions(button("press"))],
        [container(actions(button("press")), actions(button("press")))],
        [{"type": "carousel", "elements": [card(actions=[button("press")])] * 2}],
    ],
    ids=["in a message", "in a container", "in a carousel"],
)
def test_two_blocks_may_have_an_action_of_one_id(blocks: list[Json]) -> None:
    assert check_message(blocks) == []


def test_actions_in_one_block_of_a_container_differ() -> None:
    (fault,) = check_message([container(actions(button("press"), button("press")))])

    assert fault.pointer == "/blocks/0/child_blocks/0/elements/1/action_id"


@pytest.mark.parametrize(
    "blocks", [[table(), table()], [table(), container(table())]], ids=["beside", "in a container"]
)
def test_a_message_has_one_table(blocks: list[Json]) -> None:
    assert check_message(blocks) == [
        Fault("/blocks", "only_one_table_allowed", "only one table allowed")
    ]


def test_a_message_has_two_charts() -> None:
    assert check_message([pie(), pie()]) == []
    assert lines(check_message([pie(), pie(), pie()])) == [
        "[ERROR] no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"
    ]


def test_markdown_blocks_share_their_limit() -> None:
    assert check_message([markdown(6000), markdown(6000)]) == []
    assert lines(check_message([markdown(6000), markdown(6001)])) == [
        "[ERROR] markdown blocks must have less than 12001 characters [json-pointer:/blocks]"
    ]


def test_one_element_has_the_focus() -> None:
    assert check_view(modal(FOCUSED)) == []
    assert lines(check_view(modal(FOCUSED, FOCUSED))) == [
        "[ERROR] only one element can have focus_on_load [json-pointer:/view/blocks/1/element]"
    ]


def test_a_message_of_13200_characters_is_taken_and_no_longer_one() -> None:
    full = [section("x" * 3000)] * 4

    assert check_message([*full, section("x" * 1200)]) == []
    assert check_message([*full, section("x" * 1201)]) == [
        Fault("/blocks", "msg_blocks_too_long", "blocks must have less than 13201 characters")
    ]


def test_a_view_may_be_longer_than_a_message() -> None:
    assert check_view(modal(*[section("x" * 3000)] * 5)) == []


def test_cells_do_not_count_among_the_characters_of_a_message() -> None:
    cells = [[{"type": "raw_text", "text": "x" * 9000}]] * 2

    assert check_message([{**data_table(), "rows": cells}]) == []
