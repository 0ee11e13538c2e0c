"""Who did something and where: in a command it stands elsewhere than in a press. Pure."""

from typing import Any

Body = dict[str, Any]


def user_of(body: Body) -> str:
    """Return the id of whoever pressed or typed."""
    return str(body["user"]["id"] if isinstance(body.get("user"), dict) else body["user_id"])


def channel_of(body: Body) -> str:
    """Return where somebody pressed; empty for the Home tab, which is in no channel."""
    channel = body.get("channel") or {}
    container = body.get("container") or {}
    return str(channel.get("id") or container.get("channel_id") or body.get("channel_id") or "")


def channels_of(body: Body) -> frozenset[str]:
    """Return the channel by its id and by its name: teams.yaml may have either."""
    name = (body.get("channel") or {}).get("name") or body.get("channel_name")
    return frozenset({channel_of(body), f"#{name}" if name else ""})
