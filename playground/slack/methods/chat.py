"""chat.*: posting, changing and deleting messages; reactions.*."""

from typing import Any

from playground.slack import posting
from playground.slack.arguments import Arguments
from playground.slack.composing import UPDATE_TEXT_MAX, content
from playground.slack.entities import Channel, Message
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.limits import CHANNEL, HUNDREDS, TIER_2, TIER_3, TIER_4
from playground.slack.methods.method import Method


def post_message(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = _destination(slack, arguments.needed("channel"))
    _check_writable(slack, channel)
    said = content(arguments, slack.new_name, slack.lacking)
    thread_ts = _thread(slack, channel, arguments)
    slack.limit(f"messages in {channel.id}", CHANNEL)
    # Without a thread there is nothing that could be sent to the channel as well.
    is_broadcast = bool(thread_ts) and arguments.flag("reply_broadcast")
    message = posting.post(slack, channel.id, said, thread_ts=thread_ts, is_broadcast=is_broadcast)
    return {"channel": channel.id, "ts": message.ts, "message": slack.message_json(message)}


def post_ephemeral(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = _destination(slack, arguments.needed("channel"))
    reader = arguments.needed("user")
    _check_writable(slack, channel)
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    said = content(arguments, slack.new_name, slack.lacking)
    thread_ts = _thread(slack, channel, arguments)
    slack.limit(f"messages in {channel.id}", CHANNEL)
    message = posting.post(slack, channel.id, said, thread_ts=thread_ts, reader=reader)
    return {"message_ts": message.ts}


def update(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    message = _own(slack, channel, arguments, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    if len(arguments.text("text")) > UPDATE_TEXT_MAX:
        raise SlackError("msg_too_long")
    posting.change(slack, message, content(arguments, slack.new_name, slack.lacking), arguments)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": slack.message_json(message),
    }


def delete(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    message = _own(slack, channel, arguments, "cant_delete_message")
    posting.delete(slack, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    message = _visible(slack, channel, arguments.needed("message_ts"))
    link = f"{slack.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    message = _visible(slack, channel, arguments.needed("timestamp"))
    _check_member(slack, channel)
    name = arguments.needed("name").strip(":")
    if slack.app.bot_user in message.reactions.get(name, ()):
        raise SlackError("already_reacted")
    posting.react(slack, message, slack.app.bot_user, name)
    return {}


def remove_reaction(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    message = _visible(slack, channel, arguments.needed("timestamp"))
    name = arguments.needed("name").strip(":")
    if slack.app.bot_user not in message.reactions.get(name, ()):
        raise SlackError("no_reaction")
    posting.react(slack, message, slack.app.bot_user, name)
    return {}


def _destination(slack: Installation, name: str) -> Channel:
    """Return the channel of an id, of a name, or of the person that a user id names."""
    if name in slack.workspace.users:
        if slack.workspace.users[name].is_bot:
            raise SlackError("cannot_dm_bot")
        return slack.direct(name)
    channels = slack.workspace.channels.values()
    named = (each.id for each in channels if each.name and each.name == name.lstrip("#"))
    return slack.channel(next(named, name))


def _check_writable(slack: Installation, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    if slack.app.bot_user not in channel.members:
        if "chat:write.public" in slack.manifest.scopes:
            return
        raise SlackError("not_in_channel")


def _check_member(slack: Installation, channel: Channel) -> None:
    if slack.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")


def _thread(slack: Installation, channel: Channel, arguments: Arguments) -> str:
    """Return the thread's ts; a reply's own ts means its thread."""
    wanted = arguments.text("thread_ts")
    if not wanted:
        return ""
    parent = slack.workspace.message(channel.id, wanted)
    if parent is None or parent.is_ephemeral:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _visible(slack: Installation, channel: Channel, ts: str) -> Message:
    """Return a message of a channel; an ephemeral one is there for nobody but its reader."""
    message = slack.workspace.message(channel.id, ts)
    if message is None or message.is_ephemeral:
        raise SlackError("message_not_found")
    return message


def _own(slack: Installation, channel: Channel, arguments: Arguments, error: str) -> Message:
    message = _visible(slack, channel, arguments.needed("ts"))
    if message.bot_id != slack.app.bot_id:
        raise SlackError(error)
    return message


_WRITE = ("chat:write",)
METHODS = (
    Method("chat.postMessage", post_message, HUNDREDS, _WRITE),
    Method("chat.postEphemeral", post_ephemeral, TIER_4, _WRITE),
    Method("chat.update", update, TIER_3, _WRITE),
    Method("chat.delete", delete, TIER_3, _WRITE),
    Method("chat.getPermalink", get_permalink, HUNDREDS),
    Method("reactions.add", add_reaction, TIER_3, ("reactions:write",)),
    Method("reactions.remove", remove_reaction, TIER_2, ("reactions:write",)),
)
