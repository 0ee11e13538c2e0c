"""Who did something and where: in a command it stands elsewhere than in a press. Pure."""

from typing import Any

from compliance.channel import Channel, Message
from notifiers.slack.text import PRODUCT

Body = dict[str, Any]


def user_of(body: Body) -> str:
    """Return Slack's id of the person who pressed, typed or wrote."""
    if event := body.get("event"):
        return str(event["user"])
    return str(body["user"]["id"] if isinstance(body.get("user"), dict) else body["user_id"])


def workspace_of(body: Body) -> str:
    """Return the workspace of the person who pressed or wrote, empty where Slack does not say."""
    if event := body.get("event"):
        return str(event.get("user_team") or event.get("team") or "")
    user = body.get("user")
    return str(user.get("team_id") or "") if isinstance(user, dict) else ""


def channel_of(body: Body) -> str:
    """Return Slack's id of where somebody pressed; empty for the Home tab, which is no channel."""
    if event := body.get("event"):
        return str(event.get("channel") or "")
    channel = body.get("channel") or {}
    container = body.get("container") or {}
    return str(channel.get("id") or container.get("channel_id") or body.get("channel_id") or "")


def channels_of(body: Body) -> frozenset[Channel]:
    """Return the channel by its id and by its name: teams.yaml may have either."""
    name = (body.get("channel") or {}).get("name") or body.get("channel_name")
    called = (channel_of(body), f"#{name}" if name else "")
    return frozenset(Channel(PRODUCT, each) for each in called if each)


def pressed_of(body: Body) -> tuple[str, str]:
    """Return the action and the value of the button, or of what was chosen in a menu."""
    pressed = body["actions"][0]
    chosen = pressed.get("selected_option") or pressed
    return str(pressed["action_id"]), str(chosen["value"])


def is_said_by_a_person(event: Body) -> bool:
    """Whether a message is a person's own: not the bot's or another bot's, and not an edit.

    https://docs.slack.dev/reference/events/message: edits and files have a subtype.
    """
    return bool(event.get("user")) and not event.get("bot_id") and not event.get("subtype")


def is_private(body: Body) -> bool:
    """Whether what was pressed is shown to the presser alone."""
    return bool((body.get("container") or {}).get("is_ephemeral"))


def message_of(body: Body) -> Message | None:
    """Return the card that was pressed: None for a reply to it, and for what nobody else sees."""
    container = body.get("container") or {}
    ts = container.get("message_ts")
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    if not ts or is_private(body) or thread not in {None, ts}:
        return None
    return Message(Channel(PRODUCT, channel_of(body)), str(ts))
