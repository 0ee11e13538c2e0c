"""Who the app is and where: auth.test, team.info, bots.info, apps.connections.open; and
blocks.validate, which needs to know neither.
"""

from typing import Any

from playground.slack import payloads
from playground.slack.arguments import Arguments
from playground.slack.blockkit import check_message, check_view
from playground.slack.errors import SlackError, invalid_arguments
from playground.slack.installation import Installation
from playground.slack.limits import HUNDREDS, TIER_2, TIER_3
from playground.slack.methods.method import Method


def test_auth(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    team, bot = slack.workspace.team, slack.bot
    return {
        "url": f"{slack.url}/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.id,
        "bot_id": slack.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return a WebSocket's URL, good for one connection."""
    if not slack.uses_sockets:
        raise SlackError("socket_mode_not_enabled")
    address = slack.url.replace("http", "ws", 1)
    ticket = slack.tickets.socket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={slack.app.app_id}"}


def team_info(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    team = slack.workspace.team
    if arguments.text("team", team.id) != team.id:
        raise SlackError("team_not_found")
    return {"team": payloads.team(team)}


def bot_info(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    app = slack.app
    if arguments.text("bot", app.bot_id) != app.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": slack.bot.name,
            "updated": 1_700_000_000,
            "app_id": app.app_id,
            "user_id": app.bot_user,
            "icons": {},
        }
    }


def validate_blocks(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/blocks.validate."""
    given = [name for name in ("blocks", "message", "view") if name in arguments]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, view, or message")
    kind = given[0]
    value: Any = arguments.structure(kind, "invalid_arguments")
    is_right = isinstance(value, list) if kind == "blocks" else isinstance(value, dict)
    if not is_right:
        raise invalid_arguments(f"must be JSON of the right type [json-pointer:/{kind}]")
    if kind == "view":
        faults = check_view(value)
    else:
        faults = check_message(value if kind == "blocks" else value.get("blocks") or [])
    if faults:
        # Pointers start in what was sent, not at its name: "/0/text" of blocks.
        top = "/view" if kind == "view" else "/blocks" if kind == "blocks" else ""
        errors = [
            {
                "pointer": each.pointer.removeprefix(top),
                "code": each.code,
                "message": each.message,
            }
            for each in faults
        ]
        raise SlackError(f"invalid_{kind}", errors=errors)
    return {}


METHODS = (
    Method("auth.test", test_auth, HUNDREDS),
    # The documented tier 1, once a minute, would not let an app open its ten connections.
    Method("apps.connections.open", open_connection, TIER_2, ("connections:write",), for_app=True),
    Method("team.info", team_info, TIER_3, ("team:read",)),
    Method("bots.info", bot_info, TIER_3, ("users:read",)),
    Method("blocks.validate", validate_blocks, TIER_3),
)
