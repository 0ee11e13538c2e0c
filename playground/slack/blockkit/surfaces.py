"""Where blocks stand: messages, modals and Home tabs, and which blocks each takes. Pure.

https://docs.slack.dev/surfaces
"""

from playground.slack.blockkit.blocks import BLOCKS
from playground.slack.blockkit.kinds import Choice, Fields, Flag, ListOf, Shape, Text, choice
from playground.slack.blockkit.objects import plain
from playground.slack.blockkit.rules import submit_for_inputs

_EVERYWHERE = (
    *("actions", "card", "context", "divider", "header", "image", "input", "rich_text"),
    *("section", "video"),
)
_WIDE = ("carousel", "container", "data_table", "data_visualization", "table")
_MESSAGE_ONLY = ("call", "context_actions", "file", "markdown", "plan", "task_card")

#: An empty list is taken: it is how chat.update removes blocks.
MESSAGE = ListOf(choice(BLOCKS, *_EVERYWHERE, *_WIDE, *_MESSAGE_ONLY), 50, least=0)

_VIEW: Fields = {
    "callback_id": Text(255, least=0),
    "external_id": Text(255, least=0),
    "private_metadata": Text(3000, least=0),
}
#: A view has a block at least, says slack_sdk's own model of views.
VIEW = Choice(
    {
        # https://docs.slack.dev/reference/views/modal-views
        "modal": Shape(
            {
                "title": plain(24),
                "blocks": ListOf(choice(BLOCKS, *_EVERYWHERE, "alert"), 100),
            },
            _VIEW
            | {
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": Flag(),
                "notify_on_close": Flag(),
            },
            (submit_for_inputs,),
        ),
        # https://docs.slack.dev/reference/views/home-tab-views
        "home": Shape({"blocks": ListOf(choice(BLOCKS, *_EVERYWHERE, *_WIDE), 100)}, _VIEW),
    }
)
