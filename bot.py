"""The command line and the composition root: whoever reads this sees the whole architecture.

Everything that happens to a finding is a pure function from finding to finding, and the ledger is
the only thing that applies one.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time
from functools import partial
from itertools import chain
from pathlib import Path

from aws.accounts import Accounts
from aws.check import check_place, check_queues
from aws.clients import use_region
from aws.config_service import ConfigService
from aws.listen import Listening
from aws.lookup import Lookup
from aws.mirror import Mirror
from aws.organization import Organization
from aws.queue import Polling
from aws.remediation import Remediator
from aws.rules import RuleLookup
from aws.sweep import Place, Records, Sweep
from aws.tasks import Tasks
from commands.authorise import authorise
from commands.carry_out import carry_out_exceptions
from commands.checks import Check, check_allowlist, check_entries, print_all
from commands.desk import Desk
from commands.digest import WEEK, digest
from commands.enforce import Enforcement
from commands.progress import Bar
from commands.reception import Reception
from compliance.change import FindingKey
from compliance.channel import SLACK
from compliance.enforcement import enforce
from compliance.fingerprint import InForce, fingerprint
from compliance.gathering import content_of_message
from compliance.ineffective import Warnings
from compliance.known_rules import KnownRules
from compliance.mendable import MendableError
from config import Config, load
from config.environment import Environment, read_environment
from config.process import share_heaps
from ledger.config_rules import ConfigRules
from ledger.database import connect, only_process
from ledger.folding import Folding
from ledger.lookups import Lookups
from ledger.messages import Messages
from ledger.mirrors import Mirrors
from ledger.periods import Periods
from ledger.reports import Reports
from ledger.routes import Rerouting
from ledger.store import Ledger
from ledger.watched import Watched
from notifiers import web, words
from notifiers.chat import Post
from notifiers.clock import Bell, Nightly, every, ticking
from notifiers.courier import Courier
from notifiers.logs import log_as_json
from notifiers.metrics import Metrics
from notifiers.slack.chat import Slack
from notifiers.troubles import Troubles
from notifiers.watch import AllowlistWatch
from notifiers.weekly import Schedule, Weekly

now = partial(datetime.now, UTC)


class Bot:
    """Everything there is, put together from the configuration and the environment."""

    def __init__(self, environment: Environment, config: Config) -> None:
        self.environment, self.settings, self.teams = environment, config.settings, config.teams
        self.catalogue, self.allowlist = config.catalogue, config.allowlist

        # What there is to talk to: the ledger, AWS, and chat.
        engine = self.engine = connect(environment.database_url)
        self.reports, self.lookups = Reports(engine), Lookups(engine, now)
        self.in_force, self.bell = InForce(self.catalogue, self.teams), Bell()
        self.config_rules = ConfigRules(engine, now, self.bell.ring)
        self.known_rules = KnownRules(self.catalogue, self.settings.other_rules)
        self.known_rules.add(self.config_rules.news())
        self.ledger = Ledger(
            engine,
            now,
            owner=self.owner,
            enforce=lambda finding: enforce(finding, self.allowlist.current, now()),
            canonical=self.known_rules.canonical,
            accepts=self.known_rules.accepts,
            is_unheard=self.known_rules.is_unheard,
            in_force=self.in_force,
            on_move=self.bell.ring,
            types={rule.resource_type for rule in self.catalogue.values()},
        )
        use_region(environment.aws_region)
        self.service = ConfigService(Accounts(*self.settings.access))
        self.places = [Place(*each) for each in self.settings.places]
        self.organization = Organization(self.settings.accounts)
        self.slack = Slack(*environment.slack, self.teams, now)
        self.chats = {SLACK: self.slack.chat}
        self.messages = Messages(engine, self.teams, now)
        self.troubles = Troubles(self.chats, self.teams)
        accounts = self.settings.accounts
        content = partial(
            content_of_message,
            catalogue=self.catalogue,
            accounts=accounts,
            known_rules=self.known_rules,
        )
        self.courier = Courier(self.messages, content, self.chats, self.troubles)

        watched = self.catalogue, self.settings.places
        self.warnings = Warnings(
            lambda: self.allowlist.current,
            *watched,
            lambda: now().date(),
            self.known_rules.has_name,
        )

        # What people ask and decide, and what AWS reports.
        self.desk = Desk(
            self.ledger, self.catalogue, self.teams, self.allowlist, now, self.known_rules
        )
        fresh = self.slack.people.fresh
        self.reception = Reception(self.desk, self.reports, self.settings.accounts, fresh)
        self.digest = partial(digest, self.reports, self.catalogue)

        # Accounts and Regions are worked on side by side; who reads AWS waits a second for them.
        self.tasks = partial(Tasks, self.settings.tasks, patience_seconds=1)
        transitions = self.reports.transitions
        records = Records(self.ledger.record, self.lookups, Watched(engine), transitions)
        read = self.service, self.tasks(), self.places, self.known_rules.hear, records
        self.sweeper = Sweep(*read, self.settings.accounts.ids, now)

    def run(self, stop: threading.Event) -> int:
        """Listen until *stop*. Reading the queues is the process: if it ends, so does the bot."""
        environment, settings = self.environment, self.settings
        environment.require()
        metrics = Metrics(self.reports, self.messages, self.troubles, now)
        polling = Polling(settings.workers, settings.wait_seconds, settings.visibility_seconds)
        queues, topics = environment.queue_urls, environment.sns_topic_arns
        record = metrics.counting(self.ledger.record, self.known_rules)
        reports = Listening(queues, polling, topics, record, metrics.count, now)
        presses = self.slack.listen(self.reception, stop, self.courier.adopt)
        ledger = self.reports.problem
        reach = {"ledger": ledger, "chat": self.slack.problem, "queues": reports.problem}
        application = web.application([reports.route, *presses], reach, metrics.registry)
        with web.serving(application, environment.http_host, environment.http_port), self.clock():
            return 0 if reports.read(stop) else 1

    def clock(self) -> AbstractContextManager[None]:
        """What the clock brings: every so many seconds, and at once where something moved."""
        settings, chat, engine = self.settings, self.slack.chat, self.engine
        fresh, periods = self.slack.people.fresh, Periods(engine)
        may = partial(authorise, self.desk, fresh)
        remediator = Remediator(self.desk, self.service, may, settings.verify_window, self.tasks())
        lookup = Lookup(self.lookups, self.service, self.ledger.record, now, self.tasks())
        mirror = Mirror(Mirrors(engine), self.service, now, self.tasks())
        folding = Folding(engine, self.known_rules.canonical, self.in_force, now, self.bell.ring)
        asking = self.config_rules, self.service, self.known_rules, folding, self.ledger.record
        routes = Rerouting(engine, self.owner, self.in_force, self.routes, now, self.bell.ring)
        tda = next(iter(self.teams.tda_channels), None)
        monday = Schedule(settings.weekday, settings.digest_at, settings.zone)
        jobs = [
            every(5, self.courier.round, self.bell.event(self.courier.woken)),
            every(5, lookup.round, self.bell.event()),
            every(settings.poll_seconds, remediator.round),
            every(5, self.allowlist.refresh),
            every(10, Enforcement(self.desk).round),
            every(10, partial(carry_out_exceptions, self.desk, fresh)),
            every(30, mirror.round),
            every(10, AllowlistWatch(self.allowlist.problem, chat, tda, self.warnings).round),
            every(600, routes.round),
            every(3600, self.organization.refresh),
            every(3600, folding.round),
            every(2, RuleLookup(*asking, now, self.tasks()).round),
            Weekly(periods, monday, self.digest, chat, tda, now).job(),
            Nightly(self.sweeper.tonight, "sweep", time(2, 30), periods, now).job(),
        ]
        return ticking(jobs)

    def owner(self, key: FindingKey, tags: Mapping[str, str]) -> str:
        return self.teams.owner(key, tags, self.settings.accounts.account(key.account)).name

    def routes(self) -> str:
        """Return what changes with any team's routes, and with what they are matched against."""
        return fingerprint([self.teams, dict(self.settings.accounts)])

    def sweep(self) -> int:
        self.organization.refresh()
        swept = self.sweeper.sweep(Bar(sys.stderr))
        print(*swept.lines(), sep="\n")
        return 1 if swept.unread else 0

    def check(self) -> int:
        missing = (Check(fault.file, fault.problem) for fault in self.environment.missing())
        places = (check_place(self.service, place, self.catalogue) for place in self.places)
        own = check_allowlist(self.allowlist), *check_queues(self.environment.queue_urls)
        entries = check_entries(self.warnings())
        return print_all(chain(missing, self.slack.checks(), own, entries, *places))


