"""Blocks, by type. Pure.

https://docs.slack.dev/reference/block-kit/blocks
"""

from playground.slack.blockkit.elements import ELEMENTS, MENUS, PICKED
from playground.slack.blockkit.kinds import (
    Choice,
    Fields,
    Flag,
    ListOf,
    Number,
    OneOf,
    Shape,
    Text,
    choice,
)
from playground.slack.blockkit.objects import (
    ALT_TEXT,
    HTTPS_URL,
    ID,
    IMAGE_RULES,
    IMAGE_SOURCES,
    SLACK_ICON,
    URL,
    WEB_URL,
    mrkdwn,
    plain,
    text,
)
from playground.slack.blockkit.rich_text import RICH_TEXT, RICH_TEXT_BLOCK
from playground.slack.blockkit.rules import (
    any_of,
    needs,
    no_dispatch_of_files,
    not_both,
    plain_header_row,
    points_match_categories,
    rows_of_one_length,
)

_BLOCK: Fields = {"block_id": ID}
_IMAGE = choice(ELEMENTS, "image")
_BUTTON = choice(ELEMENTS, "button")

_ACTIONS = choice(
    ELEMENTS,
    *(*MENUS, *PICKED),
    *("button", "workflow_button", "overflow", "datetimepicker", "rich_text_input"),
)
_ACCESSORY = choice(ELEMENTS, *MENUS, *PICKED, "button", "workflow_button", "overflow", "image")
_INPUTS = choice(
    ELEMENTS,
    *(*MENUS, *PICKED, "datetimepicker", "plain_text_input", "email_text_input"),
    *("url_text_input", "number_input", "rich_text_input", "file_input"),
)
_CONTEXT = Choice({**text().shapes, "image": ELEMENTS["image"]})

_CELL = Choice(
    {
        "raw_text": Shape({"text": Text()}),
        "raw_number": Shape({"text": Text(), "value": Number(whole=False)}),
        "rich_text": RICH_TEXT_BLOCK,
    }
)
_ROW = ListOf(_CELL, 20)
#: A button in a cell, and what a client shows that has no such cells: seen in slack-morphism 2.30
#: and slack-web-api 0.2.1, not yet in Slack's own types.
_DATA_CELL = Choice(
    {
        **_CELL.shapes,
        "action": Shape(
            {"element": _BUTTON},
            {"fallback": Choice({kind: _CELL.shapes[kind] for kind in ("raw_text", "raw_number")})},
        ),
    }
)
_DATA_ROW = ListOf(_DATA_CELL, 20)
_COLUMN = Shape(optional={"align": OneOf("left", "center", "right"), "is_wrapped": Flag()})

_LABEL = Text(20)
_SLICE = Shape({"label": _LABEL, "value": Number(above=0, whole=False)})
_POINT = Shape({"label": _LABEL, "value": Number(whole=False)})
_AXIS = Shape({"categories": ListOf(_LABEL, 20)}, {"x_label": Text(50), "y_label": Text(50)})
#: Slack documented 6 series or segments at first, and 12 since the summer of 2026.
_SERIES = ListOf(Shape({"name": _LABEL, "data": ListOf(_POINT, 20)}), 12)
_XY_CHART = Shape({"series": _SERIES, "axis_config": _AXIS}, rules=(points_match_categories,))
_CHART = Choice(
    {
        "pie": Shape({"segments": ListOf(_SLICE, 12)}),
        **dict.fromkeys(("bar", "line", "area"), _XY_CHART),
    }
)

_CARD = Shape(
    optional=_BLOCK
    | {
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        # slack_icon and subtext are documented, but not in Slack's types yet
        "slack_icon": SLACK_ICON,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "actions": ListOf(_BUTTON, 3),
    },
    rules=(any_of("hero_image", "title", "actions", "body"), not_both("icon", "slack_icon")),
)
_SOURCE = Choice({"url": Shape({"url": URL, "text": Text()})})
_TASK_CARD = Shape(
    {"task_id": Text(), "title": Text()},
    _BLOCK
    | {
        # optional in Slack's documentation, required in its types
        "status": OneOf("pending", "in_progress", "complete", "error"),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": ListOf(_SOURCE),
    },
)

