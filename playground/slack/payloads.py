"""What Slack shows an app of itself: users, channels, messages and views as JSON. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playground.slack.entities import Channel, File, Message, Team, User, UserGroup, View
from playground.slack.manifest import Credentials

#: When everything in the seed was made: Slack's times are seconds.
_CREATED = 1_700_000_000
Json = dict[str, Any]


def team(entity: Team) -> Json:
    return {
        "id": entity.id,
        "name": entity.name,
        "domain": entity.domain,
        "url": f"https://{entity.domain}.slack.com/",
        "email_domain": "",
        "icon": {"image_default": True},
    }


def user(entity: User, now: datetime) -> Json:
    """Return a user object: https://docs.slack.dev/reference/objects/user-object."""
    offset = now.astimezone(ZoneInfo(entity.tz)).utcoffset()
    profile = {
        "title": entity.title,
        "real_name": entity.real_name,
        "real_name_normalized": entity.real_name,
        "display_name": entity.name,
        "display_name_normalized": entity.name,
        "team": entity.team_id,
        **({} if entity.is_bot else {"email": entity.email}),
    }
    return {
        "id": entity.id,
        "team_id": entity.team_id,
        "name": entity.name,
        "deleted": entity.deleted,
        "real_name": entity.real_name,
        "tz": entity.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": entity.is_restricted,
        "is_ultra_restricted": entity.is_ultra_restricted,
        "is_stranger": entity.is_stranger,
        "is_bot": entity.is_bot,
        "is_app_user": False,
        "updated": _CREATED,
    }


def group(entity: UserGroup, team_id: str, *, with_users: bool) -> Json:
    users = {"users": sorted(entity.users)} if with_users else {}
    return {
        "id": entity.id,
        "team_id": team_id,
        "is_usergroup": True,
        "name": entity.name,
        "handle": entity.handle,
        "description": "",
        "is_external": False,
        "date_create": _CREATED,
        "date_update": _CREATED,
        "date_delete": 0,
        "user_count": len(entity.users),
        **users,
    }


def channel(entity: Channel, viewer: str) -> Json:
    """Return a conversation as the app's user *viewer* sees it."""
    if entity.is_im:
        other = next((member for member in entity.members if member != viewer), viewer)
        return {"id": entity.id, "created": _CREATED, "is_im": True, "user": other}
    return {
        "id": entity.id,
        "name": entity.name,
        "name_normalized": entity.name,
        "created": _CREATED,
        "creator": "",
        "is_channel": not entity.is_private,
        "is_group": entity.is_mpim,
        "is_im": False,
        "is_mpim": entity.is_mpim,
        "is_private": entity.is_private,
        "is_archived": entity.is_archived,
        "is_general": entity.name == "general",
        "is_shared": entity.is_ext_shared,
        "is_ext_shared": entity.is_ext_shared,
        "is_org_shared": False,
        "is_member": viewer in entity.members,
        "topic": {"value": entity.topic, "creator": "", "last_set": _CREATED},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(entity.members),
    }


def message(entity: Message, app: Credentials, team_id: str, *, with_metadata: bool = True) -> Json:
    """Return a message object as history, events and interaction payloads have it."""
    result: Json = {
        "type": "message",
        "user": entity.user,
        "ts": entity.ts,
        "text": entity.text,
        "team": team_id,
    }
    if entity.bot_id:
        result |= {"bot_id": entity.bot_id, "app_id": app.app_id}
    parts: Json = {
        "subtype": entity.subtype,
        "blocks": list(entity.blocks),
        "attachments": list(entity.attachments),
    }
    result |= {name: part for name, part in parts.items() if part}
    if entity.thread_ts:
        result |= _in_thread(entity)
    if entity.edited:
        result["edited"] = {"user": entity.user, "ts": entity.edited}
    if entity.metadata and with_metadata:
        result["metadata"] = entity.metadata
    if entity.reactions:
        result["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in entity.reactions.items()
        ]
    return result


def _in_thread(entity: Message) -> Json:
    """https://docs.slack.dev/reference/events/message/thread_broadcast."""
    is_sent_to_channel = {"subtype": "thread_broadcast"} if entity.is_broadcast else {}
    return {"thread_ts": entity.thread_ts, **is_sent_to_channel}


def view(entity: View, app: Credentials, team_id: str) -> Json:
    """Return a view object: https://docs.slack.dev/reference/interaction-payloads."""
    payload: Mapping[str, Any] = entity.payload
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **defaults,
        **payload,
        "id": entity.id,
        "team_id": team_id,
        "state": {"values": entity.state},
        "hash": entity.hash,
        "previous_view_id": entity.previous or None,
        "root_view_id": entity.root,
        "external_id": entity.external_id,
        "app_id": app.app_id,
        "app_installed_team_id": team_id,
        "bot_id": app.bot_id,
    }


def file(entity: File, url: str) -> Json:
    return {
        "id": entity.id,
        "created": _CREATED,
        "name": entity.name,
        "title": entity.title,
        "mimetype": entity.mimetype,
        "filetype": entity.name.rpartition(".")[2],
        "user": entity.user,
        "size": len(entity.content),
        "mode": "hosted",
        "url_private": f"{url}/files/{entity.id}/{entity.name}",
        "url_private_download": f"{url}/files/{entity.id}/download/{entity.name}",
        "permalink": f"{url}/files/{entity.id}",
        "channels": list(entity.channels),
        **({"alt_txt": entity.alt_text} if entity.alt_text else {}),
    }
