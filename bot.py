"""The command line and the composition root: its reader sees the whole architecture.

All that happens to a finding is a pure function of it, and the ledger alone applies one.
"""

from notifiers import terminal

terminal.prepare()

import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time
from functools import cache, partial
from itertools import chain, starmap
from pathlib import Path

from sqlalchemy import Engine

from aws.accounts import Accounts
from aws.check import OwnRole, check_aws
from aws.clients import use_region
from aws.config_service import ConfigService
from aws.listen import Listening
from aws.queue import Polling
from aws.rounds import Rounds
from aws.s3_shelf import S3Shelf
from aws.sweep import Place
from commands.authorise import authorise
from commands.carry_out import carry_out_exceptions
from commands.checks import Check, check_allowlist, check_entries, check_ledger, checking, print_all
from commands.command_line import on_signal, read_command_line
from commands.context import Context
from commands.digest import WEEK, digest
from commands.ending import warn_of_ends
from commands.enforce import Enforcement, enforce_now
from commands.progress import Bar
from commands.reception import Reception
from compliance.ineffective import EntryWarning, Warnings
from compliance.known_rules import KnownRules
from compliance.mendable import MendableError
from config import Config, load
from config.environment import Environment, read_environment, veil_of
from config.offline import check_files
from config.shelves import shelf_of
from ledger.books import Books
from ledger.database import connect, only_process
from ledger.remembered import memory_of
from notifiers import products, web, words
from notifiers.clock import Bell, Nightly, every, ticking
from notifiers.logs import log_as_json
from notifiers.metrics import Metrics
from notifiers.outbox import Outbox
from notifiers.watch import AllowlistWatch
from notifiers.weekly import Schedule, Weekly, send_now

now = partial(datetime.now, UTC)


