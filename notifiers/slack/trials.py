"""Each of Slack's methods that the bot calls: the scopes it wants, and how it is tried.

What would post or show something names a channel, a message or a person that nobody has, so Slack
refuses it for that, after it has looked at the token and its scopes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.checks import Check
from notifiers.slack.errors import FAILURES, TOKEN

#: Forms of ids that Slack takes, of nothing that is there.
_CHANNEL, _USER, _GROUP, _MESSAGE = "C0000000000", "U0000000000", "S0000000000", "1.000001"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API; *scopes* are all that it may want, one a kind of conversation.

    *asked* is None where ``check`` tries it anyway, with what is configured.
    """

    name: str
    scopes: tuple[str, ...]
    asked: Mapping[str, Any] | None = None


#: https://docs.slack.dev/reference/methods says of each method which scopes it wants.
METHODS = (
    Method("auth.test", ()),
    Method("apps.connections.open", ()),
    Method("chat.postMessage", ("chat:write",), {"channel": _CHANNEL, "text": "-"}),
    Method(
        "chat.postEphemeral",
        ("chat:write",),
        {"channel": _CHANNEL, "user": _USER, "text": "-"},
    ),
    Method("chat.update", ("chat:write",), {"channel": _CHANNEL, "ts": _MESSAGE, "text": "-"}),
    Method("chat.getPermalink", (), {"channel": _CHANNEL, "message_ts": _MESSAGE}),
    Method("conversations.history", ("channels:history", "groups:history", "im:history")),
    Method("conversations.info", ("channels:read", "groups:read")),
    Method("conversations.members", ("channels:read", "groups:read")),
    Method("conversations.open", ("im:write",), {"users": _USER}),
    Method(
        "conversations.replies",
        ("channels:history", "groups:history", "im:history"),
        {"channel": _CHANNEL, "ts": _MESSAGE},
    ),
    # What slack_sdk's files_upload_v2 calls. A file that is announced and not sent is none.
    Method("files.getUploadURLExternal", ("files:write",), {"filename": "check", "length": 1}),
    Method("files.completeUploadExternal", ("files:write",), {"files": '[{"id": "F0000000000"}]'}),
    Method("usergroups.list", ("usergroups:read",), {}),
    Method("usergroups.users.list", ("usergroups:read",), {"usergroup": _GROUP}),
    Method("users.conversations", ("channels:read", "groups:read"), {"limit": 1}),
    Method("users.info", ("users:read",), {"user": _USER}),
    Method("users.list", ("users:read",), {"limit": 1}),
    Method(
        "users.lookupByEmail",
        ("users:read.email",),
        {"email": "compliance-bot-check@invalid.example"},
    ),
    Method("views.open", (), {"trigger_id": "1.1.a", "view": '{"type": "modal"}'}),
    Method("views.publish", (), {"user_id": _USER, "view": '{"type": "home", "blocks": []}'}),
)
#: Slash commands and mentions come with the first two; no method wants them.
SCOPES = frozenset(
    {"commands", "app_mentions:read", *(scope for method in METHODS for scope in method.scopes)}
)

#: Words that refuse the app, whatever it asks for, beside those of its token.
_REFUSED = {
    "not_enabled": "Turn the Home tab on in the app's settings.",
    "not_allowed": "Give the app what config/slack-manifest.yaml says.",
} | TOKEN
#: A plan of Slack's that has no user groups; who names none needs none.
_NO_GROUPS = "plan_upgrade_required"
_REACH = "Open the way to Slack's Web API, or correct SLACK_API_URL, and try again."


def check_methods(client: WebClient) -> Iterator[Check]:
    """Try every method that ``check`` does not call anyway."""
    for method in METHODS:
        if method.asked is not None:
            yield _tried(client, method)


def _tried(client: WebClient, method: Method) -> Check:
    what = f"{method.name} of Slack"
    try:
        client.api_call(method.name, data=dict(method.asked or {}))
    except FAILURES as error:
        if not isinstance(error, SlackApiError) or error.response.status_code != 200:
            return failed(what, error, "")
        word = error.response.get("error")
        if word in _REFUSED:
            return failed(what, error, _REFUSED[str(word)])
        if word == _NO_GROUPS:
            return Check(what, warning="Slack's plan has no user groups, so none can approve")
    return Check(what)


def failed(what: str, error: Exception, remedy: str) -> Check:
    """Return Slack's own word for it with *remedy*, or that Slack gave none."""
    if not isinstance(error, SlackApiError) or error.response.status_code != 200:
        return Check(what, f"Slack is out of reach ({type(error).__name__})", _REACH)
    word, needed = error.response.get("error"), error.response.get("needed")
    return Check(what, f"{word} (needs {needed})" if needed else str(word), remedy)
