"""Looks whether Slack is set up: tokens, scopes, channels and the people who approve."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from commands.checks import Check
from compliance.channel import SLACK, Channel
from compliance.routing import Approvers, Teams
from notifiers.chat import ChatBusyError, ChatRefusedError
from notifiers.slack.directory import Directory
from notifiers.slack.errors import FAILURES
from notifiers.slack.text import own_id
from notifiers.slack.trials import SCOPES, check_methods, failed

__all__ = ["SCOPES", "check_slack"]

_OUTSIDERS = (
    "Findings show outsiders what is open to attack. Use another channel, or read "
    "docs/configuration.md about what goes to channels that outsiders read."
)
_REINSTALL = "Upload config/slack-manifest.yaml, install the app again, and use its new token."


def check_slack(client: WebClient, app_token: str, teams: Teams) -> Iterator[Check]:
    """Yield what was looked at, in the order in which it has to be mended."""
    try:
        answer = client.auth_test()
    except FAILURES as error:
        remedy = "Set SLACK_BOT_TOKEN to the installed app's token."
        yield failed("Slack's token", error, remedy)
        return
    yield Check(f"Slack's token, of workspace {answer.get('team', '')}")
    yield _scopes(answer.headers.get("x-oauth-scopes", ""))
    if app_token:
        yield _socket(client, app_token)
    directory = Directory(client)
    for team in teams.ordered:
        yield from _channels(client, directory, f"team {team.name}", team.channels)
        who = Approvers(team.approvers, team.approver_groups)
        yield from _approvers(client, f"team {team.name}", who)
    yield from _approvers(client, "every team", teams.everywhere)
    yield from _channels(client, directory, "the TDA", teams.tda_channels)
    yield from check_methods(client)


def _scopes(told: str) -> Check:
    granted = {scope.strip() for scope in told.split(",")} - {""}
    if not granted:
        problem = "could not be looked at: the answer does not name them"
        return Check("Slack's scopes", problem, "Set SLACK_API_URL to Slack's own, or to nothing.")
    missing = ", ".join(sorted(SCOPES - granted))
    return Check("Slack's scopes", f"missing {missing}" if missing else "", missing and _REINSTALL)


def _socket(client: WebClient, app_token: str) -> Check:
    try:
        client.apps_connections_open(app_token=app_token)
    except FAILURES as error:
        remedy = "Give the app-level token the scope connections:write, and set SLACK_APP_TOKEN."
        return failed("Socket Mode", error, remedy)
    return Check("Socket Mode")


def _approvers(client: WebClient, of: str, named: Approvers) -> Iterator[Check]:
    for user in _of_slack(named.users):
        what = f"approver {user} of {of}"
        try:
            found = client.users_info(user=own_id(user) or user)["user"]
        except FAILURES as error:
            yield failed(what, error, "Correct the user's id in teams.yaml.")
            continue
        gone = found.get("deleted") or found.get("is_restricted") or found.get("is_bot")
        problem = "is a guest, a bot or deactivated, and cannot approve" if gone else ""
        yield Check(what, problem, "Name a member of the workspace in teams.yaml." if gone else "")
    for group in _of_slack(named.groups):
        what = f"approver group {group} of {of}"
        try:
            client.usergroups_users_list(usergroup=own_id(group) or group)
        except FAILURES as error:
            yield failed(what, error, "Correct the group's id in teams.yaml.")
            continue
        yield Check(what)


def _of_slack(ids: Iterable[str]) -> list[str]:
    return sorted(each for each in ids if own_id(each))


def _channels(
    client: WebClient, directory: Directory, whose: str, channels: Iterable[Channel]
) -> Iterator[Check]:
    for channel in channels:
        if channel.product == SLACK:
            yield _channel(client, directory, whose, channel.id)


def _channel(client: WebClient, directory: Directory, whose: str, channel: str) -> Check:
    what = f"channel {channel} of {whose}"
    try:
        known = client.conversations_info(channel=channel)["channel"]
    except FAILURES as error:
        return failed(what, error, "Correct the channel's id in teams.yaml.")
    if known.get("is_archived"):
        return Check(what, "is archived", "Unarchive it, or name another channel in teams.yaml.")
    if not known.get("is_member", True):
        return Check(what, "the bot is not in it", "Type /invite with the bot's name there.")
    try:
        client.conversations_history(channel=channel, limit=1)
    except FAILURES as error:
        return failed(f"the history of {what}", error, _REINSTALL)
    return _readers(directory, Channel(SLACK, channel), what, known)


def _readers(directory: Directory, channel: Channel, what: str, known: Mapping[str, Any]) -> Check:
    """Warn where more people read the channel than those whose findings are shown there."""
    try:
        outsiders = directory.outsiders(channel)
    except (ChatBusyError, ChatRefusedError) as error:
        return Check(f"who reads {what}", f"could not be looked at: {error}", _REINSTALL)
    if outsiders:
        return Check(what, warning=f"{outsiders} can read it", remedy=_OUTSIDERS)
    if known.get("is_org_shared"):
        return Check(what, warning="several workspaces of your organisation read it")
    if not known.get("is_private", False):
        return Check(what, warning="is public: every member of the workspace can read it")
    return Check(what)
