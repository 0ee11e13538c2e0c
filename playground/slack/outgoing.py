"""Requests to the app over HTTP, signed as Slack signs them."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import timedelta
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from playground.slack.answers import Answer, Failure
from playground.slack.arguments import parse


class _NoRedirect(HTTPRedirectHandler):
    """Slack wants an answer from where it asks."""

    def redirect_request(self, *_: object) -> None:
        return None


#: The app is on this machine or named by the person who runs it: no proxy stands between.
_OPENER = build_opener(ProxyHandler({}), _NoRedirect)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def post(
    url: str, body: bytes, content_type: str, secret: str, wait: timedelta, retry: Mapping[str, str]
) -> Answer:
    """Send *body* to the app; return its answer, or why there is none. Blocks for *wait* at most.

    It is signed with the machine's time, not the workspace's: the app compares it with its own.
    """
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": content_type,
        "Accept": "application/json,*/*",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
        **retry,
    }
    request = Request(url, body, headers, method="POST")  # noqa: S310 - the person's own address
    try:
        with _OPENER.open(request, timeout=wait.total_seconds()) as response:
            return Answer(_content(response.read().decode(errors="replace")), None, response.status)
    except HTTPError as error:
        with error:
            is_final = error.headers.get("x-slack-no-retry") == "1"
            return Answer(None, Failure.ERROR, error.code, is_final)
    except TimeoutError:
        return Answer(failure=Failure.TIMEOUT, status=0)
    except (URLError, OSError) as error:
        is_late = isinstance(getattr(error, "reason", None), TimeoutError)
        return Answer(failure=Failure.TIMEOUT if is_late else Failure.CONNECTION_FAILED, status=0)


def _content(body: str) -> object:
    try:
        return parse(body) if body else None
    except ValueError:
        return body
