"""Text for Slack: escaping, cutting, mentions, dates. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from notifiers.words import Surface, moment

#: What stands before Slack's ids in what the bot keeps.
PRODUCT = "slack"
_USER = re.compile(rf"{PRODUCT}:([UW][A-Z0-9]+)")
_BARE_USER = re.compile(r"([UW]\d[A-Z0-9]{6,})", re.ASCII)
_GROUP = re.compile(rf"{PRODUCT}:(S[A-Z0-9]+)")
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
SECTION_MAX = 3000
#: https://docs.slack.dev/reference/block-kit/blocks/section-block (a field)
FIELD_MAX = 2000
#: https://docs.slack.dev/reference/block-kit/blocks/header-block
HEADER_MAX = 150
#: https://docs.slack.dev/reference/methods/chat.update: longer text is refused there
MESSAGE_MAX = 4000


def escape(text: str) -> str:
    """Return *text* so that Slack shows it as it is: no mention, link or channel comes of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, longest: int) -> str:
    """Return *text* in at most *longest* characters, never with half an escape at its end."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    ampersand = kept.rfind("&", -5)
    if ampersand >= 0 and ";" not in kept[ampersand:]:
        kept = kept[:ampersand]
    return f"{kept}…"


def fit(lines: Sequence[str], longest: int, hint: str = "", most: int | None = None) -> str:
    """Return as many whole *lines* as fit, at most *most*, and how many more there are.

    *hint* says how to see those.
    """
    kept = list(lines[:most])
    while True:
        left = len(lines) - len(kept)
        text = "\n".join([*kept, *([f"… and {left} more{hint}"] if left else [])])
        if len(text) <= longest or not kept:
            return cut(text, longest)
        kept.pop()


def outside(text: str, longest: int = SECTION_MAX) -> str:
    """Return text from outside, escaped and cut."""
    return cut(escape(text), longest)


def code(text: str) -> str:
    """Return outside text that a reader may want to copy: an id, a name, an ARN."""
    return f"`{escape(' '.join(text.split())).replace('`', chr(0x2BC))}`" if text.strip() else ""


def mention(name: str) -> str:
    """Return a mention of Slack's user or user group, ``slack:U0HANNAH`` or ``slack:S0SECURITY``.

    Older allowlists have users' ids alone; Slack begins those with a digit after the letter. A
    name, as people write it there, stays a name in capitals too, and so does somebody of another
    chat product.
    """
    if user := _USER.fullmatch(name) or _BARE_USER.fullmatch(name):
        return f"<@{user[1]}>"
    if group := _GROUP.fullmatch(name):
        return f"<!subteam^{group[1]}>"
    return escape(name)


#: Words as Slack takes them.
SLACK = Surface(escape, mention)


def when(at: datetime) -> str:
    """Return *at* in each reader's own zone, with UTC where Slack cannot say it."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{moment(at)}>"
