"""Processes of ``bot.py`` for a test; what still runs at its end is ended."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path):
    """A folder with the shipped configuration, and the ledger beside it."""
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("*.py*"))
    return tmp_path


@contextmanager
def starting(folder, **usual):
    """Yield what starts ``bot.py``; nothing listens where it points. *usual* are variables."""
    running = []

    def run(*arguments, python=(sys.executable,), **variables):
        process = subprocess.Popen(
            [*python, ROOT / "bot.py", *arguments],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "COMPLIANCE_CONFIG": str(folder / "config"),
                "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
                "AWS_REGION": "eu-west-2",
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                "SLACK_API_URL": "http://127.0.0.1:9/",
                **usual,
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()
