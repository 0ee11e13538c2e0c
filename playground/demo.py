"""The embedded default: a local AWS and a local Slack, and a council's resources in them."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from playground import aws
from playground.aws.story import Story
from playground.slack import server as slack

#: The page's port (DESIGN §3).
PORT = 8765
_HINT = (
    "Press Remediate on a card and watch AWS Config confirm the fix; press Ignore on another. "
    "Then act as Maya, who may not decide, and try again."
)
#: What could lead the demo to a real account or workspace, or its own calls through a proxy.
_FOREIGN = re.compile(r"(AWS|SLACK|TEAMS|QUEUE|SNS)_.*|.*_PROXY", re.IGNORECASE)


@contextmanager
def playing(config: Path) -> Iterator[None]:
    """Start both, and let the process's environment lead to them and to nowhere else.

    *config* is the bot's own folder: the local AWS gets its rules and accounts from there, the
    local Slack its app. The ledger is new each time, because the resources are.
    """
    with ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="compliance-demo-"))
        before = dict(os.environ)
        ends.callback(_replace_environment, before)
        _replace_environment(
            {
                "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
                "HTTP_PORT": "0",
                **{name: value for name, value in before.items() if not _FOREIGN.fullmatch(name)},
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        )
        workspace = slack.start(config / "slack-manifest.yaml", port=PORT)
        workspace.hint = _HINT
        ends.callback(workspace.stop)
        rules, accounts = _read(config / "rules.yaml")["rules"], _read(config / "bot.yaml")
        account = aws.start(rules, accounts["accounts"])
        ends.callback(account.stop)
        os.environ.update({**account.environment(), **workspace.environment()})
        story = Story(account)
        story.begin()
        account.run(story.advance)
        sys.stderr.write(f"The demo is ready at {workspace.url} (Ctrl+C ends it)\n")
        yield


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
