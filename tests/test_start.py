"""However the start goes wrong, whoever starts the bot reads a sentence and not a traceback."""

import signal
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.notifiers.slack.workspace import Workspace
from tests.processes import ROOT, folder, starting

__all__ = ["folder"]

SECRET = "xoxb-marked-secret"


@pytest.fixture
def start(folder):
    """Start ``bot.py`` with everything that ``run`` asks for."""
    usual = {
        "SLACK_BOT_TOKEN": SECRET,
        "SLACK_SIGNING_SECRET": "marked-signing",
        "QUEUE_URLS": "http://127.0.0.1:9/q",
        "HTTP_PORT": "0",
    }
    with starting(folder, **usual) as run:
        yield run


def ended(process):
    """Return the exit code and all that was printed, in which no secret is and no traceback."""
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    assert "marked" not in out + err
    return process.returncode, out + err


def test_without_its_packages_it_says_what_to_run(start):
    code, told = ended(start("check", python=(sys.executable, "-S")))

    assert code == 1
    assert "python3 dev.py demo" in told
    assert len(told.splitlines()) == 1


def test_on_an_old_python_it_says_which_one_it_needs(start):
    """The version is all that differs: the file is read by this Python."""
    old = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = sys.argv[1:]; "
        f"sys.path.insert(0, {str(ROOT)!r}); runpy.run_path(sys.argv[0], run_name='__main__')"
    )

    code, told = ended(start("check", python=(sys.executable, "-c", old)))

    assert code == 1
    assert "needs Python 3.11 or newer, and this is Python 3.9" in told


FIRST = ["bot.py", *(f"notifiers/{name}.py" for name in ("__init__", "terminal", "heaps"))]


@pytest.mark.parametrize("name", FIRST)
def test_what_runs_first_can_be_read_by_an_old_python(name):
    compile((ROOT / name).read_text(), name, "exec", dont_inherit=True, _feature_version=7)


LEDGERS = {
    "a folder": "sqlite:////tmp",
    "where nothing can be written": "sqlite:////proc/nothing/ledger.db",
    "not a database": f"sqlite:///{ROOT}/pyproject.toml",
    "out of reach": "postgresql+psycopg://u:marked@127.0.0.1:9/d?password=marked",
    "without a host": "postgresql+psycopg://u:marked@h@h/d",
}


@pytest.mark.parametrize("url", LEDGERS.values(), ids=LEDGERS)
def test_a_ledger_that_cannot_be_used_is_named(start, url):
    code, told = ended(start("digest", "--print", DATABASE_URL=url))

    assert code == 1
    assert "DATABASE_URL" in told


def test_a_ledger_of_a_newer_version_is_left_alone(start, folder):
    with sqlite3.connect(folder / "ledger.db") as db:
        db.execute("CREATE TABLE alembic_version (version_num TEXT)")
        db.execute("INSERT INTO alembic_version VALUES ('9999')")
    db.close()

    code, told = ended(start("run"))

    assert code == 1
    assert "is of a newer version of the bot (9999)" in told


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HTTP_PORT": "99999"}, "HTTP_PORT: expected a port"),
        ({"HTTP_HOST": "no..host"}, "HTTP_HOST: expected an address"),
        ({"SLACK_BOT_TOKEN": f"{SECRET}\n{SECRET}"}, "SLACK_BOT_TOKEN: expected one line"),
        ({"COMPLIANCE_CONFIG": "/nowhere"}, "COMPLIANCE_CONFIG: /nowhere is not a folder"),
        ({"ALLOWLIST_URL": "file:/tmp"}, "/tmp"),
    ],
    ids=["port", "host", "token", "folder", "allowlist"],
)
def test_a_variable_that_cannot_be_used_is_named(start, variables, expected):
    code, told = ended(start("run", **variables))

    assert code == 1
    assert expected in told


@pytest.fixture
def workspace():
    workspace = Workspace()
    yield workspace
    workspace.close()


def test_a_port_in_use_is_named(start, workspace):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        code, told = ended(start("run", HTTP_PORT=port, SLACK_API_URL=workspace.url))

    assert code == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in told


def test_an_address_of_another_machine_is_named(start, workspace):
    code, told = ended(start("run", HTTP_HOST="192.0.2.1", SLACK_API_URL=workspace.url))

    assert code == 1
    assert "cannot listen on 192.0.2.1" in told


def test_without_a_network_the_bot_lives_says_what_is_out_of_reach_and_ends_when_told(start):
    process = start("run")
    lines = [process.stderr.readline() for _ in range(4)]
    process.send_signal(signal.SIGTERM)

    code, told = ended(process)

    assert code == 0
    assert "127.0.0.1:9" in "".join(lines)
    assert "Traceback" not in "".join(lines) + told


def test_check_names_what_is_out_of_reach(start):
    code, told = ended(start("check"))

    assert code == 1
    assert "missing" in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_python_imports_ends_it_without_a_word(start, number, eventually):
    process = start("run")
    caught = Path(f"/proc/{process.pid}/status")
    # The first thing that the bot does is to listen for it; the imports take much longer.
    eventually(lambda: int(caught.read_text().split("SigCgt:")[1].split()[0], 16) >> 14 & 1)

    process.send_signal(number)

    assert ended(process) == (128 + number, "")


def test_who_stops_reading_the_output_gets_no_traceback(start):
    process = start("check")

    process.stdout.close()

    assert "Traceback" not in process.stderr.read()


def test_the_files_alone_are_checked_without_a_token_and_without_a_ledger(start, folder):
    (folder / "config/teams.yaml").write_text("teams: {}\n")

    code, told = ended(start("check", "--offline", "--format", "github", DATABASE_URL="nonsense"))

    assert code == 1
    assert f"::error file={folder}/config/teams.yaml,line=1::" in told
    assert not (folder / "ledger.db").exists()


def test_an_allowlist_can_be_checked_that_is_not_the_configured_one(start, folder):
    (folder / "other.yaml").write_text("exceptions: [{rule: nothing}]\n")

    code, told = ended(start("check", "--offline", "--allowlist", str(folder / "other.yaml")))

    assert code == 1
    assert f"missing  {folder}/other.yaml, line 1: " in told
