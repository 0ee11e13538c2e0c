"""assistant.threads.*: what an app shows in a thread that a person began with it."""

from typing import Any

from playground.slack.arguments import Arguments
from playground.slack.assistant import SUBTYPE, Prompt
from playground.slack.entities import Message
from playground.slack.errors import SlackError, invalid_arguments
from playground.slack.installation import Installation
from playground.slack.limits import HUNDREDS, TIER_4
from playground.slack.methods.method import Method

#: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
_PROMPTS_MAX = 4


def set_status(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Show what the app is doing until it answers, or until the status is empty."""
    thread = _thread(slack, arguments)
    thread.status = arguments.text("status")
    slack.workspace.put(thread)
    return {}


def set_title(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    thread = _thread(slack, arguments)
    thread.title = arguments.needed("title")
    slack.workspace.put(thread)
    return {}


def set_prompts(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    thread = _thread(slack, arguments)
    given = arguments.structure("prompts", "invalid_arguments")
    if not isinstance(given, list) or not given or len(given) > _PROMPTS_MAX:
        raise invalid_arguments(f"must have 1 to {_PROMPTS_MAX} prompts [json-pointer:/prompts]")
    try:
        thread.prompts = tuple(Prompt(str(each["title"]), str(each["message"])) for each in given)
    except (KeyError, TypeError) as error:
        raise invalid_arguments("a prompt has a title and a message") from error
    thread.prompts_title = arguments.text("title")
    slack.workspace.put(thread)
    return {}


def _thread(slack: Installation, arguments: Arguments) -> Message:
    channel = slack.channel(arguments.needed("channel_id"))
    found = slack.workspace.message(channel.id, arguments.needed("thread_ts"))
    if found is None or found.subtype != SUBTYPE:
        raise SlackError("invalid_thread_ts")
    return found


_SCOPE = ("assistant:write",)
METHODS = (
    Method("assistant.threads.setStatus", set_status, HUNDREDS, (*_SCOPE, "chat:write")),
    Method("assistant.threads.setTitle", set_title, TIER_4, _SCOPE),
    Method("assistant.threads.setSuggestedPrompts", set_prompts, TIER_4, _SCOPE),
)
