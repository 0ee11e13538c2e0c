"""Text for Slack: escaping, cutting, mentions, dates. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime

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


def said(text: str, longest: int = SECTION_MAX) -> str:
    """Return outside text, escaped and cut."""
    return cut(escape(text), longest)


def code(text: str) -> str:
    """Return outside text that a reader may want to copy: an id, a name, an ARN."""
    return f"`{escape(' '.join(text.split())).replace('`', chr(0x2BC))}`" if text.strip() else ""


def person(user: str) -> str:
    """Return a mention of *user*; a name, as people write it into the allowlist, stays a name."""
    return f"<@{user}>" if re.fullmatch(r"[UW][A-Z0-9]+", user) else escape(user)


def group(group_id: str) -> str:
    return f"<!subteam^{group_id}>"


def people(users: tuple[str, ...], groups: tuple[str, ...] = ()) -> str:
    return ", ".join([*map(group, groups), *map(person, users)])


def when(moment: datetime) -> str:
    """Return *moment* in each reader's own zone, with UTC where Slack cannot say it."""
    fallback = f"{moment:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def day(moment: date) -> str:
    return f"{moment:%d %B %Y}".lstrip("0")
