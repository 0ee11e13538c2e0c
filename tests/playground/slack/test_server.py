"""Starting and stopping, the manifest, and the command line."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from playground.listening import PortTakenError
from playground.seeds import SeedError
from playground.slack.manifest import ManifestError, read
from playground.slack.server import start
from tests.playground.slack.world import client, manifest, running

ROOT = Path(__file__).parents[3]
OURS = ROOT / "config" / "slack-manifest.yaml"


def test_the_bots_own_manifest_is_installed_as_it_is():
    with running(OURS) as slack:
        answer = client(slack).auth_test()

        assert answer["user"] == "compliance-bot"
        assert "/compliance" in slack.app.commands
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
        assert set(slack.environment()) == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}


def test_tokens_look_like_slacks_and_stay_the_same(tmp_path: Path):
    with running(manifest(tmp_path)) as first, running(manifest(tmp_path)) as second:
        assert first.credentials == second.credentials
        assert first.credentials.bot_token.startswith("xoxb-")
        assert first.credentials.app_token.startswith("xapp-1-A0")
        assert first.credentials.bot_token not in repr(first.credentials)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[]", "expected a map"),
        ("{", "while parsing"),
        ("features: {}", "display_information.name"),
        (
            "display_information: {name: x}\nfeatures: {slash_commands: [{command: go}]}",
            "slash_commands[0].command",
        ),
        (
            "display_information: {name: x}\nfeatures: {shortcuts: [{type: odd}]}",
            "shortcuts[0].type",
        ),
    ],
)
def test_a_wrong_manifest_is_explained(tmp_path: Path, content: str, fault: str):
    path = tmp_path / "manifest.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ManifestError) as raised:
        read(path)

    assert fault in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(PortTakenError, match=f"Port {port} of 127.0.0.1 is taken"):
            start(manifest(tmp_path), port=port)


def test_it_listens_on_this_machine_only_and_stops_twice(tmp_path: Path):
    with running(manifest(tmp_path)) as slack:
        url = slack.url
        assert url.startswith("http://127.0.0.1:")

    slack.stop()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(url)


def test_a_permalink_leads_to_the_page(tmp_path: Path):
    with running(manifest(tmp_path)) as slack:
        answer = httpx2.get(f"{slack.url}/archives/C0HOUSING/p1")

    assert answer.is_redirect
    assert "C0HOUSING" in answer.headers["location"]


def test_the_command_line_serves_until_it_is_told_to_end(tmp_path: Path):
    command = [sys.executable, "-m", "playground.slack", "--port", "0", "--manifest"]
    program = subprocess.Popen(
        [*command, str(manifest(tmp_path))], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        lines = [program.stdout.readline().strip() for _ in range(4)]
        os.kill(program.pid, signal.SIGTERM)
        status = program.wait(timeout=20)

    assert lines[0].startswith("Open http://127.0.0.1:")
    assert [line.partition("=")[0] for line in lines[1:]] == [
        "export SLACK_API_URL",
        "export SLACK_BOT_TOKEN",
        "export SLACK_APP_TOKEN",
    ]
    assert status == 0


def test_the_command_line_names_what_is_wrong(tmp_path: Path):
    missing = str(tmp_path / "missing.yaml")
    command = [sys.executable, "-m", "playground.slack", "--manifest", missing]

    program = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert program.returncode == 2
    assert "missing.yaml" in program.stderr
    assert "Traceback" not in program.stderr


def test_a_seed_that_is_none_is_named_with_what_was_expected(tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text("team: {id: T1}\n")

    for path, why in ((seed, "expected the form of"), (tmp_path / "none.yaml", "No such file")):
        with pytest.raises(SeedError, match=f"{path.name}: .*{why}"):
            start(manifest(tmp_path), seed=path, port=0)
