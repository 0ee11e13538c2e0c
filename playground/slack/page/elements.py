"""The elements that people use, as HTML forms know them: names, values, choices. Pure."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode
from zoneinfo import ZoneInfo

from playground.slack.entities import Message, User, View
from playground.slack.page.reader import Reader
from playground.slack.values import initial
from playground.slack.workspace import Workspace

_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; *parts* are Slack's text objects where it has them."""

    value: str
    name: str
    group: str = ""
    text: Mapping[str, Any] | None = None
    description: Mapping[str, Any] | None = None


def field_name(block_id: str, action_id: str) -> str:
    return f"{quote(block_id, safe='')}/{quote(action_id, safe='')}"


def field_key(name: str) -> tuple[str, str]:
    """Return (block id, action id) of a field's name."""
    block_id, _, action_id = name.partition("/")
    return unquote(block_id), unquote(action_id)


def values(
    element: Mapping[str, Any], state: Mapping[str, Any] | None, zone: ZoneInfo
) -> list[str]:
    """Return what is chosen or typed in *element* now, as a form would send it."""
    value = state or initial(element)
    content = next((part for key, part in value.items() if key != "type"), None)
    listed = content if isinstance(content, list) else [content]
    kind = element["type"]
    return [_raw(kind, each, zone) for each in listed if each not in (None, "")]


def _raw(kind: str, content: Any, zone: ZoneInfo) -> str:
    if kind == "datetimepicker" and isinstance(content, int):
        return f"{datetime.fromtimestamp(content, UTC).astimezone(zone):%Y-%m-%dT%H:%M}"
    if kind == "rich_text_input":
        return _words(content)
    return str(content["value"] if isinstance(content, Mapping) else content)


def _words(part: Any) -> str:
    """Return the text of rich text, its sections on lines of their own."""
    if "text" in part:
        return str(part["text"])
    joint = "\n" if part.get("type") == "rich_text" else ""
    return joint.join(_words(each) for each in part.get("elements", ()))


def sent(kind: str, raw: Sequence[str], zone: ZoneInfo) -> list[str]:
    """Return *raw* as the workspace takes it: a date and time there is seconds since 1970."""
    return [_seconds(each, zone) for each in raw] if kind == "datetimepicker" else list(raw)


def _seconds(text: str, zone: ZoneInfo) -> str:
    try:
        return str(int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()))
    except ValueError:
        return text


def choices(
    element: Mapping[str, Any], state: Mapping[str, Any] | None, reader: Reader
) -> list[Choice]:
    """Return what there is to choose from; of an external source, what has been chosen."""
    source = element["type"].removeprefix("multi_").removesuffix("_select")
    if source == "users":
        people = reader.workspace.users.values()
        return [Choice(each.id, each.real_name) for each in people if not each.deleted]
    if source in ("channels", "conversations"):
        return list(_channels(reader.workspace, reader.user))
    if source == "external":
        value = state or initial(element)
        content = next((part for key, part in value.items() if key != "type"), None)
        listed = content if isinstance(content, list) else [content]
        return [_choice(each) for each in listed if each]
    return list(_listed(element))


def _listed(element: Mapping[str, Any]) -> Iterator[Choice]:
    for option in element.get("options") or ():
        yield _choice(option)
    for group in element.get("option_groups") or ():
        for option in group["options"]:
            yield _choice(option, group["label"]["text"])


def _choice(option: Mapping[str, Any], group: str = "") -> Choice:
    text = option["text"]
    return Choice(
        str(option.get("value", "")), text["text"], group, text, option.get("description")
    )


def _channels(workspace: Workspace, user: User) -> Iterator[Choice]:
    for channel in workspace.channels.values():
        if not channel.is_im and workspace.can_read(user.id, channel.id):
            yield Choice(channel.id, f"#{channel.name}")


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def colour(key: str) -> int:
    """Return which of the avatar colours somebody has, always the same."""
    return zlib.crc32(key.encode()) % _COLOURS


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks stand: *query* names the message or view, *state* is what is chosen in it, *id*
    begins the ids of its parts in the page.
    """

    id: str
    query: str
    state: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def value(self, block_id: str, action_id: str) -> Mapping[str, Any] | None:
        return self.state.get(block_id, {}).get(action_id)

    def use(self, block_id: str, action_id: str) -> str:
        return f"{self.query}&{urlencode({'block': block_id, 'action': action_id})}"


def in_message(message: Message, reader: str, *, in_thread: bool) -> Place:
    query = urlencode({"channel": message.channel, "ts": message.ts})
    prefix = "t" if in_thread else "m"
    return Place(f"{prefix}-{message.ts}", query, message.state.get(reader, {}))


def in_view(view: View) -> Place:
    return Place(f"v-{view.id}", urlencode({"view": view.id}), view.state)
