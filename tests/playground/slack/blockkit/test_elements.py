"""Buttons, menus, pickers and inputs, and the composition objects in them."""

import pytest

from tests.playground.slack.blockkit.made import (
    URL,
    Json,
    actions,
    button,
    confirm,
    field,
    mrkdwn,
    option,
    options,
    plain,
    refused,
    rich_text,
    section,
)

SELECT = {"type": "static_select", "action_id": "pick", "options": options(3)}
GROUPS = [{"label": plain("Group"), "options": options(2)}]
GROUPED = {"type": "static_select", "option_groups": GROUPS}
BOXES = {"type": "checkboxes", "options": options(3)}
RADIO = {"type": "radio_buttons", "options": options(3)}
CONVERSATIONS = {"type": "conversations_select", "filter": {"include": ["private", "im"]}}
TRIGGER = {"url": URL, "customizable_input_parameters": [{"name": "a", "value": "b"}]}
WORKFLOW = {"type": "workflow_button", "text": plain(), "workflow": {"trigger": TRIGGER}}
TEXT = {"type": "plain_text_input", "action_id": "words"}
NUMBER = {"type": "number_input", "is_decimal_allowed": False}
SHARED = {"confirm": confirm(), "focus_on_load": True, "placeholder": plain("Pick one")}

ACTIONS: dict[str, Json] = {
    "button": button(value="F-1", url=URL, style="danger", confirm=confirm(style="danger")),
    "button with an accessible label": button(accessibility_label="Remediate this finding"),
    "workflow_button": WORKFLOW,
    "overflow": {"type": "overflow", "options": [option(url=URL), option("two")]},
    "datetimepicker": {"type": "datetimepicker", "initial_date_time": 1793610000},
}
MENUS: dict[str, Json] = {
    "static_select": {**SELECT, **SHARED, "initial_option": option("2")},
    "static_select in groups": {**GROUPED, "initial_option": option("1")},
    "external_select": {"type": "external_select", "min_query_length": 0},
    "users_select": {"type": "users_select", "initial_user": "U1"},
    "conversations_select": {**CONVERSATIONS, "default_to_current_conversation": True},
    "channels_select": {"type": "channels_select", "initial_channel": "C1"},
    "multi_static_select": {
        **SELECT,
        "type": "multi_static_select",
        "initial_options": options(2),
        "max_selected_items": 2,
    },
    "multi_external_select": {"type": "multi_external_select", "initial_options": options(1)},
    "multi_users_select": {"type": "multi_users_select", "initial_users": ["U1", "U2"]},
    "multi_conversations_select": {
        "type": "multi_conversations_select",
        "filter": {"exclude_bot_users": True},
    },
    "multi_channels_select": {"type": "multi_channels_select", "max_selected_items": 1},
    "checkboxes": {**BOXES, "initial_options": options(2)},
    "checkboxes of mrkdwn": {"type": "checkboxes", "options": [option(text=mrkdwn())]},
    "radio_buttons": {**RADIO, "initial_option": option("1")},
    "datepicker": {"type": "datepicker", "initial_date": "2028-02-29"},
    "timepicker": {"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"},
}
INPUTS: dict[str, Json] = {
    "plain_text_input": {
        **TEXT,
        "multiline": True,
        "min_length": 3,
        "max_length": 5,
        "initial_value": "three",
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    },
    "email_text_input": {"type": "email_text_input", "initial_value": "a@example.org"},
    "url_text_input": {"type": "url_text_input", "initial_value": URL},
    "number_input": {**NUMBER, "min_value": "-5", "initial_value": "0", "max_value": "5"},
    "number_input with decimals": {
        "type": "number_input",
        "is_decimal_allowed": True,
        "initial_value": "2.5",
    },
    "rich_text_input": {"type": "rich_text_input", "initial_value": rich_text()},
    "file_input": {"type": "file_input", "filetypes": ["csv"], "max_files": 10},
    "datetimepicker": {"type": "datetimepicker"},
}


@pytest.mark.parametrize("element", (ACTIONS | MENUS).values(), ids=ACTIONS | MENUS)
def test_slack_takes_it_in_actions(element: Json) -> None:
    assert refused(actions(element)) == ""


@pytest.mark.parametrize("element", MENUS.values(), ids=MENUS)
def test_slack_takes_it_beside_a_section(element: Json) -> None:
    assert refused(section(accessory=element)) == ""


