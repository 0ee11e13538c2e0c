"""What the bot does in accounts and Regions again and again, put together."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from aws.comparison import Comparison
from aws.config_service import ConfigService
from aws.lookup import Lookup
from aws.mirror import Mirror
from aws.moves import Authorise
from aws.organization import Organization
from aws.remediation import Remediator
from aws.rules import RuleLookup
from aws.sweep import Place, Records, Sweep
from aws.tasks import Tasks
from commands.context import Context
from compliance.accounts import Directory
from compliance.allowlist import Entry
from compliance.enforcement import exception_of
from compliance.finding import Finding
from ledger.lookups import Lookups
from ledger.mirrors import Mirrors
from ledger.missed import Missed
from ledger.reports import Reports
from ledger.upkeep import Upkeep
from ledger.watched import Watched

#: Who reads AWS waits so long for its tasks, so that most of what they bring is there.
_PATIENCE_SECONDS = 1


class Rounds:
    """Everything that the clock brings to AWS, and the sweep; *at_once* tasks work for each.

    *places* are the accounts and Regions that a sweep reads. *window* is how long AWS Config may
    take to see a remediation.
    """

    def __init__(
        self,
        context: Context,
        service: ConfigService,
        may: Authorise,
        upkeep: Upkeep,
        accounts: Directory,
        places: Sequence[Place],
        window: timedelta,
        at_once: int,
    ) -> None:
        now: Callable[[], datetime] = context.now
        engine, record, known = context.ledger.engine, context.ledger.record, context.known_rules
        lookups, tasks = Lookups(engine, now), partial(Tasks, at_once, _PATIENCE_SECONDS)
        self.remediation = Remediator(context, service, may, window, tasks())
        self.lookup = Lookup(lookups, service, record, now, tasks())
        mirrors, ledger, kept = Mirrors(engine), context.ledger, context.allowlist

        def entry_of(finding: Finding) -> Entry | None:
            return exception_of(finding, kept.current, now())

        self.mirror = Mirror(mirrors, service, ledger, entry_of, tasks())
        asked_of = mirrors, service, ledger, places
        names = context.catalogue, known.canonical
        self.comparison = Comparison(*asked_of, *names, tasks())
        asked = upkeep.config_rules, service, known, upkeep.folding
        self.rules = RuleLookup(*asked, record, now, tasks())
        self.organization = Organization(accounts)
        transitions = Reports(engine).transitions
        records = Records(record, lookups, Watched(engine), Missed(engine), transitions)
        self.sweep = Sweep(service, tasks(), places, known.hear, records, accounts.ids, now)

    def tonight(self) -> object:
        """Sweep, and compare AWS's exceptions with ours; true where not everything was read."""
        unread = self.sweep.tonight()
        self.comparison.round()
        return unread

    def jobs(
        self, wake: Callable[[], threading.Event], poll_seconds: float
    ) -> Iterator[tuple[float, Callable[[], object], threading.Event | None]]:
        """Yield what the clock calls: every so many seconds, what, and what event calls it at once.

        Each event that *wake* returns is set when a finding has moved.
        """
        yield 5, self.lookup.round, wake()
        yield 5, self.rules.round, wake()
        yield poll_seconds, self.remediation.round, None
        yield 30, self.mirror.round, None
        yield 3600, self.organization.refresh, None
