"""The newer types of blocks, and which of them a workspace does not take yet."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from compliance.prose import Prose
from notifiers.chat import ContentRefusedError
from notifiers.slack.text import Block, rich

log = logging.getLogger(__name__)

#: Slack hands new blocks out workspace by workspace (slack FACTS, "Newer elements"). Each of these
#: has a plainer form that every workspace takes.
NEWER = frozenset({"container", "plan", "data_table"})
_WORD = re.compile(r"\w+")
#: Where Slack says that a type is the fault: ``[json-pointer:/blocks/2/rows/1/1/type]``.
_OF_A_TYPE = re.compile(r"json-pointer:/blocks/(\d+)(?:/[^\]]*)?/type\]", re.ASCII)

#: Types of blocks that are not to be used.
Lacking = frozenset[str]
#: From the types that are not to be used to the blocks of a message.
Build = Callable[[Lacking], list[Block]]
Send = Callable[[Prose, list[Block]], Any]


class Vocabulary:
    """Remembers which newer types of blocks one workspace refused, until the bot restarts."""

    def __init__(self) -> None:
        self._lacking: Lacking = frozenset()

    def send(self, send: Send, text: Prose, build: Build) -> Any:
        """Send a message as rich as the workspace takes it: at last in words alone.

        What is about one message's content is tried again next time, since another may have less.
        """
        blocks = build(self._lacking)
        try:
            return send(text, blocks)
        except ContentRefusedError as error:
            refused = error
        if used := NEWER.intersection(_types(blocks)):
            try:
                sent = send(text, build(self._lacking | used))
            except ContentRefusedError as error:
                refused = error
            else:
                self._learn(used, refused, blocks)
                return sent
        log.error("Slack takes a message only in words", extra={"problem": refused.problem})
        return send(text, [rich(text)])

    def _learn(self, used: Lacking, refused: ContentRefusedError, blocks: list[Block]) -> None:
        """Remember those of the *used* types that Slack named, or all where it named nothing."""
        named = used.intersection(_named(refused.details, blocks))
        lacking = named if refused.details else used
        self._lacking |= lacking
        log.warning(
            "Slack refused newer blocks; plainer ones were sent",
            extra={"problem": refused.problem, "from_now_on_without": sorted(lacking)},
        )


def _named(details: Iterable[str], blocks: list[Block]) -> Iterator[str]:
    """Yield the types that Slack does not know, and those of blocks that contain such a type."""
    for detail in details:
        yield from _WORD.findall(detail.partition("[json-pointer")[0])
        if holder := _OF_A_TYPE.search(detail):
            yield from _types(blocks[int(holder[1]) : int(holder[1]) + 1])


def _types(blocks: list[Block]) -> Iterator[str]:
    return (str(block["type"]) for block in blocks)
