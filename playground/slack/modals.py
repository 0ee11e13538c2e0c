"""Modals, up to three on top of each other, and Home tabs.

https://docs.slack.dev/surfaces/modals
"""

import secrets
from typing import Any

from playground.slack.entities import View
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.values import initial_state, updated_state
from playground.slack.workspace import Workspace

STACK_MAX = 3


def open_modal(slack: Installation, user: str, payload: dict[str, Any], channel: str = "") -> View:
    """Show a first modal, in place of any that *user* has open."""
    _check_external_id(slack, payload)
    close_all(slack.workspace, user)
    view = _new(slack, user, payload, channel)
    view.root = view.id
    return _shown(slack.workspace, view)


def push(slack: Installation, below: View, payload: dict[str, Any]) -> View:
    """Show a modal on top of *below*; raises ``push_limit_reached`` for a fourth."""
    if len(stack(slack.workspace, below.user)) >= STACK_MAX:
        raise SlackError("push_limit_reached")
    _check_external_id(slack, payload)
    view = _new(slack, below.user, payload, below.channel)
    view.root, view.previous = below.root, below.id
    return _shown(slack.workspace, view)


def update(
    slack: Installation, view: View, payload: dict[str, Any], expected_hash: str = ""
) -> View:
    """Change a view in place; what was typed stays where the ids of its input stay."""
    if expected_hash and expected_hash != view.hash:
        raise SlackError("hash_conflict")
    if payload.get("external_id", "") != view.external_id:
        _check_external_id(slack, payload)
    view.payload = payload
    view.external_id = str(payload.get("external_id") or "")
    view.state = updated_state(view.state, payload["blocks"], view.channel)
    view.hash = _hash(slack)
    slack.workspace.changed(f"{'home' if view.type == 'home' else 'views'} {view.user}")
    return view


def publish(
    slack: Installation, user: str, payload: dict[str, Any], expected_hash: str = ""
) -> View:
    """Set a person's Home tab."""
    homes = slack.workspace.homes
    if user in homes:
        return update(slack, homes[user], payload, expected_hash)
    view = _new(slack, user, payload, "")
    view.root = view.id
    homes[user] = view
    slack.workspace.changed(f"home {user}")
    return view


def stack(workspace: Workspace, user: str) -> list[View]:
    """Return a person's modals, the one on top first."""
    views, top = [], workspace.top_view(user)
    while top is not None:
        views.append(top)
        top = workspace.views.get(top.previous)
    return views


def close(workspace: Workspace, view: View) -> None:
    """Take a modal away; the one below comes back."""
    workspace.views.pop(view.id, None)
    workspace.changed(f"views {view.user}")


def close_all(workspace: Workspace, user: str) -> None:
    for view in stack(workspace, user):
        close(workspace, view)


def _new(slack: Installation, user: str, payload: dict[str, Any], channel: str) -> View:
    return View(
        id=slack.new_id("V"),
        user=user,
        type=payload["type"],
        payload=payload,
        hash=_hash(slack),
        root="",
        external_id=str(payload.get("external_id") or ""),
        channel=channel,
        state=initial_state(payload["blocks"], channel),
    )


def _shown(workspace: Workspace, view: View) -> View:
    workspace.views[view.id] = view
    workspace.changed(f"views {view.user}")
    return view


def _hash(slack: Installation) -> str:
    return f"{int(slack.workspace.clock().timestamp())}.{secrets.token_hex(4)}"


def _check_external_id(slack: Installation, payload: dict[str, Any]) -> None:
    wanted = payload.get("external_id")
    views = [*slack.workspace.views.values(), *slack.workspace.homes.values()]
    if wanted and any(view.external_id == wanted for view in views):
        raise SlackError("duplicate_external_id")
