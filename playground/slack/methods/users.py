"""users.* and usergroups.*: who is there."""

from typing import Any

from playground.slack import payloads
from playground.slack.arguments import Arguments
from playground.slack.entities import User
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.limits import TIER_2, TIER_3, TIER_4
from playground.slack.methods.method import Method, page


def info(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    return {"user": _shown(slack, slack.user(arguments.needed("user")))}


def list_users(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return the workspace's own people; those of others are found by users.info alone."""
    found = [_shown(slack, user) for user in slack.workspace.users.values() if not user.is_stranger]
    now = int(slack.workspace.clock().timestamp())
    return {**page("members", found, arguments, default=1000), "cache_ts": now}


def look_up_by_email(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    email = arguments.needed("email").lower()
    for user in slack.workspace.users.values():
        if user.email and user.email.lower() == email and not user.is_stranger:
            return {"user": _shown(slack, user)}
    raise SlackError("users_not_found")


def list_groups(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    with_users = arguments.flag("include_users")
    team_id = slack.workspace.team.id
    groups = slack.workspace.groups.values()
    return {"usergroups": [payloads.group(each, team_id, with_users=with_users) for each in groups]}


def list_group_users(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    group = slack.workspace.groups.get(arguments.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": sorted(group.users)}


def _shown(slack: Installation, user: User) -> dict[str, Any]:
    """Return a user object; addresses are shown only with their own scope."""
    shown = payloads.user(user, slack.workspace.clock())
    if "users:read.email" not in slack.manifest.scopes:
        shown["profile"].pop("email", None)
    return shown


METHODS = (
    Method("users.info", info, TIER_4, ("users:read",)),
    Method("users.list", list_users, TIER_2, ("users:read",)),
    Method("users.lookupByEmail", look_up_by_email, TIER_3, ("users:read.email",)),
    Method("usergroups.list", list_groups, TIER_2, ("usergroups:read",)),
    Method("usergroups.users.list", list_group_users, TIER_2, ("usergroups:read",)),
)
