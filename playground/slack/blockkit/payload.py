"""What must be true between the blocks of one message or view, once each block is right. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from playground.slack.blockkit.kinds import FAILED, Fault

Block = dict[str, Any]

#: https://github.com/slackapi/bolt-js/issues/2509: measured, since Slack documents no number.
#: Tables are left out: their cells have a limit of their own, and that of data tables is higher.
MESSAGE_TEXT_MAX = 13_200
#: https://docs.slack.dev/reference/block-kit/blocks/markdown-block: of all in one message
MARKDOWN_MAX = 12_000
#: https://docs.slack.dev/reference/block-kit/blocks/table-block and data-table-block: of all cells
CELLS_MAX = {"table": 10_000, "data_table": 20_000}
#: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
CHARTS_MAX = 2


def message_faults(blocks: list[Block], at: str) -> Iterator[Fault]:
    yield from view_faults(blocks, at)
    told = [block for block in blocks if block["type"] not in CELLS_MAX]
    if _characters(told) > MESSAGE_TEXT_MAX:
        limit = MESSAGE_TEXT_MAX + 1
        yield Fault(at, "msg_blocks_too_long", f"blocks must have less than {limit} characters")


def unsupported(blocks: list[Block], at: str, lacking: Collection[str]) -> Iterator[Fault]:
    """Find what is of a type that the workspace has not got, at any depth."""
    for under, found in _objects(blocks, at):
        if found.get("type") in lacking:
            yield Fault(f"{under}/type", FAILED, f"unsupported type: {found['type']}")


def view_faults(blocks: list[Block], at: str) -> Iterator[Fault]:
    yield from _repeated(_objects(blocks, at), "block_id")
    for under, block in _innermost(blocks, at):
        yield from _repeated(_objects(block, under), "action_id")
    yield from _too_many(blocks, at)
    yield from _too_long(blocks, at)
    focused = [under for under, found in _objects(blocks, at) if found.get("focus_on_load")]
    for under in focused[1:]:
        yield Fault(under, FAILED, "only one element can have focus_on_load")


def _repeated(objects: Iterable[tuple[str, Block]], name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, found in objects:
        if name in found and found[name] in seen:
            yield Fault(f"{at}/{name}", FAILED, f"{name} {found[name]!r} is used more than once")
        seen.add(found.get(name, ""))


def _too_many(blocks: list[Block], at: str) -> Iterator[Fault]:
    types = Counter(found.get("type") for _, found in _objects(blocks, at))
    if types["table"] > 1:
        yield Fault(at, "only_one_table_allowed", "only one table allowed")
    if types["data_visualization"] > CHARTS_MAX:
        yield Fault(at, FAILED, f"no more than {CHARTS_MAX} data_visualization blocks allowed")


def _too_long(blocks: list[Block], at: str) -> Iterator[Fault]:
    for kind, most in {"markdown": MARKDOWN_MAX, **CELLS_MAX}.items():
        of_kind = [found for _, found in _objects(blocks, at) if found.get("type") == kind]
        if _characters(of_kind) > most:
            yield Fault(at, FAILED, f"{kind} blocks must have less than {most + 1} characters")


def _characters(blocks: list[Block]) -> int:
    """Return how long the texts are that a reader sees, without what is around them."""
    texts = [found.get("text") for _, found in _objects(blocks, "")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _innermost(blocks: list[Block], at: str) -> Iterator[tuple[str, Block]]:
    """Find the blocks that have elements: an action is named within its own block."""
    for index, block in enumerate(blocks):
        under = f"{at}/{index}"
        if block["type"] == "container":
            yield from _innermost(block["child_blocks"], f"{under}/child_blocks")
        elif block["type"] == "carousel":
            yield from _innermost(block["elements"], f"{under}/elements")
        else:
            yield under, block


def _objects(value: object, at: str) -> Iterator[tuple[str, Block]]:
    """Find every object with its pointer; blocks that are right are only a few levels deep."""
    if isinstance(value, dict):
        yield at, value
        for name, held in value.items():
            yield from _objects(held, f"{at}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, f"{at}/{index}")
