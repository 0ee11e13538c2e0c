"""Every limit, from both sides: Slack takes the most, and refuses one more."""

from collections.abc import Callable

import pytest

from playground.slack.blockkit import check_message, check_view
from tests.playground.slack.blockkit.made import (
    DIVIDER,
    IMAGE,
    Json,
    actions,
    button,
    card,
    cell,
    chart,
    confirm,
    container,
    data_table,
    field,
    home,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    section,
    series,
    table,
    video,
)

#: A block that has this many of what is limited.
Sized = Callable[[int], Json]


def menu(**more: object) -> Json:
    return section(accessory={"type": "static_select", "options": options(1), **more})


def chosen(kind: str, count: int) -> Json:
    return field({"type": kind, "options": options(count)})


def elements(kind: str, element: Json) -> Sized:
    return lambda count: {"type": kind, "elements": [element] * count}


def feedback(**more: str | Json) -> Json:
    one = {"text": plain(), "value": "good", **more}
    buttons = {"positive_button": one, "negative_button": one}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **buttons}]}


def icon(**more: str | Json) -> Json:
    shown = {"type": "icon_button", "icon": "trash", "text": plain(), **more}
    return {"type": "context_actions", "elements": [shown]}


def workflow(**more: str | Json) -> Json:
    runs = {"workflow": {"trigger": {"url": "https://example.org"}}}
    return actions({"type": "workflow_button", "text": plain(), **runs, **more})


def address(length: int) -> str:
    return "https://example.org/".ljust(length, "x")


def categories(count: int) -> Json:
    named = tuple(f"day {index}" for index in range(count))
    return chart(series("High", *named), categories=named)


MESSAGES: dict[str, tuple[int, Sized]] = {
    "section text": (3000, lambda n: section("x" * n)),
    "section fields": (10, lambda n: {"type": "section", "fields": [mrkdwn()] * n}),
    "section field": (2000, lambda n: {"type": "section", "fields": [plain("x" * n)]}),
    "header": (150, lambda n: {"type": "header", "text": plain("x" * n)}),
    "block_id": (255, lambda n: {**DIVIDER, "block_id": "x" * n}),
    "actions": (25, lambda n: actions(*(button(str(index)) for index in range(n)))),
    "context": (10, elements("context", mrkdwn())),
    "context_actions": (5, elements("context_actions", feedback()["elements"][0])),
    "action_id": (255, lambda n: actions(button("x" * n))),
    "button text": (75, lambda n: actions(button(text=plain("x" * n)))),
    "button value": (2000, lambda n: actions(button(value="x" * n))),
    "button url": (3000, lambda n: actions(button(url=address(n)))),
    "button label": (75, lambda n: actions(button(accessibility_label="x" * n))),
    "workflow button text": (75, lambda n: workflow(text=plain("x" * n))),
    "workflow button label": (75, lambda n: workflow(accessibility_label="x" * n)),
    "icon button text": (75, lambda n: icon(text=plain("x" * n))),
    "icon button value": (2000, lambda n: icon(value="x" * n)),
    "feedback text": (75, lambda n: feedback(text=plain("x" * n))),
    "feedback value": (2000, lambda n: feedback(value="x" * n)),
    "feedback label": (75, lambda n: feedback(accessibility_label="x" * n)),
    "confirm title": (100, lambda n: actions(button(confirm=confirm(title=plain("x" * n))))),
    "confirm text": (300, lambda n: actions(button(confirm=confirm(text=mrkdwn("x" * n))))),
    "confirm button": (30, lambda n: actions(button(confirm=confirm(confirm=plain("x" * n))))),
    "deny button": (30, lambda n: actions(button(confirm=confirm(deny=plain("x" * n))))),
    "select options": (100, lambda n: chosen("static_select", n)),
    "multi select options": (100, lambda n: chosen("multi_static_select", n)),
    "overflow options": (5, lambda n: actions({"type": "overflow", "options": options(n)})),
    "checkboxes": (10, lambda n: chosen("checkboxes", n)),
    "radio buttons": (10, lambda n: chosen("radio_buttons", n)),
    "option text": (75, lambda n: menu(options=[option(text=plain("x" * n))])),
    "option value": (
        150,
        lambda n: menu(options=[option(value="x", text=plain()) | {"value": "x" * n}]),
    ),
    "option description": (75, lambda n: menu(options=[option(description=plain("x" * n))])),
    "placeholder": (150, lambda n: menu(placeholder=plain("x" * n))),
    "option groups": (
        100,
        lambda n: field(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(), "options": options(1)}] * n,
            }
        ),
    ),
    "option group options": (
        100,
        lambda n: field(
            {"type": "static_select", "option_groups": [{"label": plain(), "options": options(n)}]}
        ),
    ),
    "option group label": (
        75,
        lambda n: field(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("x" * n), "options": options(1)}],
            }
        ),
    ),
    "input label": (2000, lambda n: field({"type": "users_select"}, label=plain("x" * n))),
    "input hint": (2000, lambda n: field({"type": "users_select"}, hint=plain("x" * n))),
    "text input length": (3000, lambda n: field({"type": "plain_text_input", "max_length": n})),
    "text input least": (3000, lambda n: field({"type": "plain_text_input", "min_length": n})),
    "text input value": (
        3000,
        lambda n: field({"type": "plain_text_input", "initial_value": "x" * n}),
    ),
    "image url": (3000, lambda n: {**IMAGE, "image_url": address(n)}),
    "image alternative": (2000, lambda n: {**IMAGE, "alt_text": "x" * n}),
    "image title": (2000, lambda n: {**IMAGE, "title": plain("x" * n)}),
    "video title": (199, lambda n: video(title=plain("x" * n))),
    "video description": (199, lambda n: video(description=plain("x" * n))),
    "video author": (49, lambda n: video(author_name="x" * n)),
    "markdown": (12000, lambda n: {"type": "markdown", "text": "x" * n}),
    "table rows": (100, lambda n: table(n, 1)),
    "table columns": (20, lambda n: table(1, n)),
    "table column settings": (20, lambda n: table(column_settings=[{}] * n)),
    "table cells": (10000, lambda n: {"type": "table", "rows": [[cell("x" * n)]]}),
    "data table rows": (201, lambda n: data_table(n, 1)),
    "data table columns": (20, lambda n: data_table(2, n)),
    "data table cells": (
        20000,
        lambda n: data_table(rows=2) | {"rows": [[cell("x")], [cell("x" * (n - 1))]]},
    ),
    "chart title": (50, lambda n: {**pie(), "title": "x" * n}),
    "chart segments": (12, lambda n: pie(n)),
    "chart segment label": (20, lambda n: pie(label="x" * n)),
    "chart series": (12, lambda n: chart(*(series(str(index)) for index in range(n)))),
    "chart series name": (20, lambda n: chart(series("x" * n))),
    "chart categories": (20, categories),
    "chart category": (20, lambda n: chart(series("A", "x" * n), categories=("x" * n,))),
    "card title": (150, lambda n: card(title=mrkdwn("x" * n))),
    "card subtitle": (150, lambda n: card(subtitle=mrkdwn("x" * n))),
    "card body": (200, lambda n: card(body=mrkdwn("x" * n))),
    "card subtext": (200, lambda n: card(subtext=mrkdwn("x" * n))),
    "card actions": (3, lambda n: card(actions=[button(str(index)) for index in range(n)])),
    "carousel": (10, elements("carousel", card())),
    "container": (10, lambda n: container(*[DIVIDER] * n)),
    "container title": (150, lambda n: container(DIVIDER, title=plain("x" * n))),
    "container subtitle": (150, lambda n: container(DIVIDER, subtitle=plain("x" * n))),
}


