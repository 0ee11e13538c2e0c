"""conversations.*: channels and direct messages, who is in them and what was said."""

import re
from typing import Any

from playground.slack import payloads
from playground.slack.arguments import Arguments
from playground.slack.entities import Channel, Message
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.limits import TIER_2, TIER_3, TIER_4
from playground.slack.methods.method import Method, page

#: https://docs.slack.dev/reference/methods/conversations.open
_PEOPLE_MAX = 8
#: https://docs.slack.dev/reference/methods/conversations.create
_NAME = re.compile(r"[a-z0-9_-]{1,80}")
_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def list_channels(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    types = arguments.listed("types") or ["public_channel"]
    if unknown := set(types) - set(_TYPES):
        raise SlackError("invalid_types", unknown=sorted(unknown))
    for each in types:
        slack.need([f"{_TYPES[each]}:read"])
    found = [
        payloads.channel(channel, slack.app.bot_user)
        for channel in slack.workspace.channels.values()
        if _type(channel) in types
        and _can_see(slack, channel)
        and not (channel.is_archived and arguments.flag("exclude_archived"))
    ]
    return page("channels", found, arguments)


def list_own(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return the channels that the app is in, without how many others are."""
    answer = list_channels(slack, arguments)
    own = [each for each in answer["channels"] if each["is_member"]]
    for each in own:
        each.pop("num_members", None)
    return {**answer, "channels": own}


def info(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    slack.need_for(channel, "read")
    answer = payloads.channel(channel, slack.app.bot_user)
    if not arguments.flag("include_num_members"):
        answer.pop("num_members", None)
    return {"channel": answer}


def members(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    channel = slack.channel(arguments.needed("channel"))
    slack.need_for(channel, "read")
    return page("members", sorted(channel.members), arguments)


def join(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Make the app a member of a public channel; again does nothing, and says so."""
    channel = slack.channel(arguments.needed("channel"))
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    was_member = slack.app.bot_user in channel.members
    channel.members.add(slack.app.bot_user)
    slack.workspace.changed("channels")
    answer = {"channel": payloads.channel(channel, slack.app.bot_user)}
    return answer | ({"warning": "already_in_channel"} if was_member else {})


def create(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Make a channel in which the app is alone."""
    name = arguments.needed("name")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if any(each.name == name for each in slack.workspace.channels.values()):
        raise SlackError("name_taken")
    is_private = arguments.flag("is_private")
    slack.need(["groups:write" if is_private else "channels:manage"])
    identity = f"C0MADE{slack.workspace.next_number()}"
    channel = Channel(identity, name, {slack.app.bot_user}, is_private=is_private)
    slack.workspace.add_channel(channel)
    return {"channel": payloads.channel(channel, slack.app.bot_user)}


def open_direct(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Open, or find, the app's direct message with one person or with several."""
    if "channel" in arguments:
        channel = slack.channel(arguments.text("channel"))
    else:
        users = arguments.listed("users")
        if not users:
            raise SlackError("users_list_not_supplied")
        channel = _direct(slack, users)
    is_full = arguments.flag("return_im")
    short = {"id": channel.id}
    return {"channel": payloads.channel(channel, slack.app.bot_user) if is_full else short}


def _direct(slack: Installation, users: list[str]) -> Channel:
    if any(slack.user(each).is_bot for each in users):
        raise SlackError("cannot_dm_bot")
    if len(set(users)) == 1:
        slack.need(["im:write"])
        return slack.direct(users[0])
    if len(set(users)) > _PEOPLE_MAX:
        raise SlackError("too_many_users")
    slack.need(["mpim:write"])
    return slack.direct_of_several(users)


def history(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return what was said outside threads, the newest first."""
    channel = _readable(slack, arguments)
    found = [
        _with_replies(slack, message, arguments)
        for message in reversed(list(slack.workspace.messages(channel.id)))
        if message.is_in_channel and _is_between(message, arguments)
    ]
    answer = page("messages", found, arguments, most=999)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"]), "pin_count": 0}


def replies(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return a thread: its parent first, then the replies in order."""
    channel = _readable(slack, arguments)
    asked = slack.workspace.message(channel.id, arguments.needed("ts"))
    if asked is None or asked.is_ephemeral:
        raise SlackError("thread_not_found")
    thread = asked.thread_ts or asked.ts
    found = [
        _with_replies(slack, message, arguments)
        for message in slack.workspace.messages(channel.id)
        if message.ts == thread or (message.thread_ts == thread and _is_between(message, arguments))
    ]
    answer = page("messages", found, arguments)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"])}


def _type(channel: Channel) -> str:
    if channel.is_im or channel.is_mpim:
        return channel.kind
    return "private_channel" if channel.is_private else "public_channel"


def _can_see(slack: Installation, channel: Channel) -> bool:
    return _type(channel) == "public_channel" or slack.app.bot_user in channel.members


def _readable(slack: Installation, arguments: Arguments) -> Channel:
    channel = slack.channel(arguments.needed("channel"))
    slack.need_for(channel, "history")
    if slack.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _is_between(message: Message, arguments: Arguments) -> bool:
    """Whether a message is after *oldest* and before *latest*, or there where they are included.

    Times are texts of one length, so that they compare as numbers do.
    """
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest")
    if arguments.flag("inclusive") and message.ts in (oldest, latest):
        return True
    ts = float(message.ts)
    try:
        return ts > float(oldest) and (not latest or ts < float(latest))
    except ValueError as error:
        raise SlackError("invalid_ts_latest" if latest else "invalid_ts_oldest") from error


def _with_replies(slack: Installation, message: Message, arguments: Arguments) -> dict[str, Any]:
    """Return a message, with its metadata where they are asked for.

    https://docs.slack.dev/messaging/message-metadata: an app's own need no scope but history's.
    """
    answer = slack.message_json(message)
    is_own = message.bot_id == slack.app.bot_id
    may = is_own or "metadata.message:read" in slack.manifest.scopes
    if not (arguments.flag("include_all_metadata") and may):
        answer.pop("metadata", None)
    answers = [
        each for each in slack.workspace.messages(message.channel) if each.thread_ts == message.ts
    ]
    if answers:
        answer |= {
            "thread_ts": message.ts,
            "reply_count": len(answers),
            "reply_users": sorted({each.user for each in answers}),
            "latest_reply": answers[-1].ts,
        }
    return answer


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = (
    Method("conversations.list", list_channels, TIER_2, _READ),
    Method("users.conversations", list_own, TIER_3, _READ),
    Method("conversations.info", info, TIER_3, _READ),
    Method("conversations.members", members, TIER_4, _READ),
    Method(
        "conversations.open",
        open_direct,
        TIER_3,
        ("im:write", "mpim:write", "channels:manage", "groups:write"),
    ),
    Method("conversations.create", create, TIER_2, ("channels:manage", "groups:write")),
    Method("conversations.join", join, TIER_3, ("channels:join",)),
    Method("conversations.history", history, TIER_3, _HISTORY),
    Method("conversations.replies", replies, TIER_3, _HISTORY),
)
