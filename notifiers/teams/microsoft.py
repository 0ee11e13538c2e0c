"""Microsoft's services as the bot calls them: addresses, tokens, HTTP, and what went wrong."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

#: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
ISSUER = "https://api.botframework.com"
_TIMEOUT = urllib3.Timeout(connect=5, read=10)
#: A token is asked for again before the one at hand ends.
_BEFORE_ITS_END = timedelta(minutes=5)
#: An answer that says more is not read to its end.
_ANSWER_MAX = 4 * 1024 * 1024

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Microsoft's services are, or what stands in for all of them at one address."""

    login: str = "https://login.microsoftonline.com"
    openid: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    graph: str = "https://graph.microsoft.com/v1.0"
    #: The connector of conversations of which Teams has not said another.
    #: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
    connector: str = "https://smba.trafficmanager.net/teams"

    @classmethod
    def at(cls, url: str) -> "Endpoints":
        """Return Microsoft's own, or those of the stand-in at *url*."""
        base = url.rstrip("/")
        if not base:
            return cls()
        openid = f"{base}/v1/.well-known/openidconfiguration"
        return cls(base, openid, f"{base}/graph/v1.0", f"{base}/teams")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The bot's own app registration in Entra; its secret is in no representation."""

    client_id: str
    secret: str = field(repr=False)
    tenant: str


class RefusedError(Exception):
    """Microsoft's answer says that it was not done."""

    def __init__(self, status: int, code: str, message: str, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status} {code}".strip())
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class UnansweredError(Exception):
    """No answer came; *is_unsent* where the call never reached anybody."""

    def __init__(self, problem: str, *, is_unsent: bool) -> None:
        super().__init__(problem)
        self.is_unsent = is_unsent


#: What any call can end with.
FAILURES = (RefusedError, UnansweredError)


class Http:
    """One call, one try. The caller knows whether it may be made again."""

    def __init__(self) -> None:
        # A redirect would carry the token to somebody else.
        self._pool = urllib3.PoolManager(maxsize=16, timeout=_TIMEOUT, retries=False)

    def call(
        self,
        method: str,
        url: str,
        token: str = "",
        body: Json | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the JSON that answers, None where nothing does; raises the two errors above."""
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content: dict[str, Any] = {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            content["body"] = json.dumps(body, ensure_ascii=False).encode()
        if fields is not None:
            content |= {"fields": fields, "encode_multipart": False}
        return self._request(method, url, headers, **content)

    def upload(self, url: str, data: bytes) -> None:
        """Put a whole file where OneDrive waits for it; raises the two errors above.

        https://learn.microsoft.com/graph/api/driveitem-createuploadsession
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
        }
        self._request("PUT", url, headers, body=data)

    def _request(self, method: str, url: str, headers: Mapping[str, str], **content: Any) -> Any:
        try:
            answer = self._pool.request(
                method, url, headers=headers, redirect=False, preload_content=False, **content
            )
            data = answer.read(_ANSWER_MAX)
            answer.release_conn()
        except (HTTPError, OSError) as error:
            is_unsent = isinstance(error, NewConnectionError | NameResolutionError)
            raise UnansweredError(type(error).__name__, is_unsent=is_unsent) from error
        return _read(answer.status, answer.headers, data)


def _read(status: int, headers: Mapping[str, str], data: bytes) -> Any:
    try:
        said = json.loads(data) if data.strip() else None
    except ValueError:
        said = None
        if status < 300:
            raise UnansweredError("an answer that is not JSON", is_unsent=False) from None
    if status < 300:
        return said
    known = said if isinstance(said, dict) else {}
    error = known.get("error")
    if isinstance(error, dict):
        code, message = str(error.get("code", "")), str(error.get("message", ""))
    else:
        # The way of login.microsoftonline.com.
        code, message = str(error or ""), str(known.get("error_description", ""))
    raise RefusedError(status, code, message, _seconds(headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdecimal() else None


class Tokens:
    """The bot's tokens, one for each service, by its client credentials."""

    CONNECTOR = "https://api.botframework.com/.default"
    GRAPH = "https://graph.microsoft.com/.default"

    def __init__(
        self,
        http: Http,
        endpoints: Endpoints,
        credentials: Credentials,
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._url = f"{endpoints.login}/{credentials.tenant}/oauth2/v2.0/token"
        self._credentials = credentials
        self._now = now
        self._kept: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def token(self, scope: str) -> str:
        """Return a token for *scope*; raises the errors of Http."""
        with self._lock:
            token, ends_at = self._kept.get(scope, ("", None))
        if ends_at is not None and self._now() < ends_at - _BEFORE_ITS_END:
            return token
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.secret,
            "scope": scope,
        }
        answer = self._http.call("POST", self._url, fields=asked)
        if not isinstance(answer, dict) or not answer.get("access_token"):
            raise UnansweredError("an answer without a token", is_unsent=True)
        token = str(answer["access_token"])
        ends_at = self._now() + timedelta(seconds=int(answer.get("expires_in", 3600)))
        with self._lock:
            self._kept[scope] = (token, ends_at)
        return token

    def forget(self, scope: str) -> None:
        """Ask anew next time: the token was refused."""
        with self._lock:
            self._kept.pop(scope, None)
