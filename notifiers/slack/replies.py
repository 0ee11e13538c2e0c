"""How a person is answered in Slack: privately, where they asked."""

import logging
from collections.abc import Callable

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.answers import Answer, Done, Explained, Invalid, Refused, Shown, StatusReport, Table
from notifiers.slack.blocks import (
    Block,
    card_blocks,
    card_text,
    section,
    sentence,
    spoken,
    status_blocks,
    status_text,
    table,
    table_text,
)
from notifiers.slack.bodies import Body, user_of

log = logging.getLogger(__name__)

#: A trigger is good for three seconds, once (slack FACTS, "Time").
NOT_OPENED = "Slack did not open the form in time. Nothing was changed; please press again."

#: Sends a text for screen readers, and what others see.
Say = Callable[[str, list[Block]], None]


def tell(client: WebClient, user: str, channel: str, answer: Answer) -> None:
    """Answer *user* alone: in *channel*, or directly where the bot may not speak there.

    A press in the Home tab has no channel.
    """

    def say(text: str, blocks: list[Block]) -> None:
        if channel:
            try:
                client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks)
            except SlackApiError as error:
                log.info("answering directly", extra={"why": error.response.get("error")})
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
            say(spoken(table_text(answer)), table(answer))
        case StatusReport():
            say(spoken(status_text(answer)), status_blocks(answer))


def open_form(client: WebClient, body: Body, view: Block, channel: str) -> None:
    """Show *view* to whoever pressed; where Slack does not, they are told."""
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        log.warning("Slack did not open a form", extra={"why": error.response.get("error")})
        tell(client, user_of(body), channel, Refused(NOT_OPENED))
