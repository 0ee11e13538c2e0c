"""Who somebody in Teams is: their standing and groups, asked of Microsoft Graph and kept briefly.

It needs the application permissions User.Read.All and GroupMember.Read.All:
https://learn.microsoft.com/graph/api/user-get and .../directoryobject-checkmembergroups
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from compliance.authority import Actor, Standing
from notifiers.kept import Kept
from notifiers.teams.connector import reading
from notifiers.teams.microsoft import FAILURES, Http, Json, RefusedError, Tokens
from notifiers.teams.text import PRODUCT, own_id

log = logging.getLogger(__name__)

_KEPT = timedelta(minutes=5)
#: At execution only what was asked this moment counts, yet a batch of presses asks once.
_FRESH = timedelta(seconds=10)
#: A name is for reading alone.
_NAME_KEPT = timedelta(hours=12)
#: https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups: groups in one call.
_GROUPS_MAX = 20
#: People of a group that are listed: a card's own view is for sixty at most.
_MEMBERS_MAX = 100


class People:
    """People of one tenant, as authority needs them. Who cannot be looked up may decide nothing.

    *groups* are those that approve, with their product; what belongs to another one is left out.
    """

    def __init__(
        self,
        http: Http,
        tokens: Tokens,
        graph_url: str,
        groups: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._url = graph_url
        self._groups = tuple(sorted(filter(None, map(own_id, groups))))
        self._kept = Kept(now)

    def actor(self, person: str, oldest: timedelta = _KEPT) -> Actor:
        """Return Entra's *person* as Graph knew them at most *oldest* ago, with their product.

        The standing is UNKNOWN where Graph cannot be asked, which denies every decision.
        """
        qualified = f"{PRODUCT}:{person}"
        try:
            user = self._kept.remember(f"user {person}", oldest, lambda: self._user(person))
            standing = _standing(user)
            groups: frozenset[str] = frozenset()
            if standing is Standing.MEMBER and self._groups:
                groups = self._kept.remember(
                    f"groups {person}", oldest, lambda: self._groups_of(person)
                )
        except FAILURES as error:
            log.warning("Graph did not say who asked", extra={"user": person, "why": str(error)})
            return Actor(qualified, standing=_of_failure(error))
        return Actor(qualified, str(user.get("displayName") or ""), standing, groups)

    def fresh(self, actor_id: str) -> Actor:
        """Return *actor_id* (``teams:6f1c…``) as Graph knows them now: at execution."""
        person = own_id(actor_id)
        if not person:
            return Actor(actor_id, standing=Standing.EXTERNAL)
        return self.actor(person, oldest=_FRESH)

    def name(self, actor_id: str) -> str:
        """Return how a person or a group is called, or the id where that is not known."""
        own = own_id(actor_id)
        if not own:
            return actor_id
        kind = "groups" if own in self._groups else "users"
        try:
            answer = self._kept.remember(f"name {own}", _NAME_KEPT, lambda: self._name(kind, own))
        except FAILURES as error:
            log.warning("Graph did not say a name", extra={"user": own, "why": str(error)})
            return actor_id
        return str(answer or actor_id)

    def is_group(self, own: str) -> bool:
        """Say whether this is a group that approves: Teams can mention people alone."""
        return own in self._groups

    def below(self, url: str) -> str:
        """Return what stands behind Graph's own address in *url*, the next page of an answer."""
        return url.removeprefix(f"{self._url}/")

    def know(self, person: str, called: str) -> None:
        """Keep the name with which Teams brought *person* here."""
        if person and called:
            self._kept.note(f"name {person}", called)

    def members(self, group: str) -> frozenset[str]:
        """Return the Entra object ids of a group's people; raises the errors of Http."""
        path = f"groups/{quote(group)}/transitiveMembers/microsoft.graph.user"
        query = f"?$select=id&$top={_MEMBERS_MAX}"
        answer = self._kept.remember(f"members {group}", _KEPT, lambda: self.get(f"{path}{query}"))
        return frozenset(str(each["id"]) for each in answer.get("value") or ())

    def person_of(self, email: str) -> str:
        """Return the qualified id of the member with this address, empty where there is none."""
        try:
            user = self._kept.remember(f"user {email}", _NAME_KEPT, lambda: self._user(email))
        except FAILURES as error:
            log.info("Graph does not know an address", extra={"why": str(error)})
            return ""
        return f"{PRODUCT}:{user['id']}" if _standing(user) is Standing.MEMBER else ""

    def get(self, path: str) -> Any:
        """Ask Graph; raises the errors of Http."""
        return reading(lambda: self._call("GET", path))

    def _user(self, person: str) -> Json:
        select = "$select=id,displayName,userType,accountEnabled"
        user: Json = self.get(f"users/{quote(person, safe='@')}?{select}")
        return user

    def _groups_of(self, person: str) -> frozenset[str]:
        """Return those of the approving groups in which *person* is, also by another group."""
        path = f"users/{quote(person)}/checkMemberGroups"
        member_of: set[str] = set()
        for some in _batches(self._groups):
            body = {"groupIds": list(some)}
            answer = reading(lambda body=body: self._call("POST", path, body))  # type: ignore[misc]
            member_of.update(answer.get("value") or ())
        return frozenset(f"{PRODUCT}:{each}" for each in self._groups if each in member_of)

    def _name(self, kind: str, own: str) -> str:
        return str(self.get(f"{kind}/{quote(own)}?$select=displayName").get("displayName") or "")

    def _call(self, method: str, path: str, body: Json | None = None) -> Any:
        try:
            token = self._tokens.token(Tokens.GRAPH)
            return self._http.call(method, f"{self._url}/{path}", token, body)
        except RefusedError as error:
            if error.status == 401:
                self._tokens.forget(Tokens.GRAPH)
            raise


def _batches(groups: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (groups[start : start + _GROUPS_MAX] for start in range(0, len(groups), _GROUPS_MAX))


def _of_failure(error: Exception) -> Standing:
    """Sort a failure: whom Entra does not know has left, and waiting helps nobody."""
    is_gone = isinstance(error, RefusedError) and error.status == 404
    return Standing.DEACTIVATED if is_gone else Standing.UNKNOWN


def _standing(user: Json) -> Standing:
    """Deny where it is not said.

    https://learn.microsoft.com/graph/api/resources/user
    """
    if user.get("accountEnabled") is False:
        return Standing.DEACTIVATED
    if user.get("userType") == "Guest":
        return Standing.GUEST
    if user.get("accountEnabled") is True and user.get("userType") in {"Member", None}:
        return Standing.MEMBER
    return Standing.UNKNOWN
