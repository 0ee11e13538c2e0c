"""Whether Slack would take these blocks or this view, and if not, why not. Pure.

What Slack knows stands in tables (`objects`, `rich_text`, `elements`, `blocks`, `surfaces`), which
`kinds` walks; `rules` looks at several fields of one object, `payload` at several blocks.
Limits are those of https://docs.slack.dev/reference/block-kit; where that is silent, those of
Slack's own npm package @slack/types 3.2.
"""

from typing import cast

from playground.slack.blockkit.kinds import Fault
from playground.slack.blockkit.payload import Block, message_faults, view_faults
from playground.slack.blockkit.surfaces import MESSAGE, VIEW

__all__ = ["Fault", "check_message", "check_view"]


def check_message(blocks: object) -> list[Fault]:
    """Return what Slack would refuse in the *blocks* of a message; nothing if it takes them.

    Any JSON is answered, however broken. Blocks are looked at together only once each is right.
    """
    at = "/blocks"
    return list(MESSAGE.faults(blocks, at)) or list(message_faults(cast(list[Block], blocks), at))


def check_view(view: object) -> list[Fault]:
    """Return what Slack would refuse in a modal or a Home tab, as `check_message` does."""
    faults = list(VIEW.faults(view, "/view"))
    return faults or list(view_faults(cast(Block, view)["blocks"], "/view/blocks"))
