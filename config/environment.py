"""Reads the environment variables of DESIGN §3; a value ``file:PATH`` is what that file holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config.faults import ConfigError, Fault

_FILE = "file:"
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says. Secrets are kept out of every representation."""

    config: Path
    database_url: str = field(repr=False)
    allowlist: Path
    slack_bot_token: str = field(repr=False)
    slack_app_token: str = field(repr=False)
    slack_signing_secret: str = field(repr=False)
    slack_api_url: str
    queue_urls: tuple[str, ...]
    sns_topic_arns: tuple[str, ...]
    http_host: str
    http_port: int
    aws_region: str
    #: Each variable that cannot be used; its default stands in for it.
    faults: tuple[Fault, ...]

    @property
    def slack(self) -> tuple[str, str, str, str]:
        """The bot token, the app token, the signing secret, and the Web API's URL."""
        return (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.slack_api_url,
        )

    def require(self) -> None:
        """Raise ConfigError where something is missing."""
        if faults := self.missing():
            raise ConfigError(faults)

    def missing(self) -> tuple[Fault, ...]:
        """Return what ``bot.py run`` cannot do without, each with where it comes from."""
        wanted = (
            (self.slack_bot_token, "SLACK_BOT_TOKEN", "the installed app's token, xoxb-…"),
            (
                self.slack_app_token or self.slack_signing_secret,
                "SLACK_APP_TOKEN",
                "an app-level token, xapp-…, for Socket Mode; or SLACK_SIGNING_SECRET for HTTP",
            ),
            (
                self.queue_urls or self.sns_topic_arns,
                "QUEUE_URLS",
                "the URL of the queue that AWS Config's topic fills; or SNS_TOPIC_ARNS for HTTPS",
            ),
        )
        return tuple(
            Fault(name, 0, "", f"is not set; expected {what}")
            for value, name, what in wanted
            if not value
        )


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return the environment, with its faults for whoever tells those of the files as well."""
    reader = _Reader(variables)
    config = Path(reader.text("COMPLIANCE_CONFIG", "config"))
    return Environment(
        config=config,
        database_url=reader.database("DATABASE_URL", "sqlite:///var/ledger.db"),
        allowlist=reader.allowlist(config / "allowlist.yaml"),
        slack_bot_token=reader.text("SLACK_BOT_TOKEN"),
        slack_app_token=reader.text("SLACK_APP_TOKEN"),
        slack_signing_secret=reader.text("SLACK_SIGNING_SECRET"),
        slack_api_url=reader.text("SLACK_API_URL"),
        queue_urls=reader.listed("QUEUE_URLS"),
        sns_topic_arns=reader.topics("SNS_TOPIC_ARNS"),
        http_host=reader.text("HTTP_HOST", "127.0.0.1"),
        http_port=reader.port("HTTP_PORT", 8080),
        # AWS's own containers set the one, boto3 reads the other.
        aws_region=reader.text("AWS_REGION", reader.text("AWS_DEFAULT_REGION")),
        # Read last: by then every variable was looked at.
        faults=tuple(reader.faults),
    )


class _Reader:
    """Collects faults, so that all of them are told at once."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.faults: list[Fault] = []

    def text(self, name: str, default: str = "") -> str:
        value = self._variables.get(name, "").strip()
        if not value.startswith(_FILE):
            return value or default
        try:
            return Path(value.removeprefix(_FILE)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self._fault(name, f"expected a file that can be read: {type(error).__name__}")
            return default

    def listed(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, self.text(name).split(","))))

    def topics(self, name: str) -> tuple[str, ...]:
        found = self.listed(name)
        for each in found:
            if not _TOPIC.fullmatch(each):
                self._fault(name, f"expected a topic's ARN, found {each!r}")
        return found

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if value.isdecimal() and int(value) < 65_536:
            return int(value)
        self._fault(name, f"expected a port, found {value!r}")
        return default

    def database(self, name: str, default: str) -> str:
        """A password is never shown, and one with an unescaped @ would end up in the host."""
        value = self.text(name, default)
        if value.startswith("sqlite:///") or _is_postgresql(value):
            return value
        self._fault(
            name,
            "expected sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE, "
            "with an @ or a / in the password written as %40 or %2F",
        )
        return default

    def allowlist(self, default: Path) -> Path:
        value = self._variables.get("ALLOWLIST_URL", "").strip()
        if not value:
            return default
        if value.startswith(_FILE):
            return Path(value.removeprefix(_FILE).removeprefix("//"))
        # What was found may hold a token.
        self._fault("ALLOWLIST_URL", "expected file:PATH; Git and S3 are not there yet")
        return default

    def _fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, 0, "", problem))


def _is_postgresql(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return False
    return parts.scheme == "postgresql+psycopg" and parts.netloc.count("@") <= 1