@pytest.mark.parametrize(("most", "sized"), MESSAGES.values(), ids=MESSAGES)
def test_the_most_that_a_block_may_have_is_taken(most: int, sized: Sized) -> None:
    assert check_message([sized(most)]) == []


@pytest.mark.parametrize(("most", "sized"), MESSAGES.values(), ids=MESSAGES)
def test_one_more_in_a_block_is_refused(most: int, sized: Sized) -> None:
    assert check_message([sized(most + 1)]) != []


VIEWS: dict[str, tuple[int, Sized]] = {
    "modal title": (24, lambda n: modal(title=plain("x" * n))),
    "modal submit": (24, lambda n: modal(submit=plain("x" * n))),
    "modal close": (24, lambda n: modal(close=plain("x" * n))),
    "modal metadata": (3000, lambda n: modal(private_metadata="x" * n)),
    "modal callback_id": (255, lambda n: modal(callback_id="x" * n)),
    "modal external_id": (255, lambda n: modal(external_id="x" * n)),
    "modal blocks": (100, lambda n: modal(*[DIVIDER] * n)),
    "modal alert": (200, lambda n: modal({"type": "alert", "text": plain("x" * n)})),
    "home metadata": (3000, lambda n: home(private_metadata="x" * n)),
    "home callback_id": (255, lambda n: home(callback_id="x" * n)),
    "home blocks": (100, lambda n: home(*[DIVIDER] * n)),
}


@pytest.mark.parametrize(("most", "sized"), VIEWS.values(), ids=VIEWS)
def test_the_most_that_a_view_may_have_is_taken(most: int, sized: Sized) -> None:
    assert check_view(sized(most)) == []


@pytest.mark.parametrize(("most", "sized"), VIEWS.values(), ids=VIEWS)
def test_one_more_in_a_view_is_refused(most: int, sized: Sized) -> None:
    assert check_view(sized(most + 1)) != []


def test_a_message_has_fifty_blocks() -> None:
    assert check_message([DIVIDER] * 50) == []
    assert [str(fault) for fault in check_message([DIVIDER] * 51)] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