BLOCKS = {
    "actions": Shape({"elements": ListOf(_ACTIONS, 25)}, _BLOCK),
    "alert": Shape(
        {"text": text(200)},
        _BLOCK | {"level": OneOf("default", "info", "warning", "error", "success")},
    ),
    # https://docs.slack.dev/apis/web-api/using-the-calls-api; not in Slack's types
    "call": Shape({"call_id": Text()}, _BLOCK),
    "card": _CARD,
    "carousel": Shape({"elements": ListOf(Choice({"card": _CARD}), 10)}, _BLOCK),
    "context": Shape({"elements": ListOf(_CONTEXT, 10)}, _BLOCK),
    "context_actions": Shape(
        {"elements": ListOf(choice(ELEMENTS, "feedback_buttons", "icon_button"), 5)}, _BLOCK
    ),
    "data_table": Shape(
        # 201 rows since the summer of 2026, 101 before
        {"caption": Text(), "rows": ListOf(_DATA_ROW, 201, least=2)},
        _BLOCK | {"page_size": Number(1, 100), "row_header_column_index": Number(0)},
        (rows_of_one_length, plain_header_row),
    ),
    "data_visualization": Shape({"title": Text(50), "chart": _CHART}, _BLOCK),
    "divider": Shape(optional=_BLOCK),
    "file": Shape({"external_id": Text(), "source": OneOf("remote")}, _BLOCK),
    # level is documented, but not in Slack's types yet
    "header": Shape({"text": plain(150)}, _BLOCK | {"level": Number(1, 4)}),
    "image": Shape(
        {"alt_text": ALT_TEXT}, _BLOCK | IMAGE_SOURCES | {"title": plain(2000)}, IMAGE_RULES
    ),
    "input": Shape(
        {"label": plain(2000), "element": _INPUTS},
        _BLOCK | {"dispatch_action": Flag(), "hint": plain(2000), "optional": Flag()},
        (no_dispatch_of_files,),
    ),
    "markdown": Shape({"text": Text(12000)}, _BLOCK),
    "plan": Shape({"title": Text()}, _BLOCK | {"tasks": ListOf(Choice({"task_card": _TASK_CARD}))}),
    "rich_text": RICH_TEXT_BLOCK,
    "section": Shape(
        optional=_BLOCK
        | {
            "text": text(3000),
            "fields": ListOf(text(2000), 10),
            "accessory": _ACCESSORY,
            "expand": Flag(),
        },
        rules=(any_of("text", "fields"),),
    ),
    "table": Shape({"rows": ListOf(_ROW, 100)}, _BLOCK | {"column_settings": ListOf(_COLUMN, 20)}),
    "task_card": _TASK_CARD,
    "video": Shape(
        # title, description and author_name "must be less than" 200, 200 and 50 characters
        {"alt_text": Text(), "title": plain(199), "thumbnail_url": WEB_URL, "video_url": HTTPS_URL},
        _BLOCK
        | {
            "author_name": Text(49),
            "description": plain(199),
            "provider_icon_url": WEB_URL,
            "provider_name": Text(),
            "title_url": HTTPS_URL,
        },
    ),
}

_HELD = choice(
    BLOCKS,
    *("actions", "context", "divider", "file", "header", "image", "input", "rich_text"),
    *("section", "table", "video"),
)
BLOCKS["container"] = Shape(
    {"child_blocks": ListOf(_HELD, 10)},
    _BLOCK
    | {
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "icon": _IMAGE,
        "width": OneOf("narrow", "standard", "wide", "full"),
        "is_collapsible": Flag(),
        "default_collapsed": Flag(),
        "has_header_divider": Flag(),
    },
    (any_of("title", "rich_text_title"), needs("default_collapsed", "is_collapsible")),
)
