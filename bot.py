"""The command line and the composition root: whoever reads this sees the whole architecture.

Everything that happens to a finding is a pure function from finding to finding, and the ledger is
the only thing that applies one.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler

from aws import sns
from aws.accounts import Accounts
from aws.check import check_place, check_queues
from aws.config_service import ConfigService
from aws.mirror import Mirror
from aws.queue import Intake, Polling, StoreUnavailableError, read_all
from aws.remediation import Remediator
from aws.sns import Verifier
from aws.sweep import Place, sweep
from commands.authorise import authorise
from commands.checks import Check
from commands.desk import Desk
from commands.digest import digest
from commands.enforce import enforce_allowlist
from compliance.card import draw
from compliance.change import Change, ResourceFacts
from compliance.enforcement import enforce
from compliance.rules import catalogue_entry
from config import Config, load
from config.allowlist import AllowlistFile
from config.environment import Environment, read_environment
from config.faults import ConfigError
from ledger.cards import Cards
from ledger.database import LedgerInUseError, connect, only_process
from ledger.mirrors import Mirrors
from ledger.periods import Periods
from ledger.reports import Reports
from ledger.store import Ledger
from notifiers import web
from notifiers.courier import ChatBusyError, ChatRefusedError, Courier
from notifiers.logs import log_as_json
from notifiers.metrics import Metrics
from notifiers.slack import app as slack
from notifiers.slack.blocks import answer_text
from notifiers.slack.check import check_slack
from notifiers.slack.client import SlackNotifier
from notifiers.slack.client import connect as connect_slack
from notifiers.slack.listeners import Listeners
from notifiers.slack.people import People
from notifiers.weekly import Schedule, Weekly


def now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """Everything there is, put together from the configuration and the environment."""

    def __init__(self, environment: Environment, config: Config) -> None:
        # What there is to talk to.
        self.environment, self.config, self.settings = environment, config, config.settings
        catalogue, teams = config.catalogue, config.teams
        allowlist = AllowlistFile(environment.allowlist)
        engine = connect(environment.database_url)
        self.reports, self.cards, self.periods = Reports(engine), Cards(engine), Periods(engine)
        self.metrics = Metrics(self.reports)
        self.ledger = Ledger(
            engine,
            now,
            owner=lambda key, tags: teams.owner(key, tags).name,
            settle=lambda finding: enforce(finding, allowlist.entries(), now()),
        )
        accounts = Accounts(self.settings.role_name, self.settings.external_id)
        self.service = ConfigService(accounts)
        self.mirror = Mirror(Mirrors(engine), self.service, now)
        self.client = connect_slack(environment.slack_bot_token, environment.slack_api_url)
        self.notifier = SlackNotifier(self.client)

        # What people ask and decide.
        self.desk = Desk(self.ledger, catalogue, teams, allowlist, now)
        self.people = People(self.client, teams.groups(), now)
        listeners = Listeners(self.desk, self.reports, self.settings.accounts, self.people)
        self.app = slack.build(self.client, environment.slack_signing_secret, listeners)

    def schedule(self) -> BackgroundScheduler:
        """What the clock brings: each job does what is due, so a missed run costs nothing."""
        teams, catalogue = self.config.teams, self.config.catalogue
        face = partial(draw, catalogue=catalogue, accounts=self.settings.accounts)
        courier = Courier(self.cards, teams.ordered, face, self.notifier, now)
        may = partial(authorise, self.desk, self.people.fresh)
        remediator = Remediator(self.desk, self.service, may, self.settings.verify_window)
        monday = Schedule(self.settings.weekday, self.settings.digest_at, self.settings.zone)
        report = partial(digest, self.reports, catalogue)
        weekly = Weekly(
            self.periods, monday, lambda: report(now()), self.notifier, teams.tda_channel, now
        )
        weekly.begin()
        jobs = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
        )
        jobs.add_job(courier.round, "interval", seconds=1)
        jobs.add_job(remediator.round, "interval", seconds=self.settings.poll_seconds)
        jobs.add_job(partial(enforce_allowlist, self.desk), "interval", seconds=30)
        jobs.add_job(self.mirror.round, "interval", seconds=30)
        jobs.add_job(weekly.round, "interval", seconds=60)
        jobs.add_job(self.sweep, "cron", hour=2, minute=30)
        return jobs

    def record(self, changes: Sequence[Change], facts: Sequence[ResourceFacts] = ()) -> None:
        """What AWS reports; a rule that is not in the catalogue is nobody's finding."""
        listed = [c for c in changes if catalogue_entry(self.config.catalogue, c.key.rule)]
        try:
            self.ledger.record(listed, facts)
        except sa.exc.OperationalError as error:
            raise StoreUnavailableError(type(error).__name__) from error

    def confirm(self, topic: str, token: str) -> bool:
        """Confirm a subscription that asks through a queue, if its topic is expected."""
        expected = topic in self.environment.sns_topic_arns
        if expected:
            sns.confirm_subscription(topic, token)
        return expected

    def sweep(self) -> int:
        swept = sweep(self.service, self.places(), self.config.catalogue, self.record)
        return 1 if swept.unread else 0

    def places(self) -> list[Place]:
        regions = self.settings.regions.items()
        return [Place(account, region) for account, within in regions for region in within]

    def checks(self) -> Iterator[Check]:
        environment = self.environment
        yield from check_slack(self.client, environment.slack_app_token, self.config.teams)
        yield from check_queues(environment.queue_urls)
        for place in self.places():
            yield from check_place(self.service, place, self.config.catalogue)

    def out_of_reach(self) -> dict[str, str]:
        """What readiness reports: the ledger and chat, each with why."""
        missing = {}
        try:
            self.reports.oldest(())
        except sa.exc.SQLAlchemyError as error:
            missing["ledger"] = type(error).__name__
        if problem := self.notifier.problem():
            missing["chat"] = problem
        return missing

    def run(self, stop: threading.Event) -> int:
        """Listen until *stop*. Reading the queues is the process: if it ends, so does the bot."""
        environment, settings = self.environment, self.settings
        polling = Polling(settings.workers, settings.wait_seconds, settings.visibility_seconds)
        intakes = [
            Intake(url, polling, self.record, self.confirm, self.metrics.count)
            for url in environment.queue_urls
            for _ in range(polling.workers)
        ]
        verifier = Verifier(environment.sns_topic_arns, now)
        routes = [sns.route(verifier, self.record, self.metrics.count)]
        if environment.slack_signing_secret:
            routes.append(slack.route(self.app))
        application = web.application(routes, self.out_of_reach, self.metrics.registry)
        server = web.WebServer(application, environment.http_host, environment.http_port)
        self.ledger.reroute()
        jobs = self.schedule()
        server.start()
        jobs.start()
        if environment.slack_app_token:
            listening = (self.app, environment.slack_app_token, stop)
            threading.Thread(target=slack.listen, args=listening, daemon=True).start()
        try:
            return 0 if read_all(intakes, stop) else 1
        finally:
            jobs.shutdown(wait=False)
            server.stop()


def main(arguments: Sequence[str]) -> int:
    asked = usage().parse_args(arguments)
    log_as_json()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Process 1 of a container ignores signals that nobody handles.
        signal.signal(number, lambda *_: stop.set())
    try:
        environment = read_environment(os.environ)
        bot = Bot(environment, load(environment.config))
        match asked.command:
            case "check":
                return say_checks(bot)
            case "sweep":
                return bot.sweep()
            case "digest":
                return say_digest(bot, printed=asked.print)
            case _:
                with only_process(environment.database_url):
                    return bot.run(stop)
    except (ConfigError, LedgerInUseError, ChatBusyError, ChatRefusedError) as error:
        print(error, file=sys.stderr)
        return 1


def usage() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="AWS Config findings in chat.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="the real thing, from config/ and the environment")
    commands.add_parser(
        "check", help="looks at everything that is set up, and names what is missing"
    )
    commands.add_parser("sweep", help="reads every account's compliance from AWS Config")
    weekly = commands.add_parser("digest", help="sends the weekly digest now")
    weekly.add_argument("--print", action="store_true", help="prints it instead")
    return parser


def say_checks(bot: Bot) -> int:
    found = list(bot.checks())
    print("\n".join(map(str, found)))
    return 1 if any(check.problem for check in found) else 0


def say_digest(bot: Bot, *, printed: bool) -> int:
    report = digest(bot.reports, bot.config.catalogue, now())
    if printed:
        print(answer_text("Weekly compliance digest.", report.tables))
    else:
        bot.notifier.post_digest(bot.config.teams.tda_channel, report)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
