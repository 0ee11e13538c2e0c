"""Who somebody in Slack is: their standing and their user groups, looked up and kept briefly."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from compliance.authority import Actor, Standing
from compliance.channel import Channel, Message, qualified
from notifiers.kept import Kept
from notifiers.slack.errors import FAILURES
from notifiers.slack.text import PRODUCT, own_id

log = logging.getLogger(__name__)

#: usergroups.list is a tier 2 method: 20 calls a minute (slack FACTS, "Rate limits").
_KEPT = timedelta(minutes=5)
#: At execution only what was asked this moment counts, yet a batch of presses asks once.
_FRESH = timedelta(seconds=10)


#: Slack does not know them, or not here any more: waiting for a better answer helps nobody.
_GONE = {
    "user_not_found": Standing.DEACTIVATED,
    "user_not_visible": Standing.EXTERNAL,
}
#: Answers about groups that do not pass by themselves: free workspaces have none. Nobody becomes
#: an approver by it, and users named in teams.yaml still can.
_NO_GROUPS = frozenset({"plan_upgrade_required", "missing_scope"})
_UNKNOWN_METHOD = "unknown_method"


class People:
    """Slack's people, as authority needs them. A person who cannot be looked up may not decide.

    *groups* are those that approve, with their product; what belongs to another one is left out.
    """

    def __init__(
        self, client: WebClient, groups: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._groups = frozenset(filter(None, map(own_id, groups)))
        self._kept = Kept(now)

    def actor(self, user_id: str, team_id: str = "", oldest: timedelta = _KEPT) -> Actor:
        """Return Slack's *user_id* as Slack knew them at most *oldest* ago, with their product.

        *team_id* is the workspace from which somebody pressed.

        The standing is UNKNOWN where Slack cannot be asked, which denies every decision.
        """
        try:
            user = self._kept.remember(f"user {user_id}", oldest, lambda: self._user(user_id))
            home = self._kept.remember("home", _KEPT, self._home)
            members = self._kept.remember("groups", oldest, self._members) if self._groups else {}
        except FAILURES as error:
            log.warning("Slack did not say who pressed", extra={"user": user_id, "why": str(error)})
            gone = _GONE.get(_problem(error), Standing.UNKNOWN)
            return Actor(qualified(user_id), standing=gone)
        groups = frozenset(qualified(group) for group, who in members.items() if user_id in who)
        return Actor(qualified(user_id), _name(user), _standing(user, home, team_id), groups)

    def fresh(self, actor_id: str) -> Actor:
        """Return *actor_id* (``slack:U0HANNAH``) as Slack knows them now: at execution."""
        user_id = own_id(actor_id)
        if user_id is None:
            return Actor(actor_id, standing=Standing.EXTERNAL)
        return self.actor(user_id, oldest=_FRESH)

    def link(self, message: Message) -> str:
        """Return the address of a message, empty where Slack does not say where it is.

        It is made as https://docs.slack.dev/reference/methods/chat.getPermalink shows it: asked one
        by one, the lines of a list would wait for one another.
        """
        try:
            url = self._kept.remember("workspace", _KEPT, self._workspace)
        except FAILURES:
            return ""
        number = message.id.replace(".", "")
        return f"{url.rstrip('/')}/archives/{message.channel.id}/p{number}" if url else ""

    def channels(self, channel_id: str) -> frozenset[Channel]:
        """Return a channel by its id and, where Slack says it, by its name: teams.yaml has either.

        An event has no name in it, as a command has.
        """
        by_id = Channel(PRODUCT, channel_id)
        try:
            name = self._kept.remember(
                f"channel {channel_id}", _KEPT, lambda: self._name_of(channel_id)
            )
        except FAILURES:
            return frozenset({by_id})
        return frozenset({by_id, Channel(PRODUCT, f"#{name}")} if name else {by_id})

    def _name_of(self, channel_id: str) -> str:
        answer = self._client.conversations_info(channel=channel_id)
        return str(answer["channel"].get("name") or "")

    def _workspace(self) -> str:
        return str(self._client.auth_test().get("url") or "")

    def _user(self, user_id: str) -> dict[str, Any]:
        answer = self._client.users_info(user=user_id)
        user: dict[str, Any] = answer["user"]
        return user

    def _home(self) -> str:
        return str(self._client.auth_test().get("team_id") or "")

    def _members(self) -> Mapping[str, frozenset[str]]:
        """Return the members of all groups that approve, in one call.

        Asked one group after another, a form would not open within its three seconds.
        """
        try:
            groups = self._client.usergroups_list(include_users=True)["usergroups"]
        except SlackApiError as error:
            if _problem(error) == _UNKNOWN_METHOD:
                return {group: self._members_of(group) for group in self._groups}
            if _problem(error) not in _NO_GROUPS:
                # A rate limit must not be kept as "nobody is an approver".
                raise
            log.warning("user groups unreadable", extra={"why": _problem(error)})
            return {}
        return {
            group["id"]: frozenset(group.get("users") or ())
            for group in groups
            if group["id"] in self._groups
        }

    def _members_of(self, group: str) -> frozenset[str]:
        """Ask what stands in for Slack and knows this method alone."""
        try:
            return frozenset(self._client.usergroups_users_list(usergroup=group)["users"])
        except SlackApiError as error:
            if _problem(error) not in _NO_GROUPS | {_UNKNOWN_METHOD, "no_such_subteam"}:
                raise
            log.warning("user group unreadable", extra={"group": group, "why": _problem(error)})
            return frozenset()


def _problem(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else ""


def _name(user: dict[str, Any]) -> str:
    profile = user.get("profile") or {}
    return str(profile.get("display_name") or user.get("real_name") or user.get("name") or "")


def _standing(user: dict[str, Any], home: str, team_id: str) -> Standing:
    """Sort a user by the flags of https://docs.slack.dev/reference/objects/user-object."""
    if not home:
        # Without the bot's own workspace nobody can tell its members from others.
        return Standing.UNKNOWN
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Standing.BOT
    elsewhere = {user.get("team_id"), team_id} - {None, "", home}
    if user.get("is_stranger") or (elsewhere and not _same_enterprise(user, home)):
        return Standing.EXTERNAL
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def _same_enterprise(user: dict[str, Any], home: str) -> bool:
    return home in ((user.get("enterprise_user") or {}).get("teams") or ())
