"""Looks whether Teams is set up: credentials, permissions, channels and who approves."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import jwt

from commands.checks import Check
from compliance.authority import Standing
from compliance.channel import Channel
from compliance.routing import Approvers, Teams
from notifiers.chat import ChatBusyError, ChatRefusedError, ContentRefusedError
from notifiers.teams.client import TeamsChat
from notifiers.teams.connector import Connector, reading
from notifiers.teams.errors import changing
from notifiers.teams.microsoft import FAILURES, RefusedError, Tokens
from notifiers.teams.people import People
from notifiers.teams.text import PRODUCT, own_id

#: What Entra says in its description, and what it means: any other is the secret's.
#: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_OF_ENTRA = {
    "AADSTS90002": "Set TEAMS_TENANT_ID to the Directory (tenant) ID that Entra shows.",
    "AADSTS900023": "Set TEAMS_TENANT_ID to the Directory (tenant) ID that Entra shows.",
    "AADSTS700016": "Set TEAMS_CLIENT_ID to the Application (client) ID of a registration in the "
    "tenant of TEAMS_TENANT_ID.",
    "AADSTS7000222": "The client secret has ended: make a new one in Entra, and set "
    "TEAMS_CLIENT_SECRET to its value.",
}
_CREDENTIALS = "Set TEAMS_CLIENT_SECRET to the value of a client secret, not to its id."
_CONSENT = (
    "Give the app's registration this application permission of Microsoft Graph, and let an "
    "administrator consent."
)
#: https://learn.microsoft.com/graph/permissions-reference
_PERMISSIONS = ("User.Read.All", "GroupMember.Read.All")
_REACH = "Open the way to login.microsoftonline.com, graph.microsoft.com and the connector."
_OUTSIDERS = (
    "Findings tell outsiders what is open to attack. Use another channel, or read "
    "docs/configuration.md about what goes to channels that outsiders read."
)


def check_teams(
    chat: TeamsChat,
    connector: Connector,
    people: People,
    tokens: Tokens,
    teams: Teams,
    now: datetime,
) -> Iterator[Check]:
    """Yield what was looked at, in the order in which it has to be mended."""
    try:
        tokens.token(Tokens.CONNECTOR)
        graph = tokens.token(Tokens.GRAPH)
    except FAILURES as error:
        yield Check("Teams' credentials", _why(error), _credentials(error))
        return
    yield Check("Teams' credentials")
    yield from _permissions(graph)
    named = [(f"team {team.name}", team.channels) for team in teams.ordered]
    for whose, channels in [*named, ("the TDA", teams.tda_channels)]:
        for channel in channels:
            if channel.product == PRODUCT:
                yield from _channel(chat, connector, whose, channel, now)
    for team in teams.ordered:
        who = Approvers(team.approvers, team.approver_groups)
        yield from _approvers(people, f"team {team.name}", who)
    yield from _approvers(people, "every team", teams.everywhere)


def _permissions(token: str) -> Iterator[Check]:
    """Look at what an administrator consented to, which the token for Graph says."""
    try:
        granted = jwt.decode(token, options={"verify_signature": False}).get("roles") or ()
    except jwt.PyJWTError:
        # Entra promises no form of its tokens; the people below show whether Graph answers.
        return
    for each in _PERMISSIONS:
        what = f"permission {each}"
        yield Check(what) if each in granted else Check(what, "is not granted", _CONSENT)


def _channel(
    chat: TeamsChat, connector: Connector, whose: str, channel: Channel, now: datetime
) -> Iterator[Check]:
    """Look whether the app is in the channel's team, may write and read there, and who reads it."""
    what = f"channel {channel} of {whose}"
    try:
        outsiders = chat.outsiders(channel)
        # Nobody sees this sign, and an app that may not write may not make it either. A Teams that
        # does not take it says nothing about writing.
        with suppress(ContentRefusedError), changing():
            reading(lambda: connector.send(chat.room(channel), {"type": "typing"}))
    except (ChatRefusedError, ChatBusyError) as error:
        yield _failed(what, error)
        return
    warning = f"{outsiders} can read it" if outsiders else ""
    yield Check(what, warning=warning, remedy=_OUTSIDERS if outsiders else "")
    try:
        chat.find(channel, "none", now)
    except (ChatRefusedError, ChatBusyError) as error:
        yield _failed(f"the history of {what}", error)


def _failed(what: str, error: Exception) -> Check:
    if isinstance(error, ChatRefusedError):
        return Check(what, error.problem, error.remedy)
    return Check(what, f"Microsoft is out of reach ({error})", _REACH)


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
            yield Check(what, _why(error), remedy if isinstance(error, RefusedError) else _REACH)
        else:
            yield Check(what)


def _credentials(error: Exception) -> str:
    if not isinstance(error, RefusedError):
        return _REACH
    known = error.message.partition(":")[0]
    return _OF_ENTRA.get(known, _CREDENTIALS)


def _why(error: Exception) -> str:
    if isinstance(error, RefusedError):
        return " ".join(filter(None, (str(error), error.message[:200])))
    return f"Microsoft is out of reach ({error})"
