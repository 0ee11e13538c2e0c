"""Whether Slack would take these blocks or this view, and if not, why not. Pure.

What Slack knows stands in tables (`objects`, `rich_text`, `elements`, `blocks`, `surfaces`), which
`kinds` walks; `rules` looks at several fields of one object, `payload` at several blocks.
Limits are those of https://docs.slack.dev/reference/block-kit; where that is silent, those of
Slack's own npm package @slack/types 3.2.
"""

from collections.abc import Collection
from typing import cast

from playground.slack.blockkit.kinds import Fault
from playground.slack.blockkit.payload import Block, message_faults, unsupported, view_faults
from playground.slack.blockkit.surfaces import MESSAGE, VIEW

__all__ = ["Fault", "check_message", "check_view"]


def check_message(blocks: object, lacking: Collection[str] = ()) -> list[Fault]:
    """Return what Slack would refuse in the *blocks* of a message; nothing if it takes them.

    Any JSON is answered, however broken. Blocks are looked at together only once each is right.
    *lacking* are types of blocks and cells that a workspace has not got yet.
    """
    at = "/blocks"
    if faults := list(MESSAGE.faults(blocks, at)):
        return faults
    known = cast(list[Block], blocks)
    return list(unsupported(known, at, lacking)) or list(message_faults(known, at))


def check_view(view: object) -> list[Fault]:
    """Return what Slack would refuse in a modal or a Home tab, as `check_message` does."""
    faults = list(VIEW.faults(view, "/view"))
    return faults or list(view_faults(cast(Block, view)["blocks"], "/view/blocks"))
