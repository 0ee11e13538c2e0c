"""Which block stands where, and what a view is besides its blocks."""

import pytest

from playground.slack.blockkit import check_message, check_view
from tests.playground.slack.blockkit.made import (
    DIVIDER,
    Json,
    button,
    field,
    home,
    lines,
    modal,
    mrkdwn,
    plain,
    section,
)
from tests.playground.slack.blockkit.test_blocks import ALERT, GOOD

#: Beside these, every block stands everywhere.
NOT_IN_MODALS = {
    *("call", "carousel", "container", "context_actions", "data_table", "data_visualization"),
    *("file", "markdown", "plan", "table", "task_card"),
}
NOT_IN_HOME = {"alert", "call", "context_actions", "file", "markdown", "plan", "task_card"}
NOT_IN_MESSAGES = {"alert"}
EVERY = {**{block["type"]: block for block in GOOD.values()}, "alert": ALERT}


@pytest.mark.parametrize("kind", EVERY)
def test_a_message_takes_its_blocks(kind: str) -> None:
    assert bool(check_message([EVERY[kind]])) == (kind in NOT_IN_MESSAGES)


@pytest.mark.parametrize("kind", EVERY)
def test_a_modal_takes_its_blocks(kind: str) -> None:
    assert bool(check_view(modal(EVERY[kind]))) == (kind in NOT_IN_MODALS)


@pytest.mark.parametrize("kind", EVERY)
def test_a_home_tab_takes_its_blocks(kind: str) -> None:
    assert bool(check_view(home(EVERY[kind]))) == (kind in NOT_IN_HOME)


def test_a_block_of_another_surface_is_told_at_its_type() -> None:
    assert lines(check_message([DIVIDER, ALERT])) == [
        "[ERROR] unsupported type: alert [json-pointer:/blocks/1/type]"
    ]


@pytest.mark.parametrize(
    "view",
    [
        modal(close=plain(), clear_on_close=True, notify_on_close=True, private_metadata=""),
        modal(callback_id="ignore", external_id="F-1", private_metadata='{"finding": "F-1"}'),
        {"type": "modal", "title": plain(), "blocks": [section()]},
        home(callback_id="home", private_metadata="x"),
    ],
    ids=["modal of all fields", "modal with ids", "modal without submit", "home"],
)
def test_slack_takes_the_view(view: Json) -> None:
    assert check_view(view) == []


BAD: dict[str, tuple[Json, str]] = {
    "no type": ({"blocks": []}, "missing required field: type [json-pointer:/view]"),
    "a message": ({"type": "message"}, "unsupported type: message [json-pointer:/view/type]"),
    "modal without title": (
        {"type": "modal", "blocks": [section()]},
        "missing required field: title [json-pointer:/view]",
    ),
    "modal without blocks": (
        {"type": "modal", "title": plain()},
        "missing required field: blocks [json-pointer:/view]",
    ),
    "modal with nothing in it": (
        {"type": "modal", "title": plain(), "blocks": []},
        "no fewer than 1 items allowed [json-pointer:/view/blocks]",
    ),
    "title of mrkdwn": (
        modal(title=mrkdwn()),
        "unsupported type: mrkdwn [json-pointer:/view/title/type]",
    ),
    "empty title": (modal(title=plain("")), "must be more than 0 characters"),
    "flag as text": (modal(clear_on_close="yes"), "must provide a boolean"),
    "metadata as an object": (modal(private_metadata={}), "must provide a string"),
    "unknown property": (modal(colour="red"), "invalid additional property: colour"),
    "home with a title": (home(title=plain()), "invalid additional property: title"),
    "home without blocks": ({"type": "home"}, "missing required field: blocks"),
    "inputs and no submit": (
        {"type": "modal", "title": plain(), "blocks": [field({"type": "users_select"})]},
        "missing required field: submit [json-pointer:/view]",
    ),
    "a bad block": (
        modal(section(accessory=button(style="green"))),
        "must be one of: primary, danger [json-pointer:/view/blocks/0/accessory/style]",
    ),
}


@pytest.mark.parametrize(("view", "told"), BAD.values(), ids=BAD)
def test_slack_refuses_the_view(view: Json, told: str) -> None:
    assert any(told in line for line in lines(check_view(view)))


def test_a_message_may_have_no_blocks() -> None:
    """chat.update removes blocks with an empty list."""
    assert check_message([]) == []