@pytest.mark.parametrize("element", (MENUS | INPUTS).values(), ids=MENUS | INPUTS)
def test_slack_takes_it_in_an_input(element: Json) -> None:
    assert refused(field(element)) == ""


EVERY = {**ACTIONS, **MENUS, **INPUTS}


@pytest.mark.parametrize("element", EVERY.values(), ids=EVERY)
def test_no_element_has_properties_of_its_own(element: Json) -> None:
    holder = field if element in INPUTS.values() else actions

    assert "invalid additional property: colour" in refused(holder({**element, "colour": "red"}))


BAD_ACTIONS: dict[str, tuple[Json, str]] = {
    "button: no text": ({"type": "button"}, "missing required field: text"),
    "button: mrkdwn": (button(text=mrkdwn()), "unsupported type: mrkdwn"),
    "button: green": (
        button(style="green"),
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "button: disabled": (button(disabled=True), "invalid additional property: disabled"),
    "button: a number for a value": (button(value=7), "must provide a string"),
    "button: empty address": (button(url=""), "must be more than 0 characters"),
    "button: no address": (button(url="example"), "must be a valid URL"),
    "action_id: empty": (button(""), "must be more than 0 characters"),
    "confirm: no title": (
        button(confirm={"text": plain(), "confirm": plain(), "deny": plain()}),
        "missing required field: title [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    "confirm: green": (button(confirm=confirm(style="green")), "must be one of: primary, danger"),
    "workflow_button: no trigger": (
        {**WORKFLOW, "workflow": {}},
        "missing required field: trigger",
    ),
    "workflow_button: a parameter without value": (
        {**WORKFLOW, "workflow": {"trigger": {"url": URL, "customizable_input_parameters": [{}]}}},
        "missing required field: name",
    ),
    "overflow: none": ({"type": "overflow", "options": []}, "no fewer than 1 items"),
    "datetimepicker: milliseconds": (
        {"type": "datetimepicker", "initial_date_time": 1793610000000},
        "must be at most 9999999999",
    ),
    "datetimepicker: part of a second": (
        {"type": "datetimepicker", "initial_date_time": 1793610000.5},
        "must provide an integer",
    ),
    "datetimepicker: a flag": (
        {"type": "datetimepicker", "initial_date_time": True},
        "must provide a number",
    ),
    "feedback outside context_actions": (
        {"type": "feedback_buttons"},
        "unsupported type: feedback_buttons",
    ),
}


@pytest.mark.parametrize(("element", "told"), BAD_ACTIONS.values(), ids=BAD_ACTIONS)
def test_slack_refuses_it_in_actions(element: Json, told: str) -> None:
    assert told in refused(actions(element))


BAD_INPUTS: dict[str, tuple[Json, str]] = {
    "select: no options": ({"type": "static_select"}, "must define either `options` or `option_gr"),
    "select: options and groups": (
        {**SELECT, "option_groups": GROUPS},
        "must define only one of `options` or `option_groups`",
    ),
    "select: initial is no option": (
        {**SELECT, "initial_option": option("9")},
        "must exactly match one of the options [json-pointer:/blocks/0/element/initial_option]",
    ),
    "select: initial has another text": (
        {**SELECT, "initial_option": option("1", text=plain("Other"))},
        "must exactly match one of the options",
    ),
    "select: initial is in no group": (
        {**GROUPED, "initial_option": option("9")},
        "must exactly match one of the options",
    ),
    "select: an option that links": (
        {"type": "static_select", "options": [option(url=URL)]},
        "invalid additional property: url",
    ),
    "select: an option of mrkdwn": (
        {"type": "static_select", "options": [option(text=mrkdwn())]},
        "unsupported type: mrkdwn",
    ),
    "option: no value": (
        {"type": "static_select", "options": [{"text": plain()}]},
        "missing required field: value",
    ),
    "group: no label": (
        {"type": "static_select", "option_groups": [{"options": options(1)}]},
        "missing required field: label",
    ),
    "select: placeholder of mrkdwn": ({**SELECT, "placeholder": mrkdwn()}, "unsupported type"),
    "external_select: negative query": (
        {"type": "external_select", "min_query_length": -1},
        "must be at least 0",
    ),
    "multi select: more than can be selected": (
        {"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 1},
        "no more than 1 items allowed [json-pointer:/blocks/0/element/initial_users]",
    ),
    "multi select: select none": (
        {"type": "multi_users_select", "max_selected_items": 0},
        "must be at least 1",
    ),
    "filter: nothing": ({"type": "conversations_select", "filter": {}}, "must define either"),
    "filter: a list": ({"type": "conversations_select", "filter": []}, "must provide an object"),
    "filter: unknown kind": (
        {"type": "conversations_select", "filter": {"include": ["secret"]}},
        "must be one of: im, mpim",
    ),
    "checkboxes: initial is no option": (
        {**BOXES, "initial_options": [option("0"), option("9")]},
        "must exactly match one of the options [json-pointer:/blocks/0/element/initial_options/1]",
    ),
    "radio: initial is no option": ({**RADIO, "initial_option": option("9")}, "exactly match"),
    "datepicker: no such day": (
        {"type": "datepicker", "initial_date": "2026-02-30"},
        "must be a date as YYYY-MM-DD",
    ),
    "datepicker: another form": (
        {"type": "datepicker", "initial_date": "20260228"},
        "must be a date as YYYY-MM-DD",
    ),
    "timepicker: no such hour": (
        {"type": "timepicker", "initial_time": "24:00"},
        "must be a time as HH:mm",
    ),
    "text: at least more than at most": (
        {**TEXT, "min_length": 5, "max_length": 4},
        "cannot be greater than max_length",
    ),
    "text: at most nothing": ({**TEXT, "max_length": 0}, "must be at least 1"),
    "text: initial too long": (
        {**TEXT, "initial_value": "four", "max_length": 3},
        "must be less than 4 characters [json-pointer:/blocks/0/element/initial_value]",
    ),
    "text: unknown dispatch": (
        {**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}},
        "must be one of: on_enter_pressed",
    ),
    "number: decimals not said": ({"type": "number_input"}, "missing required field: is_decimal"),
    "number: words": ({**NUMBER, "initial_value": "many"}, "must be a number"),
    "number: decimals not allowed": ({**NUMBER, "initial_value": "0.5"}, "must be a whole number"),
    "number: order": ({**NUMBER, "min_value": "10", "max_value": "9"}, "cannot be greater than"),
    "number: initial too small": (
        {**NUMBER, "min_value": "5", "initial_value": "4"},
        "cannot be greater than initial_value",
    ),
    "number: initial too big": (
        {**NUMBER, "initial_value": "6", "max_value": "5"},
        "cannot be greater than max_value",
    ),
    "rich text: initial is a string": (
        {"type": "rich_text_input", "initial_value": "words"},
        "must provide an object",
    ),
    "file: none": ({"type": "file_input", "max_files": 0}, "must be at least 1"),
    "file: eleven": ({"type": "file_input", "max_files": 11}, "must be at most 10"),
}


@pytest.mark.parametrize(("element", "told"), BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_slack_refuses_it_in_an_input(element: Json, told: str) -> None:
    assert told in refused(field(element))


BAD_CONTEXT_ACTIONS: dict[str, tuple[Json, str]] = {
    "icon_button: unknown icon": (
        {"type": "icon_button", "icon": "cat", "text": plain()},
        "must be one of: trash",
    ),
    "feedback_buttons: one button": (
        {"type": "feedback_buttons", "positive_button": {"text": plain(), "value": "good"}},
        "missing required field: negative_button",
    ),
    "feedback_buttons: no value": (
        {
            "type": "feedback_buttons",
            "positive_button": {"text": plain()},
            "negative_button": {"text": plain(), "value": "bad"},
        },
        "missing required field: value",
    ),
}


@pytest.mark.parametrize(("element", "told"), BAD_CONTEXT_ACTIONS.values(), ids=BAD_CONTEXT_ACTIONS)
def test_slack_refuses_it_in_context_actions(element: Json, told: str) -> None:
    assert told in refused({"type": "context_actions", "elements": [element]})


@pytest.mark.parametrize(
    "file",
    [{}, {"id": "F1", "url": URL}, {"id": ""}],
    ids=["neither id nor address", "both", "empty id"],
)
def test_a_slack_file_has_one_name(file: Json) -> None:
    assert refused({"type": "image", "alt_text": "A chart", "slack_file": file}) != ""
