"""Finds the elements of a message's or a view's blocks that people use. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: https://docs.slack.dev/reference/block-kit/block-elements
SELECTS = frozenset(
    f"{many}{source}_select"
    for many in ("", "multi_")
    for source in ("static", "external", "users", "conversations", "channels")
)
TEXTS = frozenset(
    {
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
    }
)
CHOICES = frozenset({"radio_buttons", "checkboxes"})
TIMES = frozenset({"datepicker", "timepicker", "datetimepicker"})
#: These have a value, which ``state.values`` shows.
STATEFUL = SELECTS | TEXTS | CHOICES | TIMES | {"file_input"}
INTERACTIVE = STATEFUL | {
    "button",
    "workflow_button",
    "overflow",
    "feedback_buttons",
    "icon_button",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and the block that it stands in."""

    block: Mapping[str, Any]
    element: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return str(self.block.get("block_id", "")), str(self.element.get("action_id", ""))

    @property
    def is_input(self) -> bool:
        return bool(self.block.get("type") == "input")

    @property
    def tells_at_once(self) -> bool:
        """Whether the app hears of each use: always, but in an input only where it asks for it."""
        return not self.is_input or bool(self.block.get("dispatch_action"))


def named(blocks: Sequence[Mapping[str, Any]], new_name: Callable[[], str]) -> list[dict[str, Any]]:
    """Return *blocks* in which each block and each element has its id, as Slack stores them."""
    return [_named(block, new_name, is_block=True) for block in blocks]


def _named(part: Any, new_name: Callable[[], str], *, is_block: bool = False) -> Any:
    if isinstance(part, list):
        return [_named(each, new_name) for each in part]
    if not isinstance(part, Mapping):
        return part
    result = {key: _named(value, new_name) for key, value in part.items()}
    if is_block and not result.get("block_id"):
        result["block_id"] = new_name()
    if result.get("type") in INTERACTIVE and not result.get("action_id"):
        result["action_id"] = new_name()
    return result


def placed(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Placed]:
    """Yield every element that people use; blocks inside blocks too."""
    for block in blocks:
        yield from _placed(block, block)


def find(blocks: Iterable[Mapping[str, Any]], block_id: str, action_id: str) -> Placed | None:
    return next((each for each in placed(blocks) if each.key == (block_id, action_id)), None)


def _placed(part: Any, block: Mapping[str, Any]) -> Iterator[Placed]:
    if isinstance(part, list | tuple):
        for each in part:
            yield from _placed(each, block)
    elif isinstance(part, Mapping):
        if part.get("type") in INTERACTIVE:
            yield Placed(block, part)
            return
        block = part if "block_id" in part else block
        for value in part.values():
            yield from _placed(value, block)
