"""Block elements: buttons, menus, pickers and inputs, by type. Pure.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from playground.slack.blockkit.kinds import Fields, Flag, ListOf, Number, OneOf, Shape, Text
from playground.slack.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DATE,
    DECIMAL,
    DISPATCH,
    ID,
    IMAGE_ELEMENT,
    LINKED_OPTION,
    MARKED_OPTION,
    OPTION_GROUP,
    PLAIN_OPTION,
    STYLE,
    TIME,
    TRIGGER,
    URL,
    plain,
)
from playground.slack.blockkit.rich_text import RICH_TEXT
from playground.slack.blockkit.rules import (
    any_of,
    in_order,
    initial_among_options,
    initial_text_fits,
    initial_within_selectable,
    not_both,
    numbers_fit,
)

_ACTION: Fields = {"action_id": ID}
_CONFIRMED = _ACTION | {"confirm": CONFIRM}
_FOCUSED: Fields = {"focus_on_load": Flag()}
_MENU = _CONFIRMED | _FOCUSED | {"placeholder": plain(150)}
_MULTI = _MENU | {"max_selected_items": Number(1)}
_INPUT = _ACTION | _FOCUSED | {"placeholder": plain(150), "dispatch_action_config": DISPATCH}
_TEXT_INPUT = Shape(optional=_INPUT | {"initial_value": Text(least=0)})
_LABELLED: Fields = {"accessibility_label": Text(75)}
_VALUE = Text(2000, least=0)

_CHOSEN: Fields = {"options": ListOf(MARKED_OPTION, 10)}
_STATIC: Fields = {
    "options": ListOf(PLAIN_OPTION, 100),
    "option_groups": ListOf(OPTION_GROUP, 100),
}
_STATIC_RULES = (
    any_of("options", "option_groups"),
    not_both("options", "option_groups"),
    initial_among_options,
)
_EXTERNAL: Fields = {"min_query_length": Number(0)}
_CONVERSATIONS: Fields = {
    "default_to_current_conversation": Flag(),
    "filter": CONVERSATION_FILTER,
}
_INITIAL_OPTION: Fields = {"initial_option": PLAIN_OPTION}
_INITIAL_OPTIONS: Fields = {"initial_options": ListOf(PLAIN_OPTION, 100)}
_RESPONDING: Fields = {"response_url_enabled": Flag()}
_FEEDBACK = Shape({"text": plain(75), "value": Text(2000)}, _LABELLED)


def _initial(name: str) -> Fields:
    return {f"initial_{name}": Text()}


def _multi_menu(name: str, more: Fields | None = None) -> Shape:
    initial: Fields = {f"initial_{name}": ListOf(Text())}
    return Shape(optional=_MULTI | initial | (more or {}), rules=(initial_within_selectable,))


ELEMENTS = {
    "image": IMAGE_ELEMENT,
    # Buttons
    "button": Shape(
        {"text": plain(75)},
        _CONFIRMED | _LABELLED | {"value": _VALUE, "url": URL, "style": STYLE},
    ),
    "workflow_button": Shape(
        {"text": plain(75), "workflow": Shape({"trigger": TRIGGER})},
        _CONFIRMED | _LABELLED | {"style": STYLE},
    ),
    "icon_button": Shape(
        # trash is the one icon that Slack documents; its types take any word
        {"text": plain(75), "icon": OneOf("trash")},
        _CONFIRMED | _LABELLED | {"value": _VALUE, "visible_to_user_ids": ListOf(Text())},
    ),
    "feedback_buttons": Shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTION
    ),
    "overflow": Shape({"options": ListOf(LINKED_OPTION, 5)}, _CONFIRMED),
    # Choices
    "checkboxes": Shape(
        _CHOSEN,
        _CONFIRMED | _FOCUSED | {"initial_options": ListOf(MARKED_OPTION, 10)},
        (initial_among_options,),
    ),
    "radio_buttons": Shape(
        _CHOSEN,
        _CONFIRMED | _FOCUSED | {"initial_option": MARKED_OPTION},
        (initial_among_options,),
    ),
    # Menus of one
    "static_select": Shape(optional=_MENU | _STATIC | _INITIAL_OPTION, rules=_STATIC_RULES),
    "external_select": Shape(optional=_MENU | _EXTERNAL | _INITIAL_OPTION),
    "users_select": Shape(optional=_MENU | _initial("user")),
    "conversations_select": Shape(
        optional=_MENU | _CONVERSATIONS | _RESPONDING | _initial("conversation")
    ),
    "channels_select": Shape(optional=_MENU | _RESPONDING | _initial("channel")),
    # Menus of several
    "multi_static_select": Shape(
        optional=_MULTI | _STATIC | _INITIAL_OPTIONS,
        rules=(*_STATIC_RULES, initial_within_selectable),
    ),
    "multi_external_select": Shape(
        optional=_MULTI | _EXTERNAL | _INITIAL_OPTIONS, rules=(initial_within_selectable,)
    ),
    "multi_users_select": _multi_menu("users"),
    "multi_conversations_select": _multi_menu("conversations", _CONVERSATIONS),
    "multi_channels_select": _multi_menu("channels"),
    # Pickers
    "datepicker": Shape(optional=_MENU | {"initial_date": DATE}),
    "timepicker": Shape(optional=_MENU | {"initial_time": TIME, "timezone": Text()}),
    # "in the format of 10 digits"
    "datetimepicker": Shape(
        optional=_CONFIRMED | _FOCUSED | {"initial_date_time": Number(10**9, 10**10 - 1)}
    ),
    # Inputs
    "plain_text_input": Shape(
        optional=_INPUT
        | {
            "initial_value": Text(3000, least=0),
            "multiline": Flag(),
            "min_length": Number(0, 3000),
            "max_length": Number(1, 3000),
        },
        rules=(in_order("min_length", "max_length"), initial_text_fits),
    ),
    "email_text_input": _TEXT_INPUT,
    "url_text_input": _TEXT_INPUT,
    "number_input": Shape(
        {"is_decimal_allowed": Flag()},
        _INPUT | {"initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        (numbers_fit,),
    ),
    "rich_text_input": Shape(
        optional=_INPUT
        | {
            # a whole rich text block, with its type
            "initial_value": RICH_TEXT,
            "min_lines": Number(1),
            "max_lines": Number(1),
        },
        rules=(in_order("min_lines", "max_lines"),),
    ),
    "file_input": Shape(
        optional=_ACTION | {"filetypes": ListOf(Text()), "max_files": Number(1, 10)}
    ),
}

SELECTS = ("static", "external", "users", "conversations", "channels")
MENUS = tuple(f"{several}{kind}_select" for several in ("", "multi_") for kind in SELECTS)
PICKED = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
