"""Pieces of Block Kit that Slack takes, to be broken by the tests in one place at a time."""

from typing import Any

from playground.slack.blockkit import Fault, check_message, check_view

Json = dict[str, Any]

URL = "https://example.org/page"
IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart"}
DIVIDER = {"type": "divider"}


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Text") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "one", **more: Any) -> Json:
    return {"text": plain(value), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(index)) for index in range(count)]


def button(action: str = "press", **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain("Press"), **more}


def confirm(**more: Any) -> Json:
    texts = {name: plain(name) for name in ("title", "text", "confirm", "deny")}
    return {**texts, **more}


def section(text: str = "Text", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def rich_text(*elements: Json) -> Json:
    part = {"type": "rich_text_section", "elements": list(elements) or [words()]}
    return {"type": "rich_text", "elements": [part]}


def words(text: str = "Words", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def cell(text: str = "Cell") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int = 2, columns: int = 2, **more: Any) -> Json:
    return {"type": "table", "rows": [[cell()] * columns] * rows, **more}


def data_table(rows: int = 2, columns: int = 2, **more: Any) -> Json:
    return {**table(rows, columns), "type": "data_table", "caption": "Findings", **more}


def chart(*series: Json, categories: tuple[str, ...] = ("Mon", "Tue"), **more: Any) -> Json:
    drawn = {"type": "bar", "series": list(series), "axis_config": {"categories": [*categories]}}
    return {"type": "data_visualization", "title": "Open", "chart": {**drawn, **more}}


def series(name: str = "High", *labels: str) -> Json:
    points = [{"label": label, "value": -1.5} for label in labels or ("Mon", "Tue")]
    return {"name": name, "data": points}


def pie(segments: int = 1, **segment: Any) -> Json:
    one = {"label": "High", "value": 1, **segment}
    drawn = {"type": "pie", "segments": [one] * segments}
    return {"type": "data_visualization", "title": "Open", "chart": drawn}


def card(**more: Any) -> Json:
    return {"type": "card", "title": mrkdwn("Title"), **more}


def container(*blocks: Json, **more: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": list(blocks), **more}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "t1", "title": "Look", "status": "complete", **more}


def video(**more: Any) -> Json:
    links = {"video_url": URL, "thumbnail_url": URL}
    return {"type": "video", "title": plain(), "alt_text": "A video", **links, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    shown = list(blocks) or [section()]
    return {"type": "modal", "title": plain("Ignore"), "submit": plain(), "blocks": shown, **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


def lines(faults: list[Fault]) -> list[str]:
    return [str(fault) for fault in faults]


def refused(block: Json) -> str:
    """Return what Slack would print of a message that is this block, in one text."""
    return "\n".join(lines(check_message([block])))


def refused_view(view: Json) -> str:
    return "\n".join(lines(check_view(view)))
