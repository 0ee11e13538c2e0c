"""Composition objects: texts, options, dialogs, files. Pure.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

import re
from datetime import date

from playground.slack.blockkit.kinds import Choice, Fields, Flag, Kind, ListOf, OneOf, Shape, Text
from playground.slack.blockkit.rules import any_of, not_both

#: Of a block or an action; https://docs.slack.dev/reference/block-kit/blocks
ID = Text(255)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


URL = Text(3000, test=re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+").fullmatch, form="a valid URL")
WEB_URL = Text(3000, test=re.compile(r"https?://\S+").fullmatch, form="a valid URL")
HTTPS_URL = Text(3000, test=re.compile(r"https://\S+").fullmatch, form="an HTTPS URL")
DATE = Text(test=_is_date, form="a date as YYYY-MM-DD")
TIME = Text(test=re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]").fullmatch, form="a time as HH:mm")
DECIMAL = Text(test=re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch, form="a number")


def _plain(most: int) -> Shape:
    return Shape({"text": Text(most)}, {"emoji": Flag()})


def _mrkdwn(most: int) -> Shape:
    return Shape({"text": Text(most)}, {"verbatim": Flag()})


def plain(most: int = 3000) -> Choice:
    return Choice({"plain_text": _plain(most)})


def mrkdwn(most: int = 3000) -> Choice:
    return Choice({"mrkdwn": _mrkdwn(most)})


def text(most: int = 3000) -> Choice:
    """A text object of either kind."""
    return Choice({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


STYLE = OneOf("primary", "danger")
#: All four are required by Slack's documentation, and none but `text` by its types.
CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": STYLE},
)
CONVERSATION_FILTER = Shape(
    optional={
        "include": ListOf(OneOf("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    rules=(any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)
DISPATCH = Shape(
    optional={"trigger_actions_on": ListOf(OneOf("on_enter_pressed", "on_character_entered"), 2)}
)
SLACK_FILE = Shape(
    optional={"id": Text(), "url": URL}, rules=(any_of("id", "url"), not_both("id", "url"))
)
TRIGGER = Shape(
    {"url": URL},
    {"customizable_input_parameters": ListOf(Shape({"name": Text(), "value": Text(least=0)}))},
)
_ICONS = (
    "archive book bookmark bot bug calendar call caret-left caret-right check clipboard code "
    "comment compass copy cube download edit email eye-closed eye-open file flag folder gear globe "
    "heart help image info key lightbulb link map mobile new-window pin plus refine refresh rocket "
    "save screen share sparkle star star-filled tag thumbs-down thumbs-up trash upload user warning"
)
#: https://docs.slack.dev/reference/block-kit/composition-objects/slack-icon-object
SLACK_ICON = Choice({"icon": Shape({"name": OneOf(*_ICONS.split())})})


def option(shown: Kind, **more: Kind) -> Shape:
    """`value` is required by Slack's documentation, not by its types."""
    return Shape({"text": shown, "value": Text(150, least=0)}, {"description": plain(75), **more})


#: Of selects; radio buttons and checkboxes may use mrkdwn, overflow menus may link.
PLAIN_OPTION = option(plain(75))
MARKED_OPTION = option(text(75))
LINKED_OPTION = option(plain(75), url=URL)
OPTION_GROUP = Shape({"label": plain(75), "options": ListOf(PLAIN_OPTION, 100)})

#: What an image is shown from, in blocks and elements alike.
IMAGE_SOURCES: Fields = {"image_url": WEB_URL, "slack_file": SLACK_FILE}
IMAGE_RULES = (any_of("image_url", "slack_file"), not_both("image_url", "slack_file"))
#: https://docs.slack.dev/reference/block-kit/blocks/container-block: alt_text of an element
ALT_TEXT = Text(2000)
IMAGE_ELEMENT = Shape({"alt_text": ALT_TEXT}, IMAGE_SOURCES, IMAGE_RULES)
