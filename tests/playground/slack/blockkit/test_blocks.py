"""Each block that Slack documents: taken when right, refused at its own place when not."""

import pytest

from tests.playground.slack.blockkit.made import (
    DIVIDER,
    IMAGE,
    URL,
    Json,
    actions,
    button,
    card,
    cell,
    chart,
    container,
    data_table,
    field,
    modal,
    mrkdwn,
    option,
    pie,
    plain,
    refused,
    refused_view,
    rich_text,
    section,
    series,
    table,
    task,
    video,
    words,
)

FILE = {"type": "file", "external_id": "F1", "source": "remote"}
TEXT_INPUT = {"type": "plain_text_input"}
FEEDBACK = {
    "type": "feedback_buttons",
    "positive_button": {"text": plain("Good"), "value": "good"},
    "negative_button": {"text": plain("Bad"), "value": "bad", "accessibility_label": "Not good"},
}
ACTION = {"type": "action", "element": button(), "fallback": cell()}
MENU = {"type": "overflow", "options": [option()]}
NUMBER = {"type": "raw_number", "text": "1,000", "value": 1000}

GOOD: dict[str, Json] = {
    "actions": actions(button(style="primary", value="F-1")),
    "call": {"type": "call", "call_id": "R1"},
    "card": card(
        subtitle=mrkdwn(), body=mrkdwn(), subtext=mrkdwn(), hero_image=IMAGE, actions=[button()]
    ),
    "card of a body alone": {"type": "card", "body": mrkdwn()},
    "card with a Slack icon": card(slack_icon={"type": "icon", "name": "rocket"}),
    "carousel": {"type": "carousel", "elements": [card(), card()]},
    "container": container(section(), subtitle=mrkdwn(), icon=IMAGE, width="full"),
    "container, collapsed": container(DIVIDER, is_collapsible=True, default_collapsed=True),
    "container with a rich title": {
        "type": "container",
        "rich_text_title": rich_text(),
        "child_blocks": [table()],
    },
    "context": {"type": "context", "elements": [plain(), mrkdwn(), IMAGE]},
    "context_actions": {
        "type": "context_actions",
        "elements": [FEEDBACK, {"type": "icon_button", "icon": "trash", "text": plain()}],
    },
    "data_table with buttons": {**data_table(), "rows": [[cell()], [ACTION]]},
    "data_table": data_table(201, page_size=100, row_header_column_index=1),
    "data_visualization": chart(series("High"), series("Low", "Tue", "Mon")),
    "data_visualization of a pie": pie(12),
    "divider": {**DIVIDER, "block_id": "line"},
    "file": FILE,
    "header": {"type": "header", "text": plain(), "level": 2},
    "image": {**IMAGE, "title": plain(), "block_id": "chart"},
    "image from a Slack file": {"type": "image", "alt_text": "A chart", "slack_file": {"id": "F1"}},
    "input": field(TEXT_INPUT, hint=plain(), optional=True, dispatch_action=True),
    "markdown": {"type": "markdown", "text": "# Title"},
    "plan": {"type": "plan", "title": "Plan", "tasks": [task(), task(task_id="t2")]},
    "rich_text": rich_text(words(style={"bold": True}), {"type": "emoji", "name": "wave"}),
    "section": section(fields=[plain(), mrkdwn()], accessory=button(), expand=True),
    "section of fields": {"type": "section", "fields": [mrkdwn()]},
    "table": table(100, 20, column_settings=[{"align": "right", "is_wrapped": True}]),
    "table of every cell": {"type": "table", "rows": [[cell(), NUMBER, rich_text()]]},
    "task_card": task(
        details=rich_text(), output=rich_text(), sources=[{"type": "url", "url": URL, "text": "A"}]
    ),
    "video": video(author_name="A", description=plain(), provider_name="B", title_url=URL),
}


@pytest.mark.parametrize("block", GOOD.values(), ids=GOOD)
def test_slack_takes_it(block: Json) -> None:
    assert refused(block) == ""