def assemble() -> Bot:
    environment = read_environment(os.environ)
    return Bot(environment, load(environment.config, environment.allowlist, environment.faults))


def run(stop: threading.Event) -> int:
    share_heaps()
    bot = assemble()
    with only_process(bot.environment.database_url):
        return bot.run(stop)


def demo(stop: threading.Event, port: int) -> int:
    """The embedded default: the same bot, between a local AWS and a local Slack."""
    # Here, because the production image has none of the playground's dependencies.
    from playground.demo import playing

    with playing(Path(os.environ.get("COMPLIANCE_CONFIG", "config")), port):
        return run(stop)


def send_digest(*, printed: bool) -> int:
    bot = assemble()
    report = bot.digest(now() - WEEK, now())
    if printed:
        print(words.answer(report))
    else:
        for channel in bot.teams.tda_channels:
            bot.chats[channel.product].digest(channel, report, Post(f"digest {now().isoformat()}"))
    return 0


def main(arguments: Sequence[str]) -> int:
    asked = usage().parse_args(arguments)
    log_as_json()
    stop = threading.Event()
    end = stop.set if asked.command in ("demo", "run") else partial(sys.exit, 1)
    for number in (signal.SIGTERM, signal.SIGINT):
        # Process 1 of a container ignores signals that nobody handles.
        signal.signal(number, lambda *_: end())
    commands: dict[str, Callable[[], int]] = {
        "demo": lambda: demo(stop, asked.port),
        "run": lambda: run(stop),
        "check": lambda: assemble().check(),
        "sweep": lambda: assemble().sweep(),
        "digest": lambda: send_digest(printed=asked.print),
    }
    try:
        return commands[asked.command]()
    except MendableError as error:
        print(error, file=sys.stderr)
        return 1


def usage() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="AWS Config findings in chat.")
    commands = parser.add_subparsers(dest="command", required=True)
    local = commands.add_parser("demo", help="a local AWS and a local Slack to try it in")
    local.add_argument("--port", type=int, default=8765, help="of its page on 127.0.0.1")
    commands.add_parser("run", help="the real thing, from config/ and the environment")
    commands.add_parser("check", help="looks at all that is set up, and names what is missing")
    commands.add_parser("sweep", help="reads every account's compliance from AWS Config")
    weekly = commands.add_parser("digest", help="sends the weekly digest now")
    weekly.add_argument("--print", action="store_true", help="prints it instead")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
