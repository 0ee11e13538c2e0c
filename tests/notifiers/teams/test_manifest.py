"""The app's package: what Teams takes, for the bot that the installation has."""

import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from commands.grammar import VERBS

ROOT = Path(__file__).parents[3]
CLIENT = "8f0c6d1e-3a5b-4c7d-9e8f-0a1b2c3d4e5f"
#: https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
_COMMANDS_MAX, _TITLE_MAX, _DESCRIPTION_MAX = 10, 32, 128


@pytest.fixture
def package(tmp_path):
    target = tmp_path / "app.zip"
    subprocess.run([sys.executable, ROOT / "dev.py", "teams-app", CLIENT, target], check=True)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_is_for_the_registration_that_is_named(package):
    manifest = json.loads(package["manifest.json"])

    bots, application = manifest["bots"], manifest["webApplicationInfo"]
    assert {manifest["id"], bots[0]["botId"], application["id"]} == {CLIENT}
    assert set(bots[0]["scopes"]) == {"team", "personal"}


def test_the_icons_have_the_sizes_that_teams_wants(package):
    sizes = {name: struct.unpack(">II", package[name][16:24]) for name in package if "png" in name}

    assert sizes == {"color.png": (192, 192), "outline.png": (32, 32)}


def test_every_command_is_one_that_the_bot_understands(package):
    lists = json.loads(package["manifest.json"])["bots"][0]["commandLists"]

    assert {scope for each in lists for scope in each["scopes"]} == {"team", "personal"}
    for each in lists:
        assert len(each["commands"]) <= _COMMANDS_MAX
        for command in each["commands"]:
            assert command["title"] in {*VERBS, "here"}
            assert len(command["title"]) <= _TITLE_MAX
            assert len(command["description"]) <= _DESCRIPTION_MAX


def test_without_a_client_id_nothing_is_written(tmp_path):
    run = subprocess.run(
        [sys.executable, ROOT / "dev.py", "teams-app", "mine"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 2
    assert re.search("Expected the client id", run.stderr)
