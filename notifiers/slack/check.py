"""Looks whether Slack is set up: tokens, scopes, channels and the people who approve."""

from collections.abc import Iterable, Iterator

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.checks import Check
from compliance.channel import SLACK, Channel
from compliance.routing import Approvers, Teams
from notifiers.slack.errors import FAILURES
from notifiers.slack.text import own_id

#: https://docs.slack.dev/reference/scopes: what the bot calls needs these (slack FACTS).
SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "users:read",
        "usergroups:read",
        "channels:read",
        "groups:read",
        # A post whose answer was lost is looked for in its channel.
        "channels:history",
        "groups:history",
        # Who an Owner tag's address belongs to, and what people are told directly.
        "users:read.email",
        "im:write",
        "im:history",
        # Mentions are answered, and lists sent as files.
        "app_mentions:read",
        "files:write",
    }
)
_REACH = "Open the way to Slack's Web API, or correct SLACK_API_URL, and try again."
_REINSTALL = "Upload config/slack-manifest.yaml, install the app again, and use its new token."


def check_slack(client: WebClient, app_token: str, teams: Teams) -> Iterator[Check]:
    """Yield what was looked at, in the order in which it has to be mended."""
    try:
        answer = client.auth_test()
    except FAILURES as error:
        remedy = "Set SLACK_BOT_TOKEN to the installed app's token."
        yield _failed("Slack's token", error, remedy)
        return
    yield Check(f"Slack's token, of workspace {answer.get('team', '')}")
    granted = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
    missing = SCOPES - granted if granted != {""} else set()
    problem = f"missing {', '.join(sorted(missing))}" if missing else ""
    yield Check("Slack's scopes", problem, _REINSTALL if problem else "")
    if app_token:
        yield _socket(client, app_token)
    for team in teams.ordered:
        yield from _channels(client, f"team {team.name}", team.channels)
        who = Approvers(team.approvers, team.approver_groups)
        yield from _approvers(client, f"team {team.name}", who)
    yield from _approvers(client, "every team", teams.everywhere)
    yield from _channels(client, "the TDA", teams.tda_channels)


def _socket(client: WebClient, app_token: str) -> Check:
    try:
        client.apps_connections_open(app_token=app_token)
    except FAILURES as error:
        remedy = "Give the app-level token the scope connections:write, and set SLACK_APP_TOKEN."
        return _failed("Socket Mode", error, remedy)
    return Check("Socket Mode")


def _approvers(client: WebClient, of: str, named: Approvers) -> Iterator[Check]:
    for user in _of_slack(named.users):
        what = f"approver {user} of {of}"
        try:
            found = client.users_info(user=own_id(user) or user)["user"]
        except FAILURES as error:
            yield _failed(what, error, "Correct the user's id in teams.yaml.")
            continue
        gone = found.get("deleted") or found.get("is_restricted") or found.get("is_bot")
        problem = "is a guest, a bot or deactivated, and cannot approve" if gone else ""
        yield Check(what, problem, "Name a member of the workspace in teams.yaml." if gone else "")
    for group in _of_slack(named.groups):
        what = f"approver group {group} of {of}"
        try:
            client.usergroups_users_list(usergroup=own_id(group) or group)
        except FAILURES as error:
            yield _failed(what, error, "Correct the group's id in teams.yaml.")
            continue
        yield Check(what)


def _of_slack(ids: Iterable[str]) -> list[str]:
    return sorted(each for each in ids if own_id(each))


def _channels(client: WebClient, whose: str, channels: Iterable[Channel]) -> Iterator[Check]:
    for channel in channels:
        if channel.product == SLACK:
            yield _channel(client, whose, channel.id)
        else:
            what = f"channel {channel} of {whose}"
            remedy = "Name a channel of Slack in teams.yaml, as slack:C…."
            yield Check(what, f"the bot is not connected to {channel.product}", remedy)


def _channel(client: WebClient, whose: str, channel: str) -> Check:
    what = f"channel {channel} of {whose}"
    try:
        found = client.conversations_info(channel=channel)["channel"]
    except FAILURES as error:
        return _failed(what, error, "Correct the channel's id in teams.yaml.")
    if found.get("is_archived"):
        return Check(what, "is archived", "Unarchive it, or name another channel in teams.yaml.")
    if not found.get("is_member", True):
        return Check(what, "the bot is not in it", "Type /invite with the bot's name there.")
    try:
        client.conversations_history(channel=channel, limit=1)
    except FAILURES as error:
        return _failed(f"the history of {what}", error, _REINSTALL)
    return Check(what)


def _failed(what: str, error: Exception, remedy: str) -> Check:
    """Tell Slack's own word for it with *remedy*, or that Slack gave none."""
    if not isinstance(error, SlackApiError) or error.response.status_code != 200:
        return Check(what, f"Slack is out of reach ({type(error).__name__})", _REACH)
    word, needed = error.response.get("error"), error.response.get("needed")
    return Check(what, f"{word} (needs {needed})" if needed else str(word), remedy)
