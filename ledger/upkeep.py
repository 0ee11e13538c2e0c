"""What brings findings in line with a configuration that has changed, put together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from compliance.change import FindingKey
from compliance.channel import Channel
from compliance.finding import Move
from compliance.known_rules import KnownRules
from ledger.config_rules import ConfigRules
from ledger.effects import InForce
from ledger.folding import Folding
from ledger.routes import Rerouting


class Routes(Protocol):
    """Called with a key and tags it names the owner; *fingerprint* changes when answers may."""

    def __call__(self, key: FindingKey, tags: Mapping[str, str]) -> str: ...

    def fingerprint(self) -> str: ...

    def channels(self) -> Sequence[tuple[str, Channel]]: ...


class Upkeep:
    """Rerouting after the routes have changed, and folding after a rule was recognised.

    *rules* knows at once what AWS has said of rules before.
    """

    def __init__(
        self,
        engine: sa.Engine,
        routes: Routes,
        rules: KnownRules,
        in_force: InForce,
        enforce: Move,
        now: Callable[[], datetime],
        on_move: Callable[[], None],
    ) -> None:
        self.config_rules = ConfigRules(engine, now, on_move)
        rules.add(self.config_rules.news())
        self.rerouting = Rerouting(
            engine,
            routes,
            in_force,
            routes.fingerprint,
            now,
            on_move,
            channels=routes.channels(),
        )
        self.folding = Folding(engine, rules.canonical, in_force, now, on_move, enforce)

    def jobs(self) -> Iterator[tuple[float, Callable[[], object]]]:
        """Yield what the clock calls, and every so many seconds."""
        yield 600, self.rerouting.round
        yield 3600, self.folding.round
