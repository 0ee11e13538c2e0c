"""A database that hangs, is read-only or is full: the process lives, says so, and recovers."""

import json
import os
import resource
import signal
import socket
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import binaries, running
from tests.processes import folder, starting

__all__ = ["folder"]

FREE = resource.RLIM_INFINITY


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return str(unused.getsockname()[1])


@pytest.fixture
def start(folder, port):
    """Start ``bot.py run``, for which Slack and AWS are away all the time."""
    usual = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "QUEUE_URLS": "http://127.0.0.1:9/q",
        "HTTP_PORT": port,
    }
    with starting(folder, **usual) as run:
        yield lambda **variables: run("run", **variables)


def out_of_reach(port, part="ledger"):
    """What /readyz says of a part, "" for nothing; None while the bot is not there."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30)
    except urllib.error.HTTPError as answer:
        return json.load(answer)["out of reach"].get(part, "")
    except OSError:
        return None
    return ""


def metrics(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def postgresql():
    if binaries() is None:
        pytest.skip("no PostgreSQL here")
    with running(binaries()) as url:
        yield url


def processes_of(url):
    """The server and each of its processes."""
    home = Path(url.partition("host=")[2])
    server = int((home / "data/postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [server, *map(int, children)]


def hang(url, bot):
    stopped = processes_of(url)

    def tell_all(number):
        for pid in stopped:
            # The server's helpers come and go.
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    tell_all(signal.SIGSTOP)
    return partial(tell_all, signal.SIGCONT)


def be_read_only(url, bot):
    address = url.replace("postgresql+psycopg", "postgresql")

    def say(*statements):
        with psycopg.connect(address, autocommit=True) as db:
            for each in ("SET default_transaction_read_only = off", *statements):
                db.execute(each)

    reload = "SELECT pg_reload_conf()"
    say("ALTER SYSTEM SET default_transaction_read_only = on", reload)
    return lambda: say("ALTER SYSTEM RESET default_transaction_read_only", reload)


def be_full(url, bot):
    """No file of the process can grow: SQLite's disk is full."""
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (4096, FREE))
    return lambda: resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (FREE, FREE))


@pytest.mark.parametrize(
    ("database", "begin"),
    [("postgresql", hang), ("postgresql", be_read_only), ("sqlite", be_full)],
    ids=["hanging", "read-only", "full"],
)
def test_the_process_says_what_is_wrong_and_recovers(
    start, folder, port, eventually, request, database, begin
):
    url = request.getfixturevalue(database) if database == "postgresql" else f"sqlite:///{folder}/l"
    bot = start(DATABASE_URL=url)
    eventually(lambda: out_of_reach(port) == "", within=60)

    end = begin(url, bot)
    try:
        eventually(lambda: out_of_reach(port), within=60)
        assert "compliance_messages" in metrics(port)
    finally:
        end()

    eventually(lambda: out_of_reach(port) == "", within=60)
    bot.send_signal(signal.SIGTERM)
    out, err = bot.communicate(timeout=30)
    assert bot.returncode == 0
    assert "Traceback" not in out + err
    assert len(out + err) < 20_000


def test_a_bot_starts_while_its_repository_is_away(start, folder, port, eventually):
    bot = start(ALLOWLIST_URL=f"git+file:{folder}/gone.git", DATABASE_URL=f"sqlite:///{folder}/l")

    eventually(
        lambda: "No version of it is known" in (out_of_reach(port, "allowlist") or ""), within=60
    )
    assert "compliance_allowlist_up 0.0" in metrics(port)
    assert bot.poll() is None
