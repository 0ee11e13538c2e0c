"""Looks whether Teams is set up: credentials, permissions, channels and who approves."""

from collections.abc import Iterable, Iterator

from commands.checks import Check
from compliance.authority import Standing
from compliance.channel import Channel
from compliance.routing import Approvers, Teams
from notifiers.chat import ChatBusyError, ChatRefusedError
from notifiers.teams.client import TeamsChat
from notifiers.teams.connector import Connector, reading
from notifiers.teams.microsoft import FAILURES, RefusedError, Tokens
from notifiers.teams.people import People
from notifiers.teams.text import PRODUCT, own_id

_CREDENTIALS = (
    "Set TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET and TEAMS_TENANT_ID to those of the app's "
    "registration in Entra; a secret that has ended has to be made anew there."
)
_CONSENT = (
    "Give the app's registration the application permissions User.Read.All and "
    "GroupMember.Read.All of Microsoft Graph, and let an administrator consent."
)
_REACH = "Open the way to login.microsoftonline.com, graph.microsoft.com and the connector."
_ADD = "Add the app to the team in Teams (Apps, Manage your apps, Add to a team)."


def check_teams(
    chat: TeamsChat, connector: Connector, people: People, tokens: Tokens, teams: Teams
) -> Iterator[Check]:
    """Yield what was looked at, in the order in which it has to be mended."""
    try:
        tokens.token(Tokens.CONNECTOR)
    except FAILURES as error:
        yield Check("Teams' credentials", _why(error), _remedy(error, _CREDENTIALS))
        return
    yield Check("Teams' credentials")
    named = [(f"team {team.name}", team.channels) for team in teams.ordered]
    for whose, channels in [*named, ("the TDA", teams.tda_channels)]:
        yield from _channels(chat, connector, whose, channels)
    for team in teams.ordered:
        who = Approvers(team.approvers, team.approver_groups)
        yield from _approvers(people, f"team {team.name}", who)
    yield from _approvers(people, "every team", teams.everywhere)


def _channels(
    chat: TeamsChat, connector: Connector, whose: str, channels: Iterable[Channel]
) -> Iterator[Check]:
    for channel in channels:
        if channel.product != PRODUCT:
            continue
        what = f"channel {channel} of {whose}"
        try:
            room = chat.room(channel)
            # A bot that is not in the channel's team may not see who is in it.
            reading(lambda room=room: next(connector.members(room), None))  # type: ignore[misc]
        except ChatRefusedError as error:
            yield Check(what, error.problem, error.remedy)
        except (*FAILURES, ChatBusyError) as error:
            yield Check(what, _why(error), _remedy(error, _ADD))
        else:
            yield Check(what)


def _approvers(people: People, of: str, named: Approvers) -> Iterator[Check]:
    for user in sorted(filter(own_id, named.users)):
        standing = people.fresh(user).standing
        is_member = standing is Standing.MEMBER
        problem = "" if is_member else f"Entra shows this person as {standing}; they cannot approve"
        remedy = _CONSENT if standing is Standing.UNKNOWN else "Name a member in teams.yaml."
        yield Check(f"approver {user} of {of}", problem, "" if is_member else remedy)
    for group in sorted(filter(own_id, named.groups)):
        what = f"approver group {group} of {of}"
        try:
            people.members(own_id(group))
        except FAILURES as error:
            is_unknown = isinstance(error, RefusedError) and error.status == 404
            remedy = "Correct the group's id in teams.yaml." if is_unknown else _CONSENT
            yield Check(what, _why(error), _remedy(error, remedy))
        else:
            yield Check(what)


def _why(error: Exception) -> str:
    if isinstance(error, RefusedError):
        return " ".join(filter(None, (str(error), error.message[:200])))
    return f"Microsoft is out of reach ({error})"


def _remedy(error: Exception, remedy: str) -> str:
    return remedy if isinstance(error, RefusedError) else _REACH
