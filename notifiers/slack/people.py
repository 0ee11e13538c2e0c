"""Who somebody in Slack is: their standing and their user groups, looked up and kept briefly."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from compliance.authority import Actor, Standing

log = logging.getLogger(__name__)

#: usergroups.users.list is a tier 2 method: 20 calls a minute (slack FACTS, "Rate limits").
_KEPT = timedelta(minutes=5)
#: At execution only what was asked this moment counts, yet a batch of presses asks once.
_FRESH = timedelta(seconds=10)


#: Slack does not know them, or not here any more: waiting for a better answer helps nobody.
_GONE = {
    "user_not_found": Standing.DEACTIVATED,
    "user_not_visible": Standing.EXTERNAL,
}
#: Answers about a group that do not pass by themselves: free workspaces have none, and one that is
#: gone has no members. Nobody becomes an approver by it, and users named in teams.yaml still can.
_NO_GROUP = frozenset({"no_such_subteam", "plan_upgrade_required", "missing_scope"})


class People:
    """Slack's people, as authority needs them. Whoever cannot be looked up may decide nothing."""

    def __init__(
        self, client: WebClient, groups: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._groups = groups
        self._now = now
        self._kept: dict[str, tuple[datetime, Any]] = {}
        self._lock = threading.Lock()

    def actor(self, user_id: str, team_id: str = "", oldest: timedelta = _KEPT) -> Actor:
        """Return *user_id* as Slack knew them at most *oldest* ago.

        *team_id* is the workspace that a press told.

        The standing is UNKNOWN where Slack cannot be asked, which denies every decision.
        """
        try:
            user = self._remember(f"user {user_id}", oldest, lambda: self._user(user_id))
            home = self._remember("home", _KEPT, self._home)
            groups = frozenset(filter(partial(self._belongs, user_id, oldest), self._groups))
        except (SlackClientError, OSError) as error:
            log.warning("Slack did not say who pressed", extra={"user": user_id, "why": str(error)})
            return Actor(user_id, standing=_GONE.get(_problem(error), Standing.UNKNOWN))
        return Actor(user_id, _name(user), _standing(user, home, team_id), groups)

    def fresh(self, user_id: str) -> Actor:
        """Return *user_id* as Slack knows them now: for the check at execution."""
        return self.actor(user_id, oldest=_FRESH)

    def _belongs(self, user_id: str, oldest: timedelta, group: str) -> bool:
        return user_id in self._remember(f"group {group}", oldest, lambda: self._members(group))

    def _user(self, user_id: str) -> dict[str, Any]:
        answer = self._client.users_info(user=user_id)
        user: dict[str, Any] = answer["user"]
        return user

    def _home(self) -> str:
        return str(self._client.auth_test().get("team_id") or "")

    def _members(self, group: str) -> frozenset[str]:
        try:
            return frozenset(self._client.usergroups_users_list(usergroup=group)["users"])
        except SlackApiError as error:
            if _problem(error) not in _NO_GROUP:
                # A rate limit must not be kept as "nobody is an approver".
                raise
            log.warning("user group unreadable", extra={"group": group, "why": _problem(error)})
            return frozenset()

    def _remember(self, what: str, oldest: timedelta, ask: Callable[[], Any]) -> Any:
        with self._lock:
            kept = self._kept.get(what)
        if kept and self._now() - kept[0] < oldest:
            return kept[1]
        answer = ask()
        with self._lock:
            self._kept[what] = (self._now(), answer)
        return answer


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
