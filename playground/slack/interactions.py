"""What Slack sends to an app when people act, by kind of payload.

https://docs.slack.dev/reference/interaction-payloads
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.slack.blocks import Placed
from playground.slack.entities import Channel, Message, User, View
from playground.slack.installation import Installation
from playground.slack.manifest import SlashCommand
from playground.slack.values import initial_state

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a person acts: in a message of a channel, or in a view."""

    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None

    @property
    def blocks(self) -> list[Mapping[str, Any]]:
        if self.view is not None:
            return list(self.view.payload["blocks"])
        if self.message is None:
            return []
        inside = (each.get("blocks") or () for each in self.message.attachments)
        return [*self.message.blocks, *(block for blocks in inside for block in blocks)]


def block_actions(
    slack: Installation, user: User, surface: Surface, action: Mapping[str, Any]
) -> Json:
    state = {"values": state_of(surface, user)}
    payload = {
        **_common(slack, "block_actions", user),
        **_place(slack, surface),
        "trigger_id": _trigger(slack, user, surface),
        "actions": [action],
    }
    if surface.message is None:
        return payload
    return {**payload, "state": state, "response_url": response_url(slack, user, surface)}


def block_suggestion(
    slack: Installation, user: User, surface: Surface, place: Placed, typed: str
) -> Json:
    block_id, action_id = place.key
    return {
        **_common(slack, "block_suggestion", user),
        **_place(slack, surface),
        "block_id": block_id,
        "action_id": action_id,
        "value": typed,
    }


def view_submission(slack: Installation, user: User, view: View) -> Json:
    return {
        **_common(slack, "view_submission", user),
        "trigger_id": _trigger(slack, user, Surface(view=view)),
        "view": slack.view_json(view),
        "response_urls": _response_urls(slack, user, view),
    }


def view_closed(slack: Installation, user: User, view: View, *, is_cleared: bool) -> Json:
    return {
        **_common(slack, "view_closed", user),
        "view": slack.view_json(view),
        "is_cleared": is_cleared,
    }


def shortcut(slack: Installation, user: User, callback_id: str) -> Json:
    return {
        **_common(slack, "shortcut", user),
        "callback_id": callback_id,
        "trigger_id": slack.tickets.trigger(user.id),
        "action_ts": slack.workspace.next_ts(),
    }


def message_action(
    slack: Installation, user: User, callback_id: str, channel: Channel, message: Message
) -> Json:
    surface = Surface(channel, message)
    return {
        **_common(slack, "message_action", user),
        "callback_id": callback_id,
        "trigger_id": _trigger(slack, user, surface),
        "action_ts": slack.workspace.next_ts(),
        "response_url": response_url(slack, user, surface),
        "channel": _channel(channel),
        "message_ts": message.ts,
        "message": slack.message_json(message),
    }


def slash_command(
    slack: Installation, user: User, channel: Channel, command: SlashCommand, text: str
) -> Json:
    """Return the form's fields. https://docs.slack.dev/interactivity/implementing-slash-commands"""
    team = slack.workspace.team
    return {
        "token": slack.app.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": _channel(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command.name,
        # "Escape channels, users, and links" is a choice of the command; else it comes as typed.
        "text": linked(slack, text) if command.should_escape else text,
        "api_app_id": slack.app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(slack, user, Surface(channel), kind="commands"),
        "trigger_id": slack.tickets.trigger(user.id, channel.id),
    }


def event_callback(slack: Installation, event: Mapping[str, Any], channel: Channel | None) -> Json:
    """https://docs.slack.dev/apis/events-api."""
    team_id = slack.workspace.team.id
    authorization = {
        "enterprise_id": None,
        "team_id": team_id,
        "user_id": slack.app.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": slack.app.verification_token,
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": None,
        "api_app_id": slack.app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": slack.new_id("Ev"),
        "event_time": int(slack.workspace.clock().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": slack.new_id("4-"),
    }


def state_of(surface: Surface, user: User) -> dict[str, dict[str, Any]]:
    """Return ``state.values``: what is in each input, whether it was touched or not."""
    if surface.view is not None:
        return surface.view.state
    state = initial_state(surface.blocks)
    if surface.message is not None:
        for block_id, actions in surface.message.state.get(user.id, {}).items():
            state.setdefault(block_id, {}).update(actions)
    return state


def response_url(slack: Installation, user: User, surface: Surface, kind: str = "actions") -> str:
    """Return a new response URL that answers where the person acts."""
    channel, message = surface.channel, surface.message
    ts, thread_ts = (message.ts, message.thread_ts) if message else ("", "")
    secret = slack.tickets.response_url(user.id, channel.id if channel else "", ts, thread_ts)
    return f"{slack.url}/hooks/{kind}/{slack.workspace.team.id}/{secret}"


def linked(slack: Installation, text: str) -> str:
    """Return what was typed with names turned into Slack's links: ``<@U…>``, ``<#C…|name>``, and
    ``& < >`` escaped: https://docs.slack.dev/messaging/formatting-message-text.
    """
    people = {user.name: f"<@{user.id}>" for user in slack.workspace.users.values()}
    channels = {
        each.name: f"<#{each.id}|{each.name}>" for each in slack.workspace.channels.values()
    }

    def link(found: re.Match[str]) -> str:
        names = people if found["sign"] == "@" else channels
        return names.get(found["name"], found[0])

    return re.sub(r"(?<!\w)(?P<sign>[@#])(?P<name>[\w.-]*\w)", link, html.escape(text, quote=False))


def _common(slack: Installation, kind: str, user: User) -> Json:
    team = slack.workspace.team
    return {
        "type": kind,
        "team": {"id": team.id, "domain": team.domain},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": slack.app.app_id,
        "token": slack.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _place(slack: Installation, surface: Surface) -> Json:
    """Return container, and channel with message or view; an ephemeral message is not sent."""
    if surface.view is not None:
        view = slack.view_json(surface.view)
        return {"container": {"type": "view", "view_id": surface.view.id}, "view": view}
    message, channel = surface.message, surface.channel
    if message is None or channel is None:
        return {}
    thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
        **thread,
    }
    place: Json = {"container": container, "channel": _channel(channel)}
    return place if message.is_ephemeral else {**place, "message": slack.message_json(message)}


def _channel(channel: Channel) -> Json:
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def _trigger(slack: Installation, user: User, surface: Surface) -> str:
    channel = surface.channel.id if surface.channel else ""
    view = surface.view if surface.view is not None and surface.view.type == "modal" else None
    if view is not None:
        channel = view.channel
    return slack.tickets.trigger(user.id, channel, view.id if view else "")


def _response_urls(slack: Installation, user: User, view: View) -> Sequence[Json]:
    """Return a URL for each chosen conversation of an input with ``response_url_enabled``."""
    urls = []
    for block in view.payload["blocks"]:
        element = block.get("element") or {}
        if block.get("type") != "input" or not element.get("response_url_enabled"):
            continue
        value = view.state[block["block_id"]][element["action_id"]]
        chosen = value.get("selected_conversation") or value.get("selected_channel")
        channel = slack.workspace.channels.get(str(chosen))
        if channel is not None:
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel.id,
                    "response_url": response_url(slack, user, Surface(channel), kind="app"),
                }
            )
    return urls
