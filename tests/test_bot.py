"""The command line, as a process of its own."""

import re
import signal
import socket
from pathlib import Path

import pytest

from tests.notifiers.slack.workspace import Workspace
from tests.processes import folder, starting

__all__ = ["folder"]

#: What ``run`` asks for beside the rest; nothing listens there.
RUNNABLE = {"HTTP_PORT": "0", "SLACK_SIGNING_SECRET": "s", "QUEUE_URLS": "http://127.0.0.1:9/q"}


@pytest.fixture
def workspace():
    workspace = Workspace()
    yield workspace
    workspace.close()


@pytest.fixture
def start(folder):
    with starting(folder, SLACK_BOT_TOKEN="xoxb-secret") as run:
        yield run


def ended(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_help_names_every_command(start):
    code, out, _ = ended(start("--help"))

    assert code == 0
    for command in ("run", "check", "sweep", "digest"):
        assert command in out


def test_every_fault_of_the_configuration_is_printed_at_once(start, folder):
    for name, old, new in [
        ("rules.yaml", "severity: critical", "severity: huge"),
        ("teams.yaml", "default: website", "default: nobody"),
        ("bot.yaml", "day: mon", "day: monday"),
    ]:
        path = folder / "config" / name
        path.write_text(path.read_text().replace(old, new, 1))

    code, _, err = ended(start("run"))

    assert code == 1
    for name in ("rules.yaml", "teams.yaml", "bot.yaml"):
        assert f"{name}:" in err
    assert "Traceback" not in err


def test_everything_that_a_run_lacks_is_told_at_once(start):
    code, _, err = ended(start("run", SLACK_BOT_TOKEN=""))

    assert code == 1
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "QUEUE_URLS"):
        assert f"{name}: is not set" in err


def test_a_broken_allowlist_stops_the_start(start, folder):
    (folder / "config/allowlist.yaml").write_text("exceptions: [oops")

    code, _, err = ended(start("run"))

    assert code == 1
    assert "allowlist.yaml" in err
    assert "Traceback" not in err


def test_the_digest_is_printed_without_chat(start):
    code, out, _ = ended(start("digest", "--print"))

    assert code == 0
    assert "Weekly compliance digest." in out


def test_one_bot_runs_on_a_file_a_second_is_refused_and_a_signal_ends_the_first(
    start, folder, workspace, eventually
):
    first = start("run", SLACK_API_URL=workspace.url, **RUNNABLE)
    eventually(lambda: (folder / "ledger.db.lock").exists(), within=60)

    code, _, err = ended(start("run", SLACK_API_URL=workspace.url, **RUNNABLE))
    assert code == 1
    assert "another bot runs on" in err

    first.send_signal(signal.SIGTERM)
    code, _, err = ended(first)
    assert code == 0
    assert "xoxb-secret" not in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_waits_for_aws_ends_when_it_is_told_to(start, number):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = start("sweep", AWS_ENDPOINT_URL=f"http://127.0.0.1:{silent.getsockname()[1]}")
        connection, _ = silent.accept()
        process.send_signal(number)

        assert process.wait(20) != 0
        connection.close()


def test_nothing_imports_the_composition_root():
    root = Path(__file__).parents[1]
    folders = ("aws", "commands", "compliance", "config", "ledger", "notifiers", "playground")

    importers = [
        path
        for folder in folders
        for path in (root / folder).rglob("*.py")
        if re.search(r"^\s*(?:import bot|from bot) ", path.read_text("utf-8") + " ", re.MULTILINE)
    ]

    assert importers == []


def test_the_composition_root_fits_what_one_reads_at_once():
    """Whoever reads bot.py sees the whole architecture (DESIGN §4)."""
    lines = Path(__file__).parents[1].joinpath("bot.py").read_text("utf-8").splitlines()

    assert len(lines) < 200
