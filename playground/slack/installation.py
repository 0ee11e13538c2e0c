"""One app, installed in one workspace: what methods, hooks and people act on."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.slack import payloads
from playground.slack.entities import Channel, Message, User, View
from playground.slack.errors import SlackError
from playground.slack.limits import Rate, RateLimits
from playground.slack.manifest import Credentials, Manifest
from playground.slack.tickets import Tickets
from playground.slack.workspace import Workspace

#: By kind of conversation, the scope families that Slack has.
_FAMILIES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass(slots=True)
class Installation:
    """*tell* sends the app an event of a channel, if it subscribes to it. *is_strict* turns rate
    limits on. *on_reset* puts back what is not Slack's. *url* is the server's own. *lacking* are
    the types of blocks that have not reached this workspace yet: Slack hands them out bit by bit.
    """

    manifest: Manifest
    app: Credentials
    workspace: Workspace
    tickets: Tickets
    limits: RateLimits
    url: str = ""
    is_strict: bool = True
    uses_sockets: bool = True
    lacking: frozenset[str] = frozenset()
    on_reset: Callable[[], None] = lambda: None
    tell: Callable[[Mapping[str, Any], Channel | None], None] = lambda event, channel: None

    @property
    def bot(self) -> User:
        return self.workspace.users[self.app.bot_user]

    def reset(self) -> None:
        """Be as at the start: no messages, no views, no limit reached."""
        self.on_reset()
        self.lacking = frozenset()
        self.limits.clear()
        self.tickets.clear()
        self.workspace.reset()

    def new_name(self) -> str:
        """Return an id for a block or element that the app left without one."""
        return secrets.token_urlsafe(4)

    def new_id(self, kind: str) -> str:
        """Return an id, ``V…`` or ``F…``, that was never there before."""
        return f"{kind}0{self.workspace.next_number():09d}"

    def channel(self, channel_id: str) -> Channel:
        """Return a channel that the app can see by id; raises SlackError."""
        channel = self.workspace.channels.get(channel_id)
        is_hidden = channel is not None and (channel.is_private or channel.is_im)
        if channel is None or (is_hidden and self.app.bot_user not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def user(self, user_id: str) -> User:
        if user_id not in self.workspace.users:
            raise SlackError("user_not_found")
        return self.workspace.users[user_id]

    def direct(self, user_id: str) -> Channel:
        """Return the app's direct message with a user, opened where there was none."""
        found = self.workspace.direct(user_id, self.app.bot_user)
        if found is None:
            found = Channel(self.new_id("D"), "", {user_id, self.app.bot_user}, is_im=True)
            self.workspace.add_channel(found)
        return found

    def direct_of_several(self, users: Collection[str]) -> Channel:
        """Return the app's direct message with several people; the same one each time."""
        members = {*users, self.app.bot_user}
        channels = self.workspace.channels.values()
        found = next((each for each in channels if each.is_mpim and each.members == members), None)
        if found is None:
            names = sorted(self.workspace.users[each].name for each in members)
            name = f"mpdm-{'--'.join(names)}-1"
            found = Channel(self.new_id("G"), name, members, is_private=True, is_mpim=True)
            self.workspace.add_channel(found)
        return found

    def need(self, scopes: Iterable[str]) -> None:
        """Raise ``missing_scope`` unless the app has one of *scopes*, or there are none."""
        needed = list(scopes)
        if needed and self.manifest.scopes.isdisjoint(needed):
            provided = ",".join(sorted(self.manifest.scopes))
            raise SlackError("missing_scope", needed=",".join(needed), provided=provided)

    def need_for(self, channel: Channel, what: str) -> None:
        """The same for the scope of a kind of conversation: ``channels:history``, ``im:read``."""
        self.need([f"{_FAMILIES[channel.kind]}:{what}"])

    def limit(self, key: str, rate: Rate) -> None:
        """Count a call against a limit; raises RateLimitedError."""
        if self.is_strict:
            self.limits.take([(key, rate)])

    def message_json(self, message: Message) -> dict[str, Any]:
        return payloads.message(message, self.app, self.workspace.team.id)

    def view_json(self, view: View) -> dict[str, Any]:
        return payloads.view(view, self.app, self.workspace.team.id)
