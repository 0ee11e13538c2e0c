"""How a person is answered in Slack: privately, where they asked."""

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.answers import (
    Answer,
    Details,
    Digest,
    Done,
    Export,
    OpenWork,
    Refused,
    Shown,
    Table,
)
from commands.forms import Form
from compliance.prose import Prose
from notifiers import words
from notifiers.slack.blocks import (
    digest_blocks,
    table,
)
from notifiers.slack.bodies import Body, channel_of, user_of
from notifiers.slack.card import details_blocks, open_blocks
from notifiers.slack.errors import FAILURES
from notifiers.slack.home import home_blocks
from notifiers.slack.lists import LinkTo, list_blocks, no_link, turning
from notifiers.slack.modals import modal, refusal
from notifiers.slack.text import Block, rich, spoken

log = logging.getLogger(__name__)

#: A trigger is good for three seconds, once (slack FACTS, "Time").
NOT_OPENED = "Slack did not open the form in time. Nothing was changed; please press again."

NOT_SENT = (
    "Slack did not take the file. The app needs the scopes files:write and im:write: ask the "
    "people who run the bot to upload config/slack-manifest.yaml and install the app again."
)
#: How the id of a direct message begins.
_DIRECT = "D"
#: Answers about the channel: nothing that is sent there reaches the person.
_NOT_HERE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"})


def answer_message(answer: Answer, link: LinkTo = no_link) -> tuple[Prose, list[Block]]:
    """Return *answer* in words for screen readers, and as others see it."""
    return words.answer(answer), _blocks(answer, link)


def _blocks(answer: Answer, link: LinkTo) -> list[Block]:
    match answer:
        case Shown(card):
            return open_blocks(card)
        case Details(card):
            return details_blocks(card)
        case Table():
            return [*table(answer), *turning(answer)]
        case Digest():
            return digest_blocks(answer)
        case OpenWork():
            return home_blocks(answer, link)
    return list_blocks(answer, link) or [rich(words.answer(answer))]


class Replies:
    """Answers people in private, with what Slack takes; *link* is the address of a message."""

    def __init__(self, client: WebClient, link: LinkTo = no_link) -> None:
        self._client = client
        self._link = link

    def reply(self, user: str, channel: str, answer: Answer, thread: str = "") -> None:
        """Answer *user* alone: in *channel*, or directly where the bot may not speak there.

        A press in the Home tab has no channel; a direct message is private already. *thread* is
        the message under which somebody asked.
        """
        answer = self._delivered(user, answer)
        self._send(user, channel, thread, *answer_message(answer, self._link))

    def respond(self, respond: Any, body: Body, answer: Answer, *, replace: bool = False) -> None:
        """Answer where somebody asked; what Slack refuses there comes again in words.

        Bolt's ``respond`` never raises: what it returns says whether Slack took it (slack FACTS).
        """
        prose, blocks = answer_message(self._delivered(user_of(body), answer), self._link)
        taken = respond(
            text=spoken(prose), blocks=blocks, response_type="ephemeral", replace_original=replace
        )
        if problem := _problem(taken):
            log.warning("Slack refused an answer", extra={"why": problem})
            self._send(user_of(body), channel_of(body), "", prose, [rich(prose)])

    def open(self, body: Body, answer: Form | Refused) -> None:
        """Show the presser a form, or why they may not send it; else they read that in the channel.

        A form that Slack does not open cannot be sent, so that its presser reads to press again.
        """
        channel, is_form = channel_of(body), isinstance(answer, Form)
        view = modal(answer, channel) if isinstance(answer, Form) else refusal(answer)
        try:
            self._client.views_open(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            log.warning("Slack did not open a form", extra={"why": error.response.get("error")})
            self.reply(user_of(body), channel, Refused(NOT_OPENED) if is_form else answer)

    def _send(
        self, user: str, channel: str, thread: str, prose: Prose, blocks: list[Block]
    ) -> None:
        """Send *user* what Slack takes first: in *channel* or directly, as blocks or in words."""
        text, in_words = spoken(prose), [rich(prose)]
        is_shared = bool(channel) and not channel.startswith(_DIRECT)
        attempts = [(channel, blocks), (channel, in_words)] if is_shared else []
        elsewhere = False
        for where, shown in [*attempts, ("", blocks), ("", in_words)]:
            if where and elsewhere:
                continue
            try:
                if where:
                    self._client.chat_postEphemeral(
                        channel=where,
                        user=user,
                        text=text,
                        blocks=shown,
                        thread_ts=thread or None,
                    )
                else:
                    self._client.chat_postMessage(
                        channel=user, text=text, blocks=shown, mrkdwn=False
                    )
            except SlackApiError as error:
                problem = error.response.get("error")
                log.warning("Slack refused an answer", extra={"why": problem})
                elsewhere = problem in _NOT_HERE
            else:
                return

    def _delivered(self, user: str, answer: Answer) -> Answer:
        """Send a file into the direct message with *user*, and return what is said about it."""
        if not isinstance(answer, Export):
            return answer
        try:
            direct = self._client.conversations_open(users=user)["channel"]["id"]
            self._client.files_upload_v2(
                channel=direct,
                filename=answer.filename,
                title=answer.filename,
                content=answer.content,
                initial_comment=answer.text,
            )
        except FAILURES as error:
            log.warning("Slack refused a file", extra={"why": str(error)})
            return Refused(NOT_SENT)
        return Done(f"{answer.text} {answer.filename} is in your direct messages with the bot.")


def _problem(response: Any) -> str:
    """Return why Slack did not take an answer, empty where it did."""
    body = str(response.body or "")
    if response.status_code != 200:
        return f"{response.status_code} {body[:100]}"
    return body[:100] if '"ok":false' in body.replace(" ", "") else ""