class Bot:
    """Everything there is, put together from the configuration and the environment."""

    def __init__(self, environment: Environment, config: Config, engine: Engine) -> None:
        self.environment, self.settings, self.teams = environment, config.settings, config.teams
        self.catalogue, self.allowlist = config.catalogue, config.allowlist

        # What there is to talk to: the ledger, AWS, and chat.
        accounts, self.bell = self.settings.accounts, Bell()
        rules = self.rules = KnownRules(self.catalogue, self.settings.other_rules)
        known = self.catalogue, self.teams, accounts, rules
        at_once = partial(enforce_now, self.allowlist, now), now, self.bell.ring
        books = Books(engine, *known, *at_once)
        self.ledger, self.reports = books.ledger, books.reports
        self.periods, self.upkeep = books.periods, books.upkeep
        use_region(environment.aws_region)
        self.service = ConfigService(Accounts(*self.settings.access))
        self.places = [Place(*each) for each in self.settings.places]
        connect_chats = partial(products.connect, teams_in_channel=self.settings.teams_in_channel)
        self.products = connect_chats(environment, engine, self.teams, now)
        chats, person = self.products.chats, self.products.person
        self.outbox = Outbox(self.ledger, chats, *known, self.settings.patience)

        # What people ask and decide, and what is done about it in AWS.
        decides = self.ledger, self.catalogue, self.teams, self.allowlist
        self.context = Context(*decides, now, rules, accounts, self.settings.patience)
        self.reception = Reception(self.context, self.reports, accounts, person)
        self.digest = partial(digest, self.reports, self.catalogue)
        self.warnings = Warnings(self.allowlist, self.catalogue, self.places, now, rules.has_name)
        decided = self.context, self.service, partial(authorise, self.context, person), self.upkeep
        self.aws = Rounds(*decided, accounts, self.places, *self.settings.pace)

    def run(self, stop: threading.Event) -> int:
        """Listen until *stop*. Reading the queues is the process: if it ends, so does the bot."""
        environment, settings = self.environment, self.settings
        environment.require()
        with only_process(environment.database_url):
            metrics = Metrics(self.reports, *self.outbox.figures)
            heard = environment.queue_urls, Polling(*settings.intake), environment.sns_topic_arns
            record = metrics.counting(self.ledger.record, self.rules)
            reports = Listening(*heard, record, metrics.count, now)
            metrics.watch(reports.standings, self.aws.remediation.pauses)
            metrics.watch_allowlist(self.allowlist, self.warnings, self.aws.comparison.differences)
            presses = self.products.listen(self.reception, stop, self.outbox)
            chat, ledger, told = self.products.problem, self.ledger.problem, self.outbox.problem
            reach = {"ledger": ledger, "chat": chat, "channels": told, "queues": reports.problem}
            spared = {"allowlist": self.allowlist.problem}
            served = web.application([reports.route, *presses], reach, metrics.registry, spared)
            with web.serving(served, environment.http_host, environment.http_port), self.clock():
                return 0 if reports.read(stop) else 1

    def clock(self) -> AbstractContextManager[None]:
        """What the clock brings: every so many seconds, and at once where something moved."""
        settings, chats, tda = self.settings, self.products.chats, self.teams.tda
        monday = Schedule(settings.weekday, settings.digest_at, settings.zone)
        jobs = [
            *starmap(every, self.outbox.jobs(self.bell.event)),
            *starmap(every, self.aws.jobs(self.bell.event, settings.poll_seconds)),
            *starmap(every, self.upkeep.jobs()),
            every(5, self.allowlist.refresh),
            every(20, self.allowlist.remember),
            every(10, Enforcement(self.context).round),
            every(3600, partial(warn_of_ends, self.context)),
            every(10, partial(carry_out_exceptions, self.context, self.products.person)),
            every(10, AllowlistWatch(self.allowlist.problem, chats, tda, self.odd).round),
            Weekly(self.periods, monday, self.digest, chats, tda, now).job(),
            Nightly(self.aws.tonight, "sweep", time(2, 30), self.periods, now).job(),
        ]
        return ticking(jobs)

    def odd(self) -> tuple[EntryWarning, ...]:
        """What is told of exceptions: entries without effect, and where AWS has others."""
        return (*self.warnings(), *self.aws.comparison.differences())

    def sweep(self) -> int:
        self.aws.organization.refresh()
        swept = self.aws.sweep.sweep(Bar(sys.stderr))
        print(*swept.lines(), sep="\n")
        return 1 if swept.unread else 0

    def send_digest(self, *, printed: bool) -> int:
        report = self.digest(now() - WEEK, now())
        if printed:
            print(words.digest(report))
        else:
            send_now(self.products.chats, self.teams.tda_channels, report, now())
        return 0

    def checks(self) -> Iterable[Check]:
        environment, settings = self.environment, self.settings
        missing = (Check(fault.file, fault.problem) for fault in environment.missing())
        entries = check_entries(self.warnings(), str(environment.allowlist))
        at_home = settings.accounts.of_organization, settings.role_name
        own = OwnRole(environment.queue_urls, environment.sns_topic_arns, *at_home)
        aws = check_aws(own, self.service.clients, self.places, self.catalogue)
        written = check_allowlist(self.allowlist), check_ledger(self.ledger)
        return chain(missing, self.products.checks(self.teams), written, entries, aws)


def assemble(allowlist: str = "") -> Bot:
    environment = read_environment(os.environ, allowlist)
    engine = cache(partial(connect, environment.database_url))
    shelf, memory = shelf_of(environment, S3Shelf), memory_of(environment.allowlist, engine)
    config = load(environment.config, shelf, environment.faults, memory)
    return Bot(environment, config, engine())


def demo(stop: threading.Event, port: int) -> int:
    """The same bot between a local AWS and a local Slack, which the production image has not."""
    from playground.demo import playing

    with playing(Path(os.environ.get("COMPLIANCE_CONFIG", "config")), port):
        return assemble().run(stop)


def main(arguments: Sequence[str]) -> int:
    asked = read_command_line(arguments)
    terminal.veil_output(veil_of(os.environ))
    log_as_json()
    stop = threading.Event()
    on_signal(stop.set if asked.command in ("demo", "run") else partial(sys.exit, 1))
    files = partial(check_files, os.environ, now=now)
    commands: dict[str, Callable[[], int]] = {
        "demo": lambda: demo(stop, asked.port),
        "run": lambda: assemble().run(stop),
        "check": lambda: print_all(checking(asked, files, assemble), asked.format),
        "sweep": lambda: assemble().sweep(),
        "digest": lambda: assemble().send_digest(printed=asked.print),
    }
    try:
        return commands[asked.command]()
    except MendableError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
