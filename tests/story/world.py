"""The demo as a process of its own, and what a test sees of it."""

import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

ROOT = Path(__file__).parents[2]
HANNAH, HARRY, MAYA, PRIYA = "U0HANNAH", "U0HARRY", "U0MAYA", "U0PRIYA"
ANALYST, EXTERNAL, TDA = "U0ANALYST", "U0EXTERNAL", "U0TDA"
HOUSING = "C0HOUSING"
_HOUSING_ACCOUNT = "111122223333"

#: bot.py demo, on any free port, with Slack's payloads by socket or by HTTP, and an AWS in a hurry.
_DEMO = """
import signal, sys, threading
from datetime import timedelta
from pathlib import Path
import bot
from playground.aws import Pace
from playground.demo import playing
pace = Pace(*[timedelta(milliseconds=500)] * 3, maintenance=timedelta(minutes=3))
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
bot.log_as_json()
with playing(Path({config!r}), 0, by_http={by_http}, pace=pace):
    sys.exit(bot.assemble().run(stop))
"""


@dataclass(frozen=True)
class Demo:
    """A running demo: the pages of Slack and *teams*, the *aws* endpoint, the *allowlist*."""

    page: str
    teams: str
    aws: str
    allowlist: Path

    def channel(self, user, channel=HOUSING):
        return f"{self.page}/as/{user}/{channel}"

    def control(self, name, **body):
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.page}/control/{name}",
            json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def public_access_block(self, bucket):
        """Return the four flags that the bucket has at AWS now."""
        arn = f"arn:aws:iam::{_HOUSING_ACCOUNT}:role/compliance-bot"
        role = self._client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        s3 = self._client(
            "s3",
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        )
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return set(block.values())

    def _client(self, service, **credentials):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", **credentials}
        return boto3.client(service, region_name="eu-west-2", endpoint_url=self.aws, **keys)


@contextmanager
def running(folder, by_http=False):
    """Run a demo that writes into *folder*; everything it says is kept in demo.log there."""
    config = _impatient(folder / "config")
    allowlist = config / "allowlist.yaml"
    process = subprocess.Popen(
        [sys.executable, "-c", _DEMO.format(config=str(config), by_http=by_http)],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "COMPLIANCE_CONFIG": str(config),
            "ALLOWLIST_URL": f"file:{allowlist}",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        page = _said(process, r"The demo is ready: (\S+)")
        teams = _said(process, r"Its Microsoft Teams: (\S+)")
        aws = _said(process, r"AWS_ENDPOINT_URL=(\S+)")
        # A pipe that nobody empties would stop the demo.
        keep = threading.Thread(target=_keep, args=(process, folder / "demo.log"))
        keep.start()
        yield Demo(page, teams, aws, allowlist)
    finally:
        process.terminate()
        process.wait(60)
    keep.join()
    assert process.returncode == 0


def _impatient(config):
    """Copy the shipped configuration; its bot looks every second how a remediation goes on."""
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("*.py*", "__*"))
    settings = config / "bot.yaml"
    shipped = settings.read_text()
    settings.write_text(shipped.replace("poll_seconds: 5 ", "poll_seconds: 1 "))
    assert settings.read_text() != shipped
    return config


def _said(process, pattern):
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError("the demo ended before it was ready")


def _keep(process, path):
    with path.open("w") as log, process.stderr as said:
        log.writelines(said)
