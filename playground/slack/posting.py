"""Puts messages into channels and changes them for anybody, and lets the app know."""

from typing import Any

from playground.slack.arguments import Arguments
from playground.slack.composing import POST_TEXT_MAX, Content, state_of
from playground.slack.entities import Message
from playground.slack.installation import Installation
from playground.slack.values import State


def post(
    slack: Installation,
    channel: str,
    content: Content,
    *,
    thread_ts: str = "",
    reader: str = "",
    files: tuple[str, ...] = (),
    is_broadcast: bool = False,
) -> Message:
    """Post in the app's name; only *reader* sees it, if there is one."""
    message = Message(
        ts=slack.workspace.next_ts(),
        channel=channel,
        user=slack.app.bot_user,
        text=content.text[:POST_TEXT_MAX],
        blocks=content.blocks,
        attachments=content.attachments,
        bot_id=slack.app.bot_id,
        thread_ts=thread_ts,
        reader=reader,
        metadata=content.metadata,
        files=files,
        mrkdwn=content.mrkdwn,
        is_broadcast=is_broadcast,
    )
    slack.workspace.put(message)
    thread = slack.workspace.message(channel, thread_ts)
    if thread is not None and thread.status:
        # What the app is doing is over with its answer.
        thread.status = ""
        slack.workspace.put(thread)
    if not reader:
        _tell(slack, message)
    return message


def say(slack: Installation, user: str, channel: str, text: str, *, thread_ts: str = "") -> Message:
    """Post in a person's name."""
    ts = slack.workspace.next_ts()
    message = Message(ts, channel, user, text, thread_ts=thread_ts)
    slack.workspace.put(message)
    _tell(slack, message)
    return message


def change(slack: Installation, message: Message, content: Content, said: Arguments) -> None:
    """Change a message as *said*. Text without blocks takes the blocks away, and only then Slack
    marks it as edited; attachments and metadata stay unless others are sent.

    https://docs.slack.dev/reference/methods/chat.update
    """
    message.text, message.blocks = content.text, content.blocks
    message.mrkdwn = content.mrkdwn
    if "attachments" in said:
        message.attachments = content.attachments
    if "metadata" in said:
        message.metadata = content.metadata or None
    if not content.blocks and not message.is_ephemeral:
        message.edited = slack.workspace.next_ts()
    fresh = state_of(content)
    message.state = {user: _kept(state, fresh) for user, state in message.state.items()}
    slack.workspace.put(message)
    if not message.is_ephemeral:
        _tell_of(slack, message, "message_changed", message=slack.message_json(message))


def delete(slack: Installation, message: Message) -> None:
    slack.workspace.delete(message)
    if not message.is_ephemeral:
        _tell_of(slack, message, "message_deleted", deleted_ts=message.ts)


def react(slack: Installation, message: Message, user: str, name: str) -> None:
    """Add a person's reaction, or take it away where it is there already."""
    users = message.reactions.setdefault(name, [])
    is_there = user in users
    if is_there:
        users.remove(user)
    else:
        users.append(user)
    if not users:
        del message.reactions[name]
    slack.workspace.put(message)
    event = {
        "type": "reaction_removed" if is_there else "reaction_added",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": slack.workspace.next_ts(),
    }
    slack.tell(event, slack.workspace.channels[message.channel])


def _kept(state: State, fresh: State) -> State:
    """Return what a person has chosen of *fresh*, the elements that there are now."""
    kept: State = {}
    for block_id, actions in state.items():
        for action_id, value in actions.items():
            now = fresh.get(block_id, {}).get(action_id)
            if now is not None and now["type"] == value["type"]:
                kept.setdefault(block_id, {})[action_id] = value
    return kept


def _tell(slack: Installation, message: Message) -> None:
    channel = slack.workspace.channels[message.channel]
    event = _message_event(slack, message)
    slack.tell(event, channel)
    is_mention = f"<@{slack.app.bot_user}>" in message.text
    if is_mention and not channel.is_im and message.user != slack.app.bot_user:
        mention = {key: value for key, value in event.items() if key != "channel_type"}
        slack.tell({**mention, "type": "app_mention"}, channel)


def _tell_of(slack: Installation, about: Message, subtype: str, **facts: Any) -> None:
    channel = slack.workspace.channels[about.channel]
    event = {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": slack.workspace.next_ts(),
        "event_ts": slack.workspace.next_ts(),
        **facts,
    }
    slack.tell(event, channel)


def _message_event(slack: Installation, message: Message) -> dict[str, Any]:
    """https://docs.slack.dev/reference/events/message."""
    channel = slack.workspace.channels[message.channel]
    return {
        **slack.message_json(message),
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }
