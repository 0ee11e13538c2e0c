"""What a benchmark runs the bot in: many teams, a local AWS and Slack, a ledger."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks.aws_stub import LocalAws, local_aws
from benchmarks.processes import ROOT, Running, running_bot
from benchmarks.slack_stub import LocalSlack, local_slack

ROLE = "compliance-bot"
REGIONS = ("eu-west-2", "eu-west-1", "us-east-1")
#: Approves for every team, as security analysts do.
APPROVER = "U0ANALYST"


def account(number: int) -> str:
    return f"{number:012d}"


def team(number: int) -> str:
    return f"team-{number:03d}"


def channel(number: int) -> str:
    return f"C0TEAM{number:03d}"


@dataclass(frozen=True, slots=True)
class Size:
    """How many teams there are, and how many accounts in how many Regions each."""

    teams: int = 3
    accounts: int = 3
    regions: int = 1


def environment(queue_url: str, endpoint_url: str, database_url: str) -> dict[str, str]:
    """Return the variables; Slack would be asked only if there were something to say."""
    return {
        "COMPLIANCE_CONFIG": str(ROOT / "config"),
        "DATABASE_URL": database_url,
        "QUEUE_URLS": queue_url,
        "SLACK_API_URL": "http://127.0.0.1:9/",
        "SLACK_BOT_TOKEN": "of-the-benchmark",
        "SLACK_SIGNING_SECRET": "of-the-benchmark",
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_REGION": REGIONS[0],
        "AWS_DEFAULT_REGION": REGIONS[0],
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTP_PORT": "0",
    }


def write_configuration(folder: Path, size: Size) -> Path:
    """Write a configuration whose catalogue is the shipped one; return where it is.

    Account 0 is team 0's and so on, in turn.
    """
    config = folder / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("*.py*", "__*"))
    accounts = [
        {"id": account(each), "name": f"account-{each}", "regions": [*REGIONS[: size.regions]]}
        for each in range(size.accounts)
    ]
    _write(config / "bot.yaml", {"accounts": accounts, "role_name": ROLE})
    teams = [
        {
            "name": team(each),
            "channel": channel(each),
            "approvers": {"users": [APPROVER]},
            "owns": [{"accounts": [account(of) for of in range(each, size.accounts, size.teams)]}]
            if each < size.accounts
            else [{"tags": {"Team": team(each)}}],
        }
        for each in range(size.teams)
    ]
    everywhere = {"users": [APPROVER]}
    _write(
        config / "teams.yaml",
        {"teams": teams, "default": team(0), "everywhere": everywhere, "tda": {"channel": "C0TDA"}},
    )
    (config / "allowlist.yaml").write_text("exceptions: []\n")
    return config


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A running bot between its stubs."""

    bot: Running
    aws: LocalAws
    slack: LocalSlack


@contextmanager
def stubs(size: Size) -> Iterator[tuple[LocalAws, LocalSlack, Path]]:
    """Start a local AWS and a local Slack for a configuration of *size*; yield it as well."""
    with TemporaryDirectory(prefix="bench-") as folder:
        config = write_configuration(Path(folder), size)
        channels = [channel(each) for each in range(size.teams)]
        with (
            local_aws(()) as aws,
            local_slack(config / "slack-manifest.yaml", channels, APPROVER) as slack,
        ):
            yield aws, slack, config


@contextmanager
def surroundings(size: Size, database_url: str = "") -> Iterator[Surroundings]:
    """Run the bot on a ledger, a new one on SQLite where *database_url* names none."""
    with stubs(size) as (aws, slack, config):
        database = database_url or f"sqlite:///{config.parent}/ledger.db"
        with running_bot(variables(aws, slack, config, database)) as bot:
            aws.began()
            yield Surroundings(bot, aws, slack)


def variables(
    aws: LocalAws, slack: LocalSlack, config: Path, database_url: str
) -> Mapping[str, str]:
    known = environment(aws.queue_url, aws.url, database_url)
    del known["SLACK_SIGNING_SECRET"]
    return {
        **known,
        **slack.environment,
        "COMPLIANCE_CONFIG": str(config),
        "ALLOWLIST_URL": f"file:{config / 'allowlist.yaml'}",
    }


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
