"""Slack, put together: its client, its people, what is sent to it and what is heard from it."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

from starlette.routing import BaseRoute

from commands.checks import Check
from commands.reception import Reception
from compliance.authority import Actor
from compliance.channel import SLACK
from compliance.routing import Teams
from notifiers.chat import Screen
from notifiers.slack import app
from notifiers.slack.check import check_slack
from notifiers.slack.client import SlackChat, connect
from notifiers.slack.listeners import Listeners
from notifiers.slack.people import People

_RETRIES = 3


class Slack:
    """One workspace, by Socket Mode where there is an app token, by HTTP where a secret."""

    name = SLACK

    def __init__(
        self,
        bot_token: str,
        app_token: str,
        signing_secret: str,
        api_url: str,
        teams: Teams,
        now: Callable[[], datetime],
    ) -> None:
        self._app_token = app_token
        self._signing_secret = signing_secret
        self._teams = teams
        # Cards come again by themselves; an answer to a person has to wait for its turn.
        self.chat = SlackChat(connect(bot_token, api_url))
        self._client = connect(bot_token, api_url, _RETRIES)
        self.people = People(self._client, teams.groups(), now)
        self._socket: app.Socket | None = None

    def person(self, actor_id: str) -> Actor:
        return self.people.fresh(actor_id)

    def listen(
        self, reception: Reception, stop: threading.Event, screen: Screen
    ) -> list[BaseRoute]:
        """Answer presses and commands until *stop*; return the routes that Slack calls."""
        listeners = Listeners(reception, self.people, screen.adopt)
        bolt = app.build(self._client, self._signing_secret, listeners)
        if self._app_token:
            self._socket = app.Socket(bolt, self._app_token)
            keep = self._socket.keep
            threading.Thread(target=keep, args=[stop], name="slack", daemon=True).start()
        return [app.route(bolt, self._signing_secret)] if self._signing_secret else []

    def problem(self) -> str:
        """Say why Slack is out of reach for cards or for presses, empty when it is not."""
        return self.chat.problem() or (self._socket.problem if self._socket else "")

    def checks(self) -> Iterator[Check]:
        yield from check_slack(self._client, self._app_token, self._teams)
