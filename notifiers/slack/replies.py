"""How a person is answered in Slack: privately, where they asked."""

import logging
from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.answers import Answer, Done, Explained, Invalid, Refused, Shown, StatusReport, Table
from notifiers.slack.blocks import (
    Block,
    answer_text,
    card_blocks,
    card_text,
    section,
    sentence,
    status_blocks,
    table,
)

log = logging.getLogger(__name__)

#: https://docs.slack.dev/reference/methods/views.open: three seconds after the press, or used
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
_FORM_TOO_LATE = (
    "Slack waits three seconds for a form, and this one came later. Nothing was changed. "
    "Press the button again."
)

#: Sends a text for screen readers, and what others see.
Say = Callable[[str, list[Block]], None]

#: A press in the Home tab has no channel, and a command can come from one without the bot.
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel"})


def tell(client: WebClient, user: str, channel: str, answer: Answer) -> None:
    """Answer *user* alone: in *channel* where the bot can, else in a direct message."""

    def say(text: str, blocks: list[Block]) -> None:
        if channel:
            try:
                client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks)
            except SlackApiError as error:
                if error.response.get("error") not in _NOT_THERE:
                    raise
            else:
                return
        client.chat_postMessage(channel=user, text=text, blocks=blocks)

    say_answer(say, answer)


def say_answer(say: Say, answer: Answer) -> None:
    match answer:
        case Done() | Refused() | Explained():
            told = sentence(answer)
            say(told, [section(told)])
        case Invalid(found):
            told = " ".join(found.values())
            say(told, [section(told)])
        case Shown(card):
            say(card_text(card), card_blocks(card))
        case Table():
            say(answer_text(answer.title, [answer]), table(answer))
        case StatusReport():
            title = f"Compliance status: {answer.total} findings are open."
            say(answer_text(title, answer.tables), status_blocks(answer))


def open_form(client: WebClient, body: dict[str, Any], view: Block, channel: str) -> None:
    """Show *view* to whoever pressed; where it comes too late they are told."""
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        problem = error.response.get("error")
        if problem not in _TOO_LATE:
            raise
        log.warning("a form came too late", extra={"why": problem})
        user = body["user"]["id"] if isinstance(body.get("user"), dict) else body["user_id"]
        tell(client, user, channel, Refused(_FORM_TOO_LATE))
