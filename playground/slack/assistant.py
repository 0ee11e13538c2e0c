"""Assistant threads: a conversation with the app that a person begins, with prompts and a status.

https://docs.slack.dev/ai/developing-ai-apps
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.slack.entities import Message
from playground.slack.installation import Installation

#: How Slack marks a thread's first message, which nobody wrote.
SUBTYPE = "assistant_app_thread"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the app suggests to say: what a person reads, and what is sent."""

    title: str
    message: str


def begin(slack: Installation, user: str, seen: str = "") -> Message:
    """Open a thread of *user* with the app; *seen* is the channel that they look at meanwhile."""
    workspace, direct = slack.workspace, slack.direct(user)
    ts = workspace.next_ts()
    root = Message(
        ts=ts,
        channel=direct.id,
        user=slack.app.bot_user,
        text="New Assistant Thread",
        bot_id=slack.app.bot_id,
        thread_ts=ts,
        subtype=SUBTYPE,
    )
    workspace.put(root)
    context: Mapping[str, Any] = (
        {"channel_id": seen, "team_id": workspace.team.id, "enterprise_id": None} if seen else {}
    )
    event = {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": user,
            "context": context,
            "channel_id": direct.id,
            "thread_ts": ts,
        },
        "event_ts": workspace.next_ts(),
    }
    slack.tell(event, None)
    return root
