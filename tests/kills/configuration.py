"""The configuration of the world in which the bot is killed: teams, accounts, people, channels."""

import shutil
from pathlib import Path

import yaml

from playground.slack import seed as seeds

ROOT = Path(__file__).parents[2]
TEAMS = 24
ACCOUNTS = ("111122223333", "222233334444", "333344445555")
DECIDER, SECOND = "U0HANNAH", "U0HARRY"


def channels_of(team):
    """Return the ids of the team's channels: every fourth team reads two."""
    own = f"C0TEAM{team:03d}"
    return [own, f"C0ALSO{team:03d}"] if team % 4 == 0 else [own]


def write_configuration(folder):
    """Write what the bot reads; return its folder."""
    config = folder / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("*.py*", "__*"))
    write(config / "bot.yaml", _settings())
    teams = [_team(each) for each in range(TEAMS)]
    tda = {"channel": "C0TDA"}
    write(config / "teams.yaml", {"teams": teams, "default": "team-01", "tda": tda})
    (config / "allowlist.yaml").write_text("# Kept by people.\nexceptions: []\n")
    return config


def write_seed(folder):
    """Write the workspace's people and channels; return the file."""
    workspace = yaml.safe_load(seeds.SEED.read_text(encoding="utf-8"))
    workspace["channels"] += [
        {"id": each, "name": each.lower(), "app": True, "members": [DECIDER, SECOND]}
        for team in range(TEAMS)
        for each in channels_of(team)
    ]
    return write(folder / "seed.yaml", workspace)


def write_story(folder):
    """Write the owners of what comes into being in the accounts; return the file."""
    owners = {f"team-{each:02d}": {"Team": f"team-{each:02d}"} for each in range(TEAMS)}
    return write(folder / "story.yaml", {"owners": owners, "resources": [], "later": []})


def write(path, document):
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def _settings():
    return {
        "accounts": [
            {
                "id": each,
                "name": f"account-{each}",
                "environment": "production",
                "regions": ["eu-west-2"],
            }
            for each in ACCOUNTS
        ],
        "role_name": "compliance-bot",
        "remediation": {"verify_minutes": 1, "poll_seconds": 1},
        "intake": {"workers": 2, "wait_seconds": 1, "visibility_seconds": 10},
    }


def _team(number):
    return {
        "name": f"team-{number:02d}",
        "channels": [f"slack:{each}" for each in channels_of(number)],
        "approvers": {"users": [DECIDER, SECOND]},
        "owns": [{"tags": {"Team": f"team-{number:02d}"}}],
    }
