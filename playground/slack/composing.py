"""Checks what an app wants to say: text, blocks, attachments, metadata."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from playground.slack import blocks as kit
from playground.slack.arguments import Arguments
from playground.slack.blockkit import Fault, check_message, check_view
from playground.slack.errors import SlackError, invalid_arguments
from playground.slack.values import initial_state

#: https://docs.slack.dev/reference/methods/chat.postMessage: longer ones are cut.
POST_TEXT_MAX = 40_000
#: https://docs.slack.dev/reference/methods/chat.update: longer ones are refused.
UPDATE_TEXT_MAX = 4_000
_MARKDOWN_MAX = 12_000
_ATTACHMENTS_MAX = 100
#: https://docs.slack.dev/reference/methods/views.open: view_too_large.
_VIEW_MAX_BYTES = 250_000
#: https://docs.slack.dev/reference/methods/chat.postMessage: metadata_too_large, without a number;
#: python-slack-sdk's documentation names 8 KB.
_METADATA_MAX_BYTES = 8_000
_BLOCKS_TOO_LONG = "msg_blocks_too_long"


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, with every block and element named."""

    text: str
    blocks: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]
    metadata: dict[str, Any] | None
    mrkdwn: bool


def content(
    arguments: Arguments, new_name: Callable[[], str], lacking: Collection[str] = ()
) -> Content:
    """Return a message's content; raises SlackError for what Slack would not take.

    *lacking* are types of blocks that the workspace has not got yet.
    """
    text = arguments.text("text")
    blocks = _list(arguments, "blocks", "invalid_blocks_format")
    attachments = _list(arguments, "attachments", "invalid_attachments")
    if "markdown_text" in arguments:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        text = arguments.text("markdown_text")
        if len(text) > _MARKDOWN_MAX:
            raise SlackError("msg_too_long")
        blocks = [{"type": "markdown", "text": text}]
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if len(attachments) > _ATTACHMENTS_MAX:
        raise SlackError("too_many_attachments")
    refuse(check_message(blocks, lacking), "invalid_blocks")
    for index, attachment in enumerate(attachments):
        faults = check_message(attachment.get("blocks") or [], lacking)
        refuse(faults, "invalid_blocks", f"/attachments/{index}")
    return Content(
        text=text,
        blocks=tuple(kit.named(blocks, new_name)),
        attachments=tuple(_named(each, i + 1, new_name) for i, each in enumerate(attachments)),
        metadata=_metadata(arguments),
        mrkdwn=arguments.flag("mrkdwn", default=True),
    )


def view(arguments: Arguments, new_name: Callable[[], str], *, of_type: str = "") -> dict[str, Any]:
    """Return a call's view, checked and with its parts named; raises SlackError."""
    raw = arguments.structure("view", "invalid_arguments")
    return checked_view(raw, new_name, of_type=of_type)


def checked_view(raw: Any, new_name: Callable[[], str], *, of_type: str = "") -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise invalid_arguments("missing required field: view")
    if of_type and raw.get("type") != of_type:
        raise invalid_arguments(f"must be of type {of_type} [json-pointer:/view/type]")
    if len(str(raw).encode()) > _VIEW_MAX_BYTES:
        raise SlackError("view_too_large")
    refuse(check_view(raw), "invalid_arguments")
    return {**raw, "blocks": kit.named(raw["blocks"], new_name)}


def state_of(content: Content) -> dict[str, dict[str, Any]]:
    """Return ``state.values`` of a message that nobody has touched."""
    inside = (block for each in content.attachments for block in each.get("blocks") or ())
    return initial_state([*content.blocks, *inside])


def _list(arguments: Arguments, name: str, error: str) -> list[dict[str, Any]]:
    value = arguments.structure(name, error) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise SlackError(error)
    return value


def _named(attachment: dict[str, Any], number: int, new_name: Callable[[], str]) -> dict[str, Any]:
    blocks = attachment.get("blocks")
    return {
        "id": number,
        **attachment,
        **({"blocks": kit.named(blocks, new_name)} if blocks else {}),
    }


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    """https://docs.slack.dev/messaging/message-metadata: a type and a flat payload."""
    metadata = arguments.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if metadata and not ("event_type" in metadata or "entities" in metadata):
        raise SlackError("invalid_metadata_schema")
    if "event_type" in metadata:
        _check_event(metadata)
    return metadata


def _check_event(metadata: dict[str, Any]) -> None:
    """An event has a name and a payload, and both together have a size."""
    name, payload = metadata["event_type"], metadata.get("event_payload")
    if not (isinstance(name, str) and name and isinstance(payload, dict)):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > _METADATA_MAX_BYTES:
        raise SlackError("metadata_too_large")


def refuse(faults: list[Fault], error: str, inside: str = "") -> None:
    """Raise SlackError *error* that names all *faults*, if there are any."""
    if not faults:
        return
    if any(fault.code == _BLOCKS_TOO_LONG for fault in faults):
        error = _BLOCKS_TOO_LONG
    texts = [f"{fault.message} [json-pointer:{inside}{fault.pointer}]" for fault in faults]
    messages = [f"[ERROR] {text}" for text in texts]
    raise SlackError(error, errors=texts, response_metadata={"messages": messages})
