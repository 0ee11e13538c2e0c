"""What an app answers where a person acted: a response URL's body, or a command's answer.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from collections.abc import Mapping
from typing import Any

from playground.slack import posting
from playground.slack.arguments import Arguments
from playground.slack.composing import content
from playground.slack.entities import Message
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.tickets import ResponseUrl


def respond(slack: Installation, url: ResponseUrl, body: Mapping[str, Any]) -> None:
    """Do what *body* says: post, replace or delete; raises SlackError.

    Without ``response_type`` an answer is ephemeral. The app need not be a member of the channel.
    """
    arguments = Arguments(body)
    original = slack.workspace.message(url.channel, url.ts) if url.ts else None
    if arguments.flag("delete_original"):
        _delete(slack, original)
        return
    if arguments.flag("replace_original") and original is not None:
        if original.bot_id != slack.app.bot_id:
            raise SlackError("cant_update_message")
        posting.change(
            slack, original, content(arguments, slack.new_name, slack.lacking), arguments
        )
        return
    reader = "" if arguments.text("response_type") == "in_channel" else url.user
    said = content(arguments, slack.new_name, slack.lacking)
    thread_ts = arguments.text("thread_ts")
    posting.post(slack, url.channel, said, thread_ts=thread_ts, reader=reader)


def _delete(slack: Installation, original: Message | None) -> None:
    if original is None:
        raise SlackError("message_not_found")
    if original.bot_id != slack.app.bot_id:
        raise SlackError("cant_delete_message")
    posting.delete(slack, original)
