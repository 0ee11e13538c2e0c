"""The chat products that the bot is connected to, as one: its users name none of them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Protocol

import sqlalchemy as sa
from starlette.routing import BaseRoute

from commands.checks import Check
from commands.reception import Reception
from compliance.authority import Actor, Standing
from compliance.routing import Teams
from ledger.rooms import Rooms
from notifiers.chat import Chat, ChatRefusedError, Screen
from notifiers.slack.chat import Slack

_NOT_CONNECTED = "the bot is not connected to {name}"
_CONNECT = "Connect the bot to it, or name another channel in teams.yaml."


class Product(Protocol):
    """One chat product, put together."""

    @property
    def name(self) -> str: ...

    @property
    def chat(self) -> Chat: ...

    def person(self, actor_id: str) -> Actor:
        """Return who one of its people is now, by the id with the product before it."""

    def listen(
        self, reception: Reception, stop: threading.Event, screen: Screen
    ) -> list[BaseRoute]:
        """Answer people until *stop*; return the routes by which the product calls the bot."""

    def problem(self) -> str:
        """Say why it is out of reach for cards or for presses, empty when it is not."""

    def checks(self) -> Iterator[Check]:
        """Yield what was looked at, in the order in which it has to be mended."""


class Chats(dict[str, Chat]):
    """Each product's Chat by its name; raises ChatRefusedError for one that is not connected."""

    def __missing__(self, name: str) -> Chat:
        raise ChatRefusedError(_NOT_CONNECTED.format(name=name), _CONNECT)


class Products:
    """All of them. What one cannot do says nothing of the others."""

    def __init__(self, *connected: Product) -> None:
        self._connected: Mapping[str, Product] = {each.name: each for each in connected}
        self.chats = Chats((each.name, each.chat) for each in connected)

    def person(self, actor_id: str) -> Actor:
        """Return who *actor_id* (``slack:U0HANNAH``) is now; chat confirms nobody it cannot ask."""
        product = self._connected.get(actor_id.partition(":")[0])
        if product is None:
            return Actor(actor_id, standing=Standing.EXTERNAL)
        return product.person(actor_id)

    def listen(
        self, reception: Reception, stop: threading.Event, screen: Screen
    ) -> list[BaseRoute]:
        """Answer people in every product until *stop*; return the routes that these call."""
        heard = (each.listen(reception, stop, screen) for each in self._connected.values())
        return list(chain.from_iterable(heard))

    def problem(self) -> str:
        """Name each product that is out of reach, and why; empty when none is."""
        problems = ((each.name, each.problem()) for each in self._connected.values())
        return "; ".join(f"{name}: {problem}" for name, problem in problems if problem)

    def checks(self, teams: Teams) -> Iterator[Check]:
        """Yield what each product looked at, and every channel of *teams* that none of them has."""
        yield from chain.from_iterable(each.checks() for each in self._connected.values())
        named = [(f"team {team.name}", team.channels) for team in teams.ordered]
        for whose, channels in [*named, ("the TDA", teams.tda_channels)]:
            for channel in channels:
                if channel.product not in self._connected:
                    problem = _NOT_CONNECTED.format(name=channel.product)
                    yield Check(f"channel {channel} of {whose}", problem, _CONNECT)


class Connections(Protocol):
    """What the environment says of each product, as the product takes it."""

    @property
    def slack(self) -> tuple[str, str, str, str]: ...

    @property
    def microsoft(self) -> tuple[str, str, str, str]: ...


def connect(
    environment: Connections,
    engine: sa.Engine,
    teams: Teams,
    now: Callable[[], datetime],
    *,
    teams_in_channel: bool = False,
) -> Products:
    """Return the products that *environment* has credentials for; Slack where it has none.

    *teams_in_channel*: Microsoft Teams shows private answers where they were asked for.
    """
    token, *_ = environment.slack
    client_id, secret, tenant, api_url = environment.microsoft
    connected: list[Product] = []
    if token or not client_id:
        connected.append(Slack(*environment.slack, teams, now))
    if client_id:
        # Only here: a bot without Teams has none of its packages in memory.
        from notifiers.teams.chat import MicrosoftTeams
        from notifiers.teams.microsoft import Credentials

        credentials = Credentials(client_id, secret, tenant)
        rooms = Rooms(engine, MicrosoftTeams.name)
        known = credentials, api_url, rooms, teams, now
        connected.append(MicrosoftTeams(*known, in_channel=teams_in_channel))
    return Products(*connected)
