"""The two scripts that the task runs beside the bot do what Terraform's README says."""

import base64
import gzip
import json
import runpy
import socket
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.allowlist import parse_allowlist
from notifiers import web
from notifiers.web import application

BOT = Path(__file__).parents[2] / "terraform/modules/bot"
FILES = {"bot.yaml": "role_name: compliance-bot\n", "teams.yaml": "# Für alle\nteams: []\n"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a script of the module with these environment variables; returns its exit status."""

    def _run(script: str, **environment: str) -> int:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            runpy.run_path(str(BOT / script))
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return _run


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    handed = base64.b64encode(gzip.compress(json.dumps(FILES).encode())).decode()
    for name in ("etc", "data"):
        (tmp_path / name).mkdir()
    return {
        "CONFIGURATION": handed,
        "CONFIGURATION_FOLDER": str(tmp_path / "etc"),
        "DATA_FOLDER": str(tmp_path / "data"),
    }


def test_the_configuration_is_written_as_it_was_handed_over(
    run: Callable[..., int], tmp_path: Path, folders: dict[str, str]
) -> None:
    assert run("configure.py", **folders) == 0

    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "etc").iterdir()}
    assert written == FILES


def test_the_first_start_leaves_an_allowlist_that_the_bot_can_read(
    run: Callable[..., int], tmp_path: Path, folders: dict[str, str]
) -> None:
    run("configure.py", **folders)

    text = (tmp_path / "data/allowlist.yaml").read_text("utf-8")
    assert parse_allowlist(text, "allowlist.yaml").entries == ()


def test_an_allowlist_that_is_there_is_never_touched(
    run: Callable[..., int], tmp_path: Path, folders: dict[str, str]
) -> None:
    (tmp_path / "data/allowlist.yaml").write_text("# ours\n", encoding="utf-8")

    run("configure.py", **folders)

    assert (tmp_path / "data/allowlist.yaml").read_text("utf-8") == "# ours\n"


@contextmanager
def serving(port: int, **out_of_reach: str) -> Iterator[None]:
    reach = {name: lambda problem=problem: problem for name, problem in out_of_reach.items()}
    with web.serving(application([], reach, CollectorRegistry()), "127.0.0.1", port):
        yield


@pytest.mark.parametrize(
    ("out_of_reach", "status"),
    [
        pytest.param({}, 0, id="all is well"),
        pytest.param({"chat": "SlackApiError"}, 0, id="a new container would not mend Slack"),
        pytest.param({"ledger": "OperationalError"}, 1, id="the password may have been rotated"),
    ],
)
def test_a_container_is_replaced_when_its_ledger_is_out_of_reach(
    run: Callable[..., int], unused_port: int, out_of_reach: dict[str, str], status: int
) -> None:
    with serving(unused_port, **out_of_reach):
        assert run("healthy.py", HTTP_PORT=str(unused_port)) == status


def test_a_bot_that_does_not_answer_is_not_healthy(
    run: Callable[..., int], unused_port: int
) -> None:
    with pytest.raises(urllib.error.URLError):
        run("healthy.py", HTTP_PORT=str(unused_port))


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
