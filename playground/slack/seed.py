"""Reads seed.yaml into the people and channels of a workspace that has the app installed."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from playground import seeds
from playground.clock import Clock
from playground.slack.entities import Channel, Team, User, UserGroup
from playground.slack.installation import Installation
from playground.slack.limits import RateLimits
from playground.slack.manifest import Credentials, Manifest, credentials
from playground.slack.tickets import Tickets
from playground.slack.workspace import Contents, Workspace

SEED = Path(__file__).with_name("seed.yaml")


def installation(path: Path, manifest: Manifest, clock: Clock) -> Installation:
    """Return the workspace of *path* with the app of *manifest* in it; raises SeedError."""
    return seeds.read(path, SEED, partial(_installation, manifest, clock))


def _installation(manifest: Manifest, clock: Clock, raw: Mapping[str, Any]) -> Installation:
    app = credentials(manifest, raw["team"]["id"])
    workspace = Workspace(contents(raw, manifest, app), clock)
    return Installation(manifest, app, workspace, Tickets(clock), RateLimits(clock))


def contents(raw: Mapping[str, Any], manifest: Manifest, app: Credentials) -> Contents:
    team = Team(**raw["team"])
    users = [_user(each, team) for each in raw["users"]]
    bot = User(
        id=app.bot_user,
        name=manifest.bot_name,
        real_name=manifest.name,
        team_id=team.id,
        role="app",
        is_bot=True,
    )
    directs = [
        Channel(f"D{user.id[1:]}", "", {user.id, bot.id}, is_im=True)
        for user in users
        if user.team_id == team.id and not user.deleted
    ]
    return Contents(
        team=team,
        users=(*users, bot),
        groups=tuple(
            UserGroup(each["id"], each["handle"], each["name"], frozenset(each["users"]))
            for each in raw.get("groups", ())
        ),
        channels=(*(_channel(each, bot.id) for each in raw["channels"]), *directs),
    )


def _user(raw: Mapping[str, Any], team: Team) -> User:
    email = f"{raw['name']}@{team.domain}.example"
    return User(**{"team_id": team.id, "email": email, **raw})


def _channel(raw: Mapping[str, Any], bot: str) -> Channel:
    facts = {name: value for name, value in raw.items() if name not in ("app", "members")}
    members = {*raw["members"], *([bot] if raw.get("app") else [])}
    return Channel(**facts, members=members)
