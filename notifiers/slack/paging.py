"""Slack's lists, page by page."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from notifiers.chat import ChatRefusedError
from notifiers.slack.errors import reading

#: A post that is looked for came at its time, or as much earlier as two clocks can differ.
_EARLIER = timedelta(hours=1)
#: Messages a page, and how many pages since then are looked through.
_PAGE, _PAGES_MAX = 200, 10


def paged(
    ask: Callable[..., Any], channel: str, since: datetime, **about: Any
) -> Iterator[Mapping[str, Any]]:
    """Yield what was posted in *channel* since then; needs the scope ``…:history``.

    *ask* is conversations.history or conversations.replies.
    """
    cursor = ""
    for _ in range(_PAGES_MAX):
        with reading():
            page = ask(
                channel=channel,
                oldest=str((since - _EARLIER).timestamp()),
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor,
                **about,
            )
        yield from page["messages"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
    raise ChatRefusedError("more messages than can be looked through")