@pytest.mark.parametrize("block", GOOD.values(), ids=GOOD)
def test_no_block_has_properties_of_its_own(block: Json) -> None:
    told = refused({**block, "colour": "red"})

    assert told == "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]"


REQUIRED = {
    "actions": ["type", "elements"],
    "call": ["call_id"],
    "carousel": ["elements"],
    "container": ["child_blocks"],
    "context": ["elements"],
    "context_actions": ["elements"],
    "data_table": ["rows", "caption"],
    "data_visualization": ["title", "chart"],
    "file": ["external_id", "source"],
    "header": ["text"],
    "image": ["alt_text"],
    "input": ["label", "element"],
    "markdown": ["text"],
    "plan": ["title"],
    "rich_text": ["elements"],
    "table": ["rows"],
    "task_card": ["task_id", "title"],
    "video": ["alt_text", "title", "thumbnail_url", "video_url"],
}
MISSING = [(kind, name) for kind, names in REQUIRED.items() for name in names]


@pytest.mark.parametrize(("kind", "name"), MISSING, ids=[f"{k} without {n}" for k, n in MISSING])
def test_what_is_required_must_be_there(kind: str, name: str) -> None:
    block = {key: value for key, value in GOOD[kind].items() if key != name}

    told = refused(block)

    assert told == f"[ERROR] missing required field: {name} [json-pointer:/blocks/0]"


