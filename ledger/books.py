"""The ledger, what reads it and what keeps it in line with the configuration, put together."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from compliance.accounts import Directory
from compliance.finding import Move
from compliance.fingerprint import InForce
from compliance.known_rules import KnownRules
from compliance.ownership import Ownership
from compliance.routing import Teams
from compliance.rules import Catalogue
from ledger.periods import Periods
from ledger.reports import Reports
from ledger.store import Ledger
from ledger.upkeep import Upkeep


class Books:
    """All that there is to keep and to read; *on_move* hears after every move of a finding."""

    def __init__(
        self,
        engine: sa.Engine,
        catalogue: Catalogue,
        teams: Teams,
        accounts: Directory,
        rules: KnownRules,
        enforce: Move,
        now: Callable[[], datetime],
        on_move: Callable[[], None],
    ) -> None:
        in_force, owner = InForce(catalogue, teams), Ownership(teams, accounts)
        self.reports, self.periods = Reports(engine), Periods(engine)
        self.upkeep = Upkeep(engine, owner, rules, in_force, enforce, now, on_move)
        self.ledger = Ledger(
            engine,
            now,
            owner=owner,
            enforce=enforce,
            rules=rules,
            in_force=in_force,
            on_move=on_move,
            types={rule.resource_type for rule in catalogue.values()},
        )
