"""Microsoft Teams, put together: its people, what is sent to it and what is heard from it."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

from starlette.routing import BaseRoute

from commands.checks import Check
from commands.reception import Reception
from compliance.authority import Actor
from compliance.routing import Teams
from ledger.rooms import Rooms
from notifiers.chat import Screen
from notifiers.teams.app import Endpoint
from notifiers.teams.check import check_teams
from notifiers.teams.client import TeamsChat
from notifiers.teams.connector import Connector
from notifiers.teams.directory import Directory
from notifiers.teams.files import Files
from notifiers.teams.microsoft import Credentials, Endpoints, Http, Tokens
from notifiers.teams.people import People
from notifiers.teams.presses import Presses
from notifiers.teams.questions import Questions
from notifiers.teams.sight import Sight
from notifiers.teams.text import PRODUCT
from notifiers.teams.verify import Verifier


class MicrosoftTeams:
    """One tenant, which calls the bot at ``POST /api/messages``.

    *in_channel*: private answers are shown where they were asked for, by targeted messages.
    """

    name = PRODUCT

    def __init__(
        self,
        credentials: Credentials,
        api_url: str,
        rooms: Rooms,
        teams: Teams,
        now: Callable[[], datetime],
        *,
        in_channel: bool = False,
    ) -> None:
        self._in_channel, self._api_url, self._now = in_channel, api_url, now
        endpoints, http = Endpoints.at(api_url), Http()
        self._http = http
        tokens = Tokens(http, endpoints, credentials, now)
        client_id, tenant = credentials.client_id, credentials.tenant
        self._credentials, self._teams, self._tokens = credentials, teams, tokens
        self._connector = Connector(http, tokens, client_id, tenant, endpoints.connector)
        self._people = People(http, tokens, endpoints.graph, teams.groups(), now)
        self._directory = Directory(rooms, self._connector, teams, now)
        self._verifier = Verifier(http, endpoints.openid, client_id, now)
        self.chat = TeamsChat(self._connector, rooms, self._people, teams, tenant, self._reach)

    def person(self, actor_id: str) -> Actor:
        return self._people.fresh(actor_id)

    def listen(
        self, reception: Reception, stop: threading.Event, screen: Screen
    ) -> list[BaseRoute]:
        directory, connector = self._directory, self._connector
        sight = Sight(reception, self._people, directory, screen)
        known = reception, sight, connector, directory
        questions = Questions(*known, screen, in_channel=self._in_channel)
        presses = Presses(reception, sight, questions, screen)
        files = Files(*known, self._http, self._api_url)
        heard = presses, questions, files, directory
        endpoint = Endpoint(self._verifier, self._credentials.tenant, *heard, reception.keep_out)
        return [endpoint.route()]

    def problem(self) -> str:
        return self.chat.problem()

    def checks(self) -> Iterator[Check]:
        known = self._connector, self._people, self._tokens, self._teams
        yield from check_teams(self.chat, *known, self._now())

    def _reach(self) -> object:
        return self._tokens.token(Tokens.CONNECTOR)
