"""Rich text: every element that Slack documents, where it may stand."""

import pytest

from tests.playground.slack.blockkit.made import URL, Json, refused, rich_text, words

ELEMENTS: dict[str, Json] = {
    "broadcast": {"type": "broadcast", "range": "here"},
    "channel": {"type": "channel", "channel_id": "C1"},
    "color": {"type": "color", "value": "#ff0000"},
    "date": {"type": "date", "timestamp": 1793610000, "format": "{date}", "fallback": "2 Nov"},
    "emoji": {"type": "emoji", "name": "wave", "unicode": "1f44b"},
    "link": {"type": "link", "url": URL, "text": "here", "unsafe": True},
    "team": {"type": "team", "team_id": "T1"},
    "text": words(style={"bold": True, "italic": False, "strike": True, "code": True}),
    "user": {"type": "user", "user_id": "U1", "style": {"highlight": True, "unlink": True}},
    "usergroup": {"type": "usergroup", "usergroup_id": "S1"},
}
IN_ORDER = {"type": "rich_text_section", "elements": [words()]}


def block(part: Json) -> Json:
    return {"type": "rich_text", "elements": [part]}


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS)
def test_slack_takes_the_element(element: Json) -> None:
    assert refused(rich_text(element)) == ""


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS)
def test_an_element_is_more_than_its_type(element: Json) -> None:
    assert "missing required field" in refused(rich_text({"type": element["type"]}))


PARTS: dict[str, Json] = {
    "list": {"type": "rich_text_list", "style": "bullet", "elements": [IN_ORDER], "indent": 1},
    "numbered": {"type": "rich_text_list", "style": "ordered", "elements": [IN_ORDER], "offset": 2},
    "code": {"type": "rich_text_preformatted", "elements": [words(), ELEMENTS["link"]]},
    "quote": {"type": "rich_text_quote", "elements": [ELEMENTS["user"]], "border": 1},
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_slack_takes_the_part(part: Json) -> None:
    assert refused(block(part)) == ""


BAD: dict[str, tuple[Json, str]] = {
    "unknown part": (block({"type": "rich_text_table"}), "unsupported type: rich_text_table"),
    "unknown element": (rich_text({"type": "mrkdwn", "text": "x"}), "unsupported type: mrkdwn"),
    "empty text": (rich_text(words("")), "must be more than 0 characters"),
    "unknown style": (rich_text(words(style={"big": True})), "invalid additional property: big"),
    "a style that is no flag": (rich_text(words(style={"bold": 1})), "must provide a boolean"),
    "mention style on text": (rich_text(words(style={"unlink": True})), "invalid additional"),
    "broadcast to all": (rich_text({"type": "broadcast", "range": "all"}), "must be one of: here"),
    "list of texts": (block({**PARTS["list"], "elements": [words()]}), "unsupported type: text"),
    "empty list": (block({**PARTS["list"], "elements": []}), "no fewer than 1 items"),
    "lettered list": (block({**PARTS["list"], "style": "lettered"}), "must be one of: bullet"),
    "mention in code": (
        block({**PARTS["code"], "elements": [ELEMENTS["user"]]}),
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "thick border": (block({**PARTS["quote"], "border": 2}), "must be one of: 0, 1"),
    "border that is a flag": (block({**PARTS["quote"], "border": True}), "must be one of: 0, 1"),
    "date as text": (
        rich_text({**ELEMENTS["date"], "timestamp": "today"}),
        "must provide a number",
    ),
    "link to nothing": (rich_text({"type": "link", "url": "nowhere"}), "must be a valid URL"),
}


@pytest.mark.parametrize(("shown", "told"), BAD.values(), ids=BAD)
def test_slack_refuses_it(shown: Json, told: str) -> None:
    assert told in refused(shown)
