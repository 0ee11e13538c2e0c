"""Whether Microsoft sent an activity: its token, and the key that the token is signed with."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt

from notifiers.teams.microsoft import FAILURES, ISSUER, Http

#: Microsoft changes its keys now and then; https://learn.microsoft.com/azure/bot-service/rest-api/
#: bot-framework-rest-connector-authentication says to keep them for a day.
_KEPT = timedelta(hours=24)
#: A token with an unknown key makes the bot look for it, and no more often than this.
_APART = timedelta(seconds=10)
#: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
_LEEWAY = timedelta(minutes=5)
_CHANNEL = "msteams"


class ForgedError(Exception):
    """Microsoft did not send this to this bot; the message says what shows it."""


class KeysUnreachableError(Exception):
    """Microsoft's keys cannot be read now, so that nothing can be said about a token."""


class Verifier:
    """Verifies tokens with the keys that Microsoft publishes."""

    def __init__(
        self, http: Http, openid_url: str, client_id: str, now: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._url = openid_url
        self._client_id = client_id
        self._now = now
        self._keys: Mapping[str, Mapping[str, Any]] = {}
        self._read_at: datetime | None = None
        self._lock = threading.Lock()

    def verify(self, authorization: str, service_url: str) -> None:
        """Raise ForgedError unless Microsoft signed for this bot and this *service_url*."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ForgedError("it has no token")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256":
                raise ForgedError("its token is not signed with RS256")
            key = self._key(str(header.get("kid", "")))
            claims = jwt.decode(
                token,
                jwt.PyJWK(dict(key), algorithm="RS256").key,
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=ISSUER,
                leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise ForgedError(f"its token is not valid: {type(error).__name__}") from error
        signed_for = str(claims.get("serviceurl") or claims.get("serviceUrl") or "")
        if not signed_for or signed_for.rstrip("/") != service_url.rstrip("/"):
            raise ForgedError("its token is for another service URL")

    def _key(self, kid: str) -> Mapping[str, Any]:
        with self._lock:
            now = self._now()
            age = now - self._read_at if self._read_at else _KEPT
            if age >= _KEPT or (kid not in self._keys and age >= _APART):
                self._keys = self._read()
                self._read_at = now
            key = self._keys.get(kid)
        if key is None:
            raise ForgedError("its token is signed with an unknown key")
        endorsed = key.get("endorsements")
        if endorsed is not None and _CHANNEL not in endorsed:
            raise ForgedError("its key is not endorsed for Microsoft Teams")
        return key

    def _read(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            metadata = self._http.call("GET", self._url)
            answer = self._http.call("GET", str(metadata["jwks_uri"]))
            return {str(key["kid"]): key for key in answer["keys"]}
        except (*FAILURES, KeyError, TypeError) as error:
            raise KeysUnreachableError(type(error).__name__) from error
