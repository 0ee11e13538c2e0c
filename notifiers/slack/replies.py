"""How a person is answered in Slack: privately, where they asked."""

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.answers import (
    Answer,
    Details,
    Digest,
    Listing,
    OpenWork,
    Refused,
    Shown,
    StatusReport,
    Table,
)
from commands.forms import Form
from compliance.prose import Prose
from notifiers import words
from notifiers.slack.blocks import (
    digest_blocks,
    status_blocks,
    table,
)
from notifiers.slack.bodies import Body, channel_of, user_of
from notifiers.slack.card import details_blocks, open_blocks
from notifiers.slack.group import listing_blocks
from notifiers.slack.home import home_blocks
from notifiers.slack.modals import modal
from notifiers.slack.text import Block, rich, spoken

log = logging.getLogger(__name__)

#: A trigger is good for three seconds, once (slack FACTS, "Time").
NOT_OPENED = "Slack did not open the form in time. Nothing was changed; please press again."

#: Answers about the channel: nothing that is sent there reaches the person.
_NOT_HERE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"})


def answer_message(answer: Answer) -> tuple[Prose, list[Block]]:
    """Return *answer* in words for screen readers, and as others see it."""
    text = words.answer(answer)
    match answer:
        case Shown(card):
            return text, open_blocks(card)
        case Details(card):
            return text, details_blocks(card)
        case Table():
            return text, table(answer)
        case StatusReport():
            return text, status_blocks(answer)
        case Digest():
            return text, digest_blocks(answer)
        case Listing():
            return text, listing_blocks(answer)
        case OpenWork():
            return text, home_blocks(answer)
    return text, [rich(text)]


def reply(client: WebClient, user: str, channel: str, answer: Answer) -> None:
    """Answer *user* alone: in *channel*, or directly where the bot may not speak there.

    A press in the Home tab has no channel. What Slack does not take comes again in words.
    """
    send_privately(client, user, channel, *answer_message(answer))


def send_privately(
    client: WebClient, user: str, channel: str, prose: Prose, blocks: list[Block]
) -> None:
    """Send *user* what Slack takes first: in *channel* or directly, as blocks or in words."""
    text, in_words = spoken(prose), [rich(prose)]
    attempts = [(channel, blocks), (channel, in_words)] if channel else []
    elsewhere = False
    for where, shown in [*attempts, ("", blocks), ("", in_words)]:
        if where and elsewhere:
            continue
        try:
            if where:
                client.chat_postEphemeral(channel=where, user=user, text=text, blocks=shown)
            else:
                client.chat_postMessage(channel=user, text=text, blocks=shown, mrkdwn=False)
        except SlackApiError as error:
            problem = error.response.get("error")
            log.warning("Slack refused an answer", extra={"why": problem})
            elsewhere = problem in _NOT_HERE
        else:
            return


def respond_privately(
    respond: Any, client: WebClient, body: Body, answer: Answer, *, replace: bool = False
) -> None:
    """Answer where somebody asked; what Slack refuses there comes again in words.

    Bolt's ``respond`` never raises: what it returns says whether Slack took it (slack FACTS).
    """
    prose, blocks = answer_message(answer)
    taken = respond(
        text=spoken(prose), blocks=blocks, response_type="ephemeral", replace_original=replace
    )
    if problem := _problem(taken):
        log.warning("Slack refused an answer", extra={"why": problem})
        send_privately(client, user_of(body), channel_of(body), prose, [rich(prose)])


def _problem(response: Any) -> str:
    """Return why Slack did not take an answer, empty where it did."""
    body = str(response.body or "")
    if response.status_code != 200:
        return f"{response.status_code} {body[:100]}"
    return body[:100] if '"ok":false' in body.replace(" ", "") else ""


def open_form(client: WebClient, body: Body, form: Form) -> None:
    """Show *form* to whoever pressed; where Slack does not, they read why."""
    channel = channel_of(body)
    try:
        client.views_open(trigger_id=body["trigger_id"], view=modal(form, channel))
    except SlackApiError as error:
        log.warning("Slack did not open a form", extra={"why": error.response.get("error")})
        reply(client, user_of(body), channel, Refused(NOT_OPENED))
