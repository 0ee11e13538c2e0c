"""Every message the bot sends to Slack by itself: cards, pointers, notices and reports."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import default_retry_handlers
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from commands.answers import Digest
from compliance.channel import SLACK, Channel, Message
from compliance.group import Content
from compliance.prose import Link, Prose
from compliance.reply import Reply
from notifiers import words
from notifiers.chat import Pace, Post
from notifiers.slack.blocks import actions
from notifiers.slack.directory import Directory
from notifiers.slack.errors import FAILURES as FAILURES
from notifiers.slack.errors import changing, in_thread, posting, reading, why
from notifiers.slack.group import content_blocks
from notifiers.slack.paging import paged
from notifiers.slack.replies import answer_message
from notifiers.slack.text import Block, own_id, rich, spoken
from notifiers.slack.vocabulary import Send, Vocabulary

_TIMEOUT_SECONDS = 10
#: https://docs.slack.dev/apis/web-api/rate-limits: a message a second and channel, and chat.update
#: in tier 3, so many a minute in the whole workspace.
PACE = Pace(apart=timedelta(seconds=1), updates=50)
#: https://docs.slack.dev/messaging/message-metadata: who reads a message can read this too.
_EVENT_TYPE = "compliance_post"
#: How many findings the metadata names. Slack refuses what is too long.
_NAMED_MAX = 20
_POINTER = "This finding's card is in another message of this channel."


def connect(token: str, api_url: str = "", rate_limit_retries: int = 0) -> WebClient:
    """Return a client for Slack's Web API, or for whatever answers at *api_url*.

    It waits out a rate limit as often as *rate_limit_retries* says, as long as Slack asks for.
    One that waits for nothing also repeats nothing: slack_sdk's own handler would post a second
    time after a lost connection.
    """
    base = f"{api_url.rstrip('/')}/" if api_url else WebClient.BASE_URL
    patient = RateLimitErrorRetryHandler(max_retry_count=rate_limit_retries)
    handlers = [patient, *default_retry_handlers()] if rate_limit_retries else []
    return WebClient(token, base, timeout=_TIMEOUT_SECONDS, retry_handlers=handlers)


class SlackChat:
    """Slack as the bot's jobs use it: the Chat of ``notifiers.chat``."""

    pace = PACE

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._directory = Directory(client)
        self._vocabulary = Vocabulary()

    def post(self, channel: Channel, content: Content, post: Post) -> Message:
        send = partial(self._send, channel, metadata=_metadata(post))
        sent = self._content(send, content)
        return Message(Channel(SLACK, sent["channel"]), sent["ts"])

    def replace(self, message: Message, content: Content) -> None:
        self._content(partial(self._update, message), content)

    def find(self, channel: Channel, post_id: str, since: datetime) -> tuple[Message, ...]:
        history = paged(self._client.conversations_history, channel.id, since)
        return _with(post_id, channel, history)

    def reply(self, to: Message, reply: Reply, post: Post) -> Message:
        with in_thread():
            sent = self._say(
                to.channel.id, reply, post, thread_ts=to.id, reply_broadcast=reply.urgent
            )
        return Message(to.channel, sent["ts"])

    def find_reply(self, to: Message, post_id: str, since: datetime) -> tuple[Message, ...]:
        replies = paged(self._client.conversations_replies, to.channel.id, since, ts=to.id)
        return _with(post_id, to.channel, replies)

    def announce(self, channel: Channel, reply: Reply, post: Post) -> Message:
        sent = self._say(channel.id, reply, post)
        return Message(Channel(SLACK, sent["channel"]), sent["ts"])

    def direct(self, person: str, reply: Reply, post: Post) -> Message:
        # A person's id stands for the conversation with them: Slack opens it.
        sent = self._say(own_id(person) or person, reply, post)
        return Message(Channel(SLACK, sent["channel"]), sent["ts"])

    def find_direct(self, person: str, post_id: str, since: datetime) -> tuple[Message, ...]:
        with reading():
            opened = self._client.conversations_open(users=own_id(person) or person)
        return self.find(Channel(SLACK, opened["channel"]["id"]), post_id, since)

    def person_of(self, email: str) -> str:
        return self._directory.person_of(email)

    def outsiders(self, channel: Channel) -> str:
        return self._directory.outsiders(channel)

    def point(self, orphan: Message, real: Message) -> None:
        link = self.link(real)
        text: Prose = (_POINTER, *((" ", Link("Open it", link)) if link else ()))
        self._update(orphan, text, [rich(text)])

    def notice(self, channel: Channel, text: str) -> None:
        self._send(channel, (text,), [rich((text,))])

    def digest(self, channel: Channel, digest: Digest, post: Post) -> None:
        send = partial(self._send, channel, metadata=_metadata(post))
        text, blocks = answer_message(digest)
        self._vocabulary.send(send, text, lambda _: blocks)

    def problem(self) -> str:
        try:
            self._client.auth_test()
        except FAILURES as error:
            # Who asks for patience is in reach.
            is_busy = isinstance(error, SlackApiError) and error.response.status_code == 429
            return "" if is_busy else why(error)
        return ""

    def link(self, message: Message) -> str:
        with reading():
            answer = self._client.chat_getPermalink(
                channel=message.channel.id, message_ts=message.id
            )
        return str(answer.get("permalink") or "")

    def _send(
        self,
        channel: Channel,
        prose: Prose,
        blocks: list[Block],
        metadata: Mapping[str, Any] | None = None,
    ) -> Any:
        return self._post(channel.id, metadata, prose, blocks)

    def _say(self, where: str, reply: Reply, post: Post, **thread: Any) -> Any:
        send = partial(self._post, where, _metadata(post), **thread)
        blocks = [rich(reply.text), *actions(reply.presses)]
        return self._vocabulary.send(send, reply.text, lambda _: blocks)

    def _content(self, send: Send, content: Content) -> Any:
        build = partial(content_blocks, content)
        return self._vocabulary.send(send, words.content(content), build)

    def _post(
        self,
        where: str,
        metadata: Mapping[str, Any] | None,
        prose: Prose,
        blocks: list[Block],
        **thread: Any,
    ) -> Any:
        with posting():
            return self._client.chat_postMessage(
                channel=where,
                text=spoken(prose),
                mrkdwn=False,
                blocks=blocks,
                metadata=dict(metadata) if metadata else None,
                unfurl_links=False,
                unfurl_media=False,
                **thread,
            )

    def _update(self, message: Message, prose: Prose, blocks: list[Block]) -> None:
        # The metadata stays as it was posted.
        with changing():
            self._client.chat_update(
                channel=message.channel.id, ts=message.id, text=spoken(prose), blocks=blocks
            )


def _with(
    post_id: str, channel: Channel, messages: Iterable[Mapping[str, Any]]
) -> tuple[Message, ...]:
    """Return those of *messages* that carry our *post_id*, the oldest first."""
    ours = (each["ts"] for each in messages if _post_id(each) == post_id)
    return tuple(sorted(Message(channel, ts) for ts in ours))


def _metadata(post: Post) -> Mapping[str, Any]:
    findings = list(post.finding_ids[:_NAMED_MAX])
    return {"event_type": _EVENT_TYPE, "event_payload": {"post": post.id, "findings": findings}}


def _post_id(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != _EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("post") or "")
