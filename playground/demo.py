"""The embedded default: a local AWS and a local Slack, and a council's resources in them."""

import os
import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from playground import aws
from playground.aws.story import Story
from playground.listening import PortTakenError
from playground.slack import server as slack
from playground.slack import tour
from playground.slack.manifest import ManifestError
from playground.teams import server as teams

#: The page's port (DESIGN §3); the local AWS is at the next one, the local Teams behind that.
PORT = 8765
_READY = """\
The demo is ready: {page}  (Ctrl+C ends it)
Its Microsoft Teams: {teams}
AWS_ENDPOINT_URL={aws} leads other tools to its AWS; any credentials will do. They are in an account
of the council after: aws sts assume-role --role-session-name me --role-arn {role}
Its allowlist: {allowlist}
"""
_EMPTY = "exceptions: []\n"
_ENDING = """\
exceptions:
  - rule: s3-bucket-level-public-access-prohibited
    account: "333344445555"
    region: eu-west-2
    resource: website-open-data
    class: accepted risk
    reason: Everything in this bucket is published under the Open Government Licence.
    asked_by: slack:U0WILL
    ticket: WEB-88
    expires: {day}
"""
#: What could lead the demo to a real account or workspace, or its own calls through a proxy.
_FOREIGN = re.compile(r"(AWS|SLACK|TEAMS|QUEUE|SNS)_.*|.*_PROXY", re.IGNORECASE)


@contextmanager
def playing(
    config: Path, port: int = PORT, *, by_http: bool = False, pace: aws.Pace | None = None
) -> Iterator[None]:
    """Start both, and let the process's environment lead to them and to nowhere else.

    *config* is the bot's own folder: the local AWS gets its rules and accounts from there, the
    local Slack its app. The ledger is new each time, because the resources are, and so
    is the allowlist, a copy of the folder's, unless ALLOWLIST_URL names another. *port* 0 is any
    that is free; *by_http* lets Slack call the bot instead of holding a socket open; *pace* is how
    fast the local AWS moves. Raises SystemExit with a sentence where that cannot be.
    """
    with ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="compliance-demo-"))
        allowlist = Path(folder) / "allowlist.yaml"
        put_back = partial(_copy, config / allowlist.name, allowlist)
        put_back()
        before = dict(os.environ)
        ends.callback(_replace_environment, before)
        _replace_environment(
            {
                "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
                "ALLOWLIST_URL": f"file:{allowlist}",
                "HTTP_PORT": str(_free_port()),
                **{name: value for name, value in before.items() if not _FOREIGN.fullmatch(name)},
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        )
        bot = f"http://127.0.0.1:{os.environ['HTTP_PORT']}"
        app_url = f"{bot}/slack/events" if by_http else ""
        try:
            workspace = slack.start(config / "slack-manifest.yaml", port=port, app_url=app_url)
            ends.callback(workspace.stop)
            tenant = teams.start(port=port and port + 2, app_url=bot)
            ends.callback(tenant.stop)
        except (PortTakenError, ManifestError) as error:
            raise SystemExit(str(error)) from error
        workspace.teams_url, tenant.slack_url = tenant.url, workspace.url
        workspace.tour = tour.read(Path(__file__).with_name("tour.yaml"))
        if os.environ["ALLOWLIST_URL"] == f"file:{allowlist}":
            workspace.slack.on_reset = put_back
        rules, accounts = _read(config / "rules.yaml")["rules"], _read(config / "bot.yaml")
        try:
            account = aws.start(rules, accounts["accounts"], port=port and port + 1, pace=pace)
        except ClientError as error:
            raise SystemExit(f"{config / 'rules.yaml'}: AWS would refuse it: {error}") from error
        ends.callback(account.stop)
        for each in (account, workspace, tenant):
            os.environ.update(each.environment())
        story = Story(account)
        story.begin()
        workspace.slack.on_reset = partial(_start_over, workspace.slack.on_reset, story)
        account.run(story.advance)
        sys.stderr.write(
            _READY.format(
                page=workspace.url,
                teams=tenant.url,
                aws=account.endpoint_url,
                role=f"arn:aws:iam::{accounts['accounts'][0]['id']}:role/compliance-bot",
                allowlist=os.environ["ALLOWLIST_URL"].removeprefix("file:"),
            )
        )
        for name in aws.by_hand(rules):
            sys.stderr.write(f"{name}: the local AWS cannot judge or mend it; it stays by hand.\n")
        yield


def _start_over(put_back: Callable[[], None], story: Story) -> None:
    put_back()
    story.again()


def _copy(shipped: Path, own: Path) -> None:
    """Write what is shipped, whole at once: the bot may be reading.

    An empty allowlist gets an exception of which the end is near.
    """
    fresh = own.with_suffix(".new")
    text, tomorrow = shipped.read_text(encoding="utf-8"), datetime.now(UTC) + timedelta(days=1)
    fresh.write_text(text.replace(_EMPTY, _ENDING.format(day=tomorrow.date())), encoding="utf-8")
    fresh.replace(own)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
