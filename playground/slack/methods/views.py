"""views.*: modals and Home tabs."""

from typing import Any

from playground.slack import composing, modals
from playground.slack.arguments import Arguments
from playground.slack.entities import View
from playground.slack.errors import SlackError, invalid_arguments
from playground.slack.installation import Installation
from playground.slack.limits import TIER_4
from playground.slack.methods.method import Method


def open_view(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    trigger_id = arguments.needed("trigger_id")
    payload = composing.view(arguments, slack.new_name, of_type="modal")
    trigger = slack.tickets.exchange(trigger_id)
    view = modals.open_modal(slack, trigger.user, payload, trigger.channel)
    return {"view": slack.view_json(view)}


def push(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Push onto the modal that the trigger comes from."""
    trigger_id = arguments.needed("trigger_id")
    payload = composing.view(arguments, slack.new_name, of_type="modal")
    trigger = slack.tickets.exchange(trigger_id)
    below = slack.workspace.top_view(trigger.user)
    if not trigger.view or below is None:
        raise SlackError("not_found")
    return {"view": slack.view_json(modals.push(slack, below, payload))}


def update(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    payload = composing.view(arguments, slack.new_name)
    view = _find(slack, arguments.text("view_id"), arguments.text("external_id"))
    if payload["type"] != view.type:
        raise invalid_arguments(f"must be of type {view.type} [json-pointer:/view/type]")
    changed = modals.update(slack, view, payload, arguments.text("hash"))
    return {"view": slack.view_json(changed)}


def publish(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    user = slack.user(arguments.needed("user_id"))
    if not slack.manifest.has_home:
        raise SlackError("not_enabled")
    payload = composing.view(arguments, slack.new_name, of_type="home")
    view = modals.publish(slack, user.id, payload, arguments.text("hash"))
    return {"view": slack.view_json(view)}


def _find(slack: Installation, view_id: str, external_id: str) -> View:
    if not (view_id or external_id):
        raise invalid_arguments("either view_id or external_id is required")
    for view in (*slack.workspace.views.values(), *slack.workspace.homes.values()):
        if view.id == view_id or (external_id and view.external_id == external_id):
            return view
    raise SlackError("not_found")


METHODS = (
    Method("views.open", open_view, TIER_4),
    Method("views.push", push, TIER_4),
    Method("views.update", update, TIER_4),
    Method("views.publish", publish, TIER_4),
)
