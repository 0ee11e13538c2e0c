"""Reads the environment variables of DESIGN §3; ``file:PATH`` is the content of that file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from compliance.aws_ids import REGION, is_topic
from config.faults import ConfigError, Fault
from config.locations import Location, read_location
from config.secrets import SECRET, Veil, secrets_of

_FILE = "file:"
#: Secrets that can be mounted: the rest of SECRET is boto3's.
_MOUNTABLE = frozenset({*SECRET, "DATABASE_URL"})
#: What a header can carry; quotes are those of a file or a shell, left in by mistake.
_TOKEN = re.compile(r"[!#-&(-~]+")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Microsoft's own local playground has ids that Entra would not make.
_ANY_ID = re.compile(r"[0-9a-f-]{1,64}")
_URLS = {
    "SLACK_API_URL": "https://slack.com/api/",
    "TEAMS_API_URL": "http://127.0.0.1:8765, where a stand-in for Microsoft is",
}
_NUMBERED = re.compile(r"[0-9]{1,5}")
_QUEUE_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
#: How the wrong one of Slack's tokens begins, and what the right one is.
_MIXED_UP = {
    "SLACK_BOT_TOKEN": (("xapp-", "xoxp-"), "the bot's token, which begins with xoxb-"),
    "SLACK_APP_TOKEN": (("xox",), "the app-level token, which begins with xapp-"),
}


#: Whether something is there, the variable it comes from, and what is expected there.
_Wanted = tuple[object, str, str]


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says. Secrets are kept out of every representation."""

    config: Path
    database_url: str = field(repr=False)
    allowlist: Location
    #: Read anew each time: a mounted token is replaced while the bot runs.
    git_token: Callable[[], str] = field(repr=False)
    signing_key: str
    slack_bot_token: str = field(repr=False)
    slack_app_token: str = field(repr=False)
    slack_signing_secret: str = field(repr=False)
    slack_api_url: str
    teams_client_id: str
    teams_client_secret: str = field(repr=False)
    teams_tenant_id: str
    teams_api_url: str
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

    @property
    def microsoft(self) -> tuple[str, str, str, str]:
        """Teams' client id, its secret, the tenant, and the URL of what stands in for Microsoft."""
        return (
            self.teams_client_id,
            self.teams_client_secret,
            self.teams_tenant_id,
            self.teams_api_url,
        )

    def require(self) -> None:
        """Raise ConfigError where something is missing."""
        if faults := self.missing():
            raise ConfigError(faults)

    def missing(self) -> tuple[Fault, ...]:
        """Return what ``bot.py run`` cannot do without, each with where it comes from."""
        wanted = (
            *self._of_slack(),
            *self._of_teams(),
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

    def _of_slack(self) -> tuple[_Wanted, ...]:
        """Return what Slack needs: a bot in Teams alone does without all of it."""
        secrets = self.slack_app_token or self.slack_signing_secret
        if self.teams_client_id and not (self.slack_bot_token or secrets):
            return ()
        return (
            (self.slack_bot_token, "SLACK_BOT_TOKEN", "the installed app's token, xoxb-…"),
            (
                secrets,
                "SLACK_APP_TOKEN",
                "an app-level token, xapp-…, for Socket Mode; or SLACK_SIGNING_SECRET for HTTP",
            ),
        )

    def _of_teams(self) -> tuple[_Wanted, ...]:
        if not (self.teams_client_id or self.teams_client_secret or self.teams_tenant_id):
            return ()
        return (
            (self.teams_client_id, "TEAMS_CLIENT_ID", "the client id of the app's registration"),
            (self.teams_client_secret, "TEAMS_CLIENT_SECRET", "a client secret of it"),
            (self.teams_tenant_id, "TEAMS_TENANT_ID", "the tenant whose people may decide"),
        )


def read_environment(variables: Mapping[str, str], allowlist: str = "") -> Environment:
    """Return the environment and its faults, which are printed with those of the files.

    *allowlist* is a file that stands in for the one that the environment names.
    """
    if allowlist:
        variables = {**variables, "ALLOWLIST_URL": f"{_FILE}{allowlist}"}
    reader = _Reader(variables)
    # A folder, also where it is written as a URL: what a file says would be shown as its name.
    config = Path(variables.get("COMPLIANCE_CONFIG", "").strip().removeprefix(_FILE) or "config")
    return Environment(
        config=config,
        database_url=reader.database("DATABASE_URL", "sqlite:///var/ledger.db"),
        allowlist=reader.allowlist(config / "allowlist.yaml"),
        git_token=partial(_Reader(variables).token, "ALLOWLIST_GIT_TOKEN"),
        signing_key=reader.file("ALLOWLIST_SIGNING_KEY"),
        slack_bot_token=reader.of_slack("SLACK_BOT_TOKEN"),
        slack_app_token=reader.of_slack("SLACK_APP_TOKEN"),
        slack_signing_secret=reader.token("SLACK_SIGNING_SECRET"),
        slack_api_url=reader.url("SLACK_API_URL"),
        teams_client_id=reader.guid("TEAMS_CLIENT_ID"),
        teams_client_secret=reader.token("TEAMS_CLIENT_SECRET"),
        teams_tenant_id=reader.guid("TEAMS_TENANT_ID"),
        teams_api_url=reader.url("TEAMS_API_URL"),
        queue_urls=reader.queues("QUEUE_URLS"),
        sns_topic_arns=reader.topics("SNS_TOPIC_ARNS"),
        http_host=reader.host("HTTP_HOST", "127.0.0.1"),
        http_port=reader.port("HTTP_PORT", 8080),
        # AWS's own containers set the one, boto3 reads the other.
        aws_region=reader.region("AWS_REGION") or reader.region("AWS_DEFAULT_REGION"),
        # Read last: by then every variable was looked at.
        faults=tuple(reader.faults),
    )


def veil_of(variables: Mapping[str, str]) -> Veil:
    """Return what hides every secret of the environment, those in mounted files as well."""
    reader = _Reader(variables)
    mounted = {name: reader.text(name) for name in _MOUNTABLE if name in variables}
    return Veil(secrets_of(variables) | secrets_of(mounted))


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
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not a text in UTF-8"
            self._fault(name, f"expected a file that can be read: {why}")
            return default

    def token(self, name: str) -> str:
        """Return a secret that a header can carry; what is wrong with it is not shown."""
        value = self.text(name)
        if not value or _TOKEN.fullmatch(value):
            return value
        self._fault(
            name,
            "expected one line without spaces, quotes and letters beyond ASCII; the value is not "
            "shown here because it is secret",
        )
        return ""

    def of_slack(self, name: str) -> str:
        """Return one of Slack's tokens; that of a person would let the bot speak as them."""
        value = self.token(name)
        wrong, expected = _MIXED_UP[name]
        if not value.startswith(wrong):
            return value
        self._fault(name, f"expected {expected}; found another of Slack's tokens")
        return ""

    def guid(self, name: str) -> str:
        value = self.text(name).lower()
        form = _ANY_ID if self.text("TEAMS_API_URL") else _GUID
        if not value or form.fullmatch(value):
            return value
        self._fault(name, "expected an id like 8f0c6d1e-3a5b-4c7d-9e8f-0a1b2c3d4e5f, as Entra has")
        return ""

    def listed(self, name: str) -> tuple[str, ...]:
        values = filter(None, map(str.strip, self.text(name).split(",")))
        return tuple(dict.fromkeys(values))

    def topics(self, name: str) -> tuple[str, ...]:
        found = self.listed(name)
        self._each(name, map(is_topic, found), "a topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME")
        return found

    def queues(self, name: str) -> tuple[str, ...]:
        found = self.listed(name)
        example = "a queue's URL, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, not its ARN"
        self._each(name, map(_is_queue, found), example)
        return found

    def url(self, name: str) -> str:
        value = self.text(name)
        if not value or _is_url(value):
            return value
        self._fault(name, f"expected a URL like {_URLS[name]}, without a password in it")
        return ""

    def host(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if _is_ipv6(value) or re.fullmatch(r"(?!.*\.\.)[A-Za-z0-9._-]{1,255}", value):
            return value
        self._fault(name, "expected an address or a name to listen on, like 0.0.0.0")
        return default

    def region(self, name: str) -> str:
        value = self.text(name)
        if not value or REGION.fullmatch(value):
            return value
        self._fault(name, "expected a Region like eu-west-2")
        return ""

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if _NUMBERED.fullmatch(value) and int(value) < 65_536:
            return int(value)
        self._fault(name, "expected a port, a number from 0 to 65535")
        return default

    def _each(self, name: str, fits: Iterable[bool], expected: str) -> None:
        """Say which of several does not fit. What it is may be anything, a secret as well."""
        wrong = [str(number) for number, each in enumerate(fits, 1) if not each]
        if wrong:
            self._fault(name, f"expected {expected}; found something else at {', '.join(wrong)}")

    def database(self, name: str, default: str) -> str:
        """A password is never shown, and one with an unescaped @ would end up in the host."""
        value = self.text(name, default)
        if value.isprintable() and (
            (value.startswith("sqlite:///") and "?" not in value) or _is_postgresql(value)
        ):
            return value
        self._fault(
            name,
            "expected sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE, "
            "with an @ or a / in the password written as %40 or %2F",
        )
        return default

    def allowlist(self, default: Path) -> Location:
        value = self._variables.get("ALLOWLIST_URL", "").strip()
        # Known now, so that a token that cannot be used is told with all other faults.
        self.token("ALLOWLIST_GIT_TOKEN")
        try:
            return read_location(value) if value else default
        except ValueError as error:
            # What was found may contain a token.
            self._fault("ALLOWLIST_URL", str(error))
            return default

    def file(self, name: str) -> str:
        """Return the path of a file that is there; its content is not read."""
        value = self._variables.get(name, "").strip().removeprefix(_FILE)
        if value and not Path(value).is_file():
            self._fault(name, "expected the path of a file that is there")
            return ""
        return value

    def _fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, 0, "", problem))


def _parts(url: str) -> SplitResult:
    """Return the parts of *url*; all are empty where one cannot be told from another."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return urlsplit("")
    return parts


def _is_queue(url: str) -> bool:
    """Whether it can be a queue's URL: the console's address of one has a query."""
    parts = _parts(url)
    is_bare = not parts.query and not parts.fragment
    return _is_url(url) and is_bare and _QUEUE_PATH.fullmatch(parts.path) is not None


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_postgresql(url: str) -> bool:
    parts = _parts(url)
    return parts.scheme == "postgresql+psycopg" and parts.netloc.count("@") <= 1


def _is_url(url: str) -> bool:
    parts = _parts(url)
    plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)
