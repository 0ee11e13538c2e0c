"""The person who looks at the page, and all text as they see it: names, links, dates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from playground.slack.entities import Message, User
from playground.slack.page import dates, emoji, markdown, mrkdwn
from playground.slack.workspace import Workspace

#: Whatever else a link might start (javascript:, data:, file:) stays text.
_SAFE_URL = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reader:
    user: User
    workspace: Workspace

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.tz)

    @property
    def now(self) -> datetime:
        return self.workspace.clock().astimezone(self.zone)

    def at(self, ts: str) -> datetime:
        return dates.moment(ts).astimezone(self.zone)

    def text(self, part: Mapping[str, Any] | None) -> Markup:
        """Return a text object, https://docs.slack.dev/reference/block-kit/composition-objects."""
        if not part:
            return Markup("")
        if part.get("type") == "mrkdwn":
            return self.mrkdwn(str(part.get("text", "")), verbatim=bool(part.get("verbatim")))
        return mrkdwn.plain(str(part.get("text", "")), emoji=part.get("emoji") is not False)

    def mrkdwn(self, text: str, *, verbatim: bool = False) -> Markup:
        return mrkdwn.rendered(text, self, verbatim=verbatim)

    def markdown(self, text: str) -> Markup:
        return markdown.rendered(text, self)

    def said(self, message: Message) -> str:
        """Return a message in words only, for those who listen to the page.

        Marks beside blocks are read as they are: nothing there is drawn by them.
        """
        is_marked = message.mrkdwn and not message.blocks
        words = self.mrkdwn(message.text) if is_marked else mrkdwn.unmarked(message.text, self)
        return " ".join(words.striptags().split())

    def mention(self, user_id: str) -> Markup:
        user = self.workspace.users.get(user_id)
        mine = " me" if user_id == self.user.id else ""
        name = user.real_name if user else user_id
        return Markup('<span class="mention{}">@{}</span>').format(mine, name)

    def channel(self, channel_id: str, label: str = "") -> Markup:
        """Return a link to a channel. Its name for listeners has no #: the sidebar's link has."""
        channel = self.workspace.channels.get(channel_id)
        if channel is None or not self.workspace.can_read(self.user.id, channel_id):
            return Markup('<span class="mention">#{}</span>').format(label or "private-channel")
        return Markup('<a class="mention" href="/as/{}/{}" aria-label="channel {}">#{}</a>').format(
            self.user.id, channel_id, channel.name, channel.name
        )

    def group(self, group_id: str, label: str = "") -> Markup:
        group = self.workspace.groups.get(group_id)
        mine = " me" if group and self.user.id in group.users else ""
        name = group.handle if group else label.lstrip("@") or group_id
        return Markup('<span class="mention{}">@{}</span>').format(mine, name)

    def broadcast(self, whom: str) -> Markup:
        return Markup('<span class="mention me">@{}</span>').format(whom)

    def link(self, url: str, label: str = "") -> Markup:
        if not (safe := self.url(url)):
            return Markup("{}").format(label or url)
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            safe, label or url
        )

    def url(self, url: str) -> str:
        """Return *url* if it may be followed, otherwise nothing."""
        return url if _SAFE_URL.fullmatch(url) else ""

    def date(self, seconds: str, template: str, fallback: str, url: str = "") -> Markup:
        words = dates.formatted(seconds, template, self.zone, self.now)
        if words is None:
            return Markup("{}").format(fallback)
        shown = Markup('<time title="{}">{}</time>').format(fallback, words)
        return self.link(url, shown) if url else shown

    def emoji(self, name: str) -> Markup:
        return emoji.drawn(emoji.shown(name))

    def name_of(self, user_id: str) -> str:
        user = self.workspace.users.get(user_id)
        return user.real_name if user else user_id

    def file(self, file_id: str) -> str:
        """Return where this reader gets a file, nothing where it is not there."""
        return f"/as/{self.user.id}/files/{quote(file_id)}" if self._has(file_id) else ""

    def image(self, part: Mapping[str, Any]) -> str:
        """Return the source of an image that is kept here: the page asks no other host."""
        return self.file(str((part.get("slack_file") or {}).get("id", "")))

    def _has(self, file_id: str) -> bool:
        file = self.workspace.files.get(file_id)
        return bool(file and file.complete)