BAD: dict[str, tuple[Json, str]] = {
    "unknown block": ({"type": "nonsense"}, "unsupported type: nonsense [json-pointer:/blocks/0/t"),
    "type is no text": ({"type": 5}, "must provide a string [json-pointer:/blocks/0/type]"),
    "actions: an image": (actions(IMAGE), "unsupported type: image"),
    "actions: an input": (actions(TEXT_INPUT), "unsupported type: plain_text_input"),
    "actions: none": (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "card: only a subtitle": (
        {"type": "card", "subtitle": mrkdwn()},
        "must define either `hero_image` or `title` or `actions` or `body`",
    ),
    "card: two icons": (
        card(icon=IMAGE, slack_icon={"type": "icon", "name": "bot"}),
        "must define only one of `icon` or `slack_icon`",
    ),
    "card: unknown Slack icon": (
        card(slack_icon={"type": "icon", "name": "cat"}),
        "must be one of",
    ),
    "card: plain title": (card(title=plain()), "unsupported type: plain_text"),
    "carousel: a section": (
        {"type": "carousel", "elements": [section()]},
        "unsupported type: section [json-pointer:/blocks/0/elements/0/type]",
    ),
    "container: a container": (container(container(DIVIDER)), "unsupported type: container"),
    "container: no title": (
        {"type": "container", "child_blocks": [DIVIDER]},
        "must define either `title` or `rich_text_title`",
    ),
    "container: collapsed for good": (
        container(DIVIDER, default_collapsed=True),
        "requires is_collapsible to be true [json-pointer:/blocks/0/default_collapsed]",
    ),
    "container: unknown width": (container(DIVIDER, width="huge"), "must be one of: narrow"),
    "context: a button": ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    "context_actions: a button": (
        {"type": "context_actions", "elements": [button()]},
        "unsupported type: button",
    ),
    "data_table: a button in the header": (
        {**data_table(), "rows": [[ACTION], [cell()]]},
        "unsupported type: action [json-pointer:/blocks/0/rows/0/0/type]",
    ),
    "data_table: a cell of a menu": (
        {**data_table(), "rows": [[cell()], [{"type": "action", "element": MENU}]]},
        "unsupported type: overflow [json-pointer:/blocks/0/rows/1/0/element/type]",
    ),
    "data_table: only a header": (data_table(1), "no fewer than 2 items"),
    "data_table: uneven rows": (
        {**data_table(), "rows": [[cell(), cell()], [cell()]]},
        "must have 2 cells, as the header has [json-pointer:/blocks/0/rows/1]",
    ),
    "data_table: rich header": (
        {**data_table(), "rows": [[rich_text()], [rich_text()]]},
        "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]",
    ),
    "data_table: row header beyond the columns": (
        data_table(2, 2, row_header_column_index=2),
        "must be less than 2",
    ),
    "data_table: page of none": (data_table(page_size=0), "must be at least 1"),
    "data_table: page of 101": (data_table(page_size=101), "must be at most 100"),
    "chart: unknown": (chart(series(), type="radar"), "unsupported type: radar"),
    "chart: a slice of nothing": (pie(value=0), "must be more than 0"),
    "chart: two series of one name": (chart(series("A"), series("A")), "must be unique"),
    "chart: a point missing": (
        chart(series("A", "Mon")),
        "must have one label for each category [json-pointer:/blocks/0/chart/series/0/data]",
    ),
    "chart: a value that is not a number": (pie(value="1"), "must provide a number"),
    "file: not remote": ({**FILE, "source": "local"}, "must be one of: remote"),
    "header: mrkdwn": ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn"),
    "header: level 5": ({"type": "header", "text": plain(), "level": 5}, "must be at most 4"),
    "image: no source": (
        {"type": "image", "alt_text": "A"},
        "must define either `image_url` or `slack_file`",
    ),
    "image: two sources": ({**IMAGE, "slack_file": {"id": "F1"}}, "must define only one of"),
    "image: no alternative": ({**IMAGE, "alt_text": ""}, "must be more than 0 characters"),
    "image: a path": ({**IMAGE, "image_url": "/tmp/a.png"}, "must be a valid URL"),
    "input: a button": (field(button()), "unsupported type: button"),
    "input: files that dispatch": (
        field({"type": "file_input"}, dispatch_action=True),
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ),
    "markdown: empty": ({"type": "markdown", "text": ""}, "must be more than 0 characters"),
    "plan: a task that is none": (
        {"type": "plan", "title": "P", "tasks": [section()]},
        "unsupported type: section",
    ),
    "section: nothing": ({"type": "section"}, "must define either `text` or `fields`"),
    "section: empty text": (
        section(""),
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    "section: text is a string": (
        {"type": "section", "text": "Text"},
        "must provide an object [json-pointer:/blocks/0/text]",
    ),
    "section: no fields": ({"type": "section", "fields": []}, "no fewer than 1 items"),
    "section: a text input": (section(accessory=TEXT_INPUT), "unsupported type: plain_text_input"),
    "section: null": (section(accessory=None), "must provide an object"),
    "table: empty cell": ({"type": "table", "rows": [[cell("")]]}, "more than 0 characters"),
    "table: a cell of mrkdwn": ({"type": "table", "rows": [[mrkdwn()]]}, "unsupported type"),
    "table: rows are no lists": (
        {"type": "table", "rows": [cell()]},
        "must provide an array [json-pointer:/blocks/0/rows/0]",
    ),
    "table: aligned to the top": (
        table(column_settings=[{"align": "top"}]),
        "must be one of: left",
    ),
    "task_card: unknown status": (task(status="lost"), "must be one of: pending"),
    "video: not HTTPS": (video(video_url="http://example.org"), "must be an HTTPS URL"),
    "block_id: a number": ({**DIVIDER, "block_id": 7}, "must provide a string"),
    "block_id: empty": ({**DIVIDER, "block_id": ""}, "must be more than 0 characters"),
    "option of a section's menu: mrkdwn": (
        section(accessory={"type": "overflow", "options": [option(text=mrkdwn())]}),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/accessory/options/0/text/type]",
    ),
}


@pytest.mark.parametrize(("block", "told"), BAD.values(), ids=BAD)
def test_slack_refuses_it(block: Json, told: str) -> None:
    assert told in refused(block)


ALERT = {"type": "alert", "text": mrkdwn(), "level": "warning"}


def test_an_alert_is_taken_in_a_modal() -> None:
    assert refused_view(modal(ALERT)) == ""


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"type": "alert"}, "missing required field: text [json-pointer:/view/blocks/0]"),
        ({**ALERT, "level": "loud"}, "must be one of: default, info"),
    ],
    ids=["no text", "unknown level"],
)
def test_an_alert_has_a_text_and_a_known_level(block: Json, told: str) -> None:
    assert told in refused_view(modal(block))
