"""An app's manifest, the file that people upload to Slack, and the ids and tokens it gets here."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class ManifestError(Exception):
    """The file is not a Slack manifest; the message names every fault."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    name: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """*type* is ``global``, or ``message`` for one in a message's menu."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What matters of it here. Versions 1 and 2 differ in nothing that is read.

    https://docs.slack.dev/reference/app-manifest
    """

    name: str
    bot_name: str
    description: str = ""
    colour: str = "#2c2d30"
    scopes: frozenset[str] = frozenset()
    commands: Mapping[str, SlashCommand] = field(default_factory=dict)
    shortcuts: Mapping[str, Shortcut] = field(default_factory=dict)
    bot_events: frozenset[str] = frozenset()
    is_interactive: bool = False
    socket_mode: bool = False
    has_home: bool = False
    has_messages: bool = False
    has_assistant: bool = False
    events_url: str = ""
    interactivity_url: str = ""
    options_url: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An app's ids in the workspace, and its secrets."""

    app_id: str
    bot_id: str
    bot_user: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)


def read(path: Path) -> Manifest:
    """Return the manifest in *path*, YAML or JSON; raises ManifestError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ManifestError(f"{path}: {error}") from error
    if not isinstance(content, Mapping):
        raise ManifestError(f"{path}: expected a map, got {type(content).__name__}")
    if faults := list(_faults(content)):
        raise ManifestError("\n".join(f"{path}: {fault}" for fault in faults))
    return _manifest(content)


def credentials(manifest: Manifest, team_id: str) -> Credentials:
    """Return ids and tokens that look as Slack's do and are the same at every start."""

    def digits(purpose: str, count: int) -> str:
        return str(int(_digest(manifest, purpose), 16))[:count]

    def letters(purpose: str, count: int) -> str:
        return _digest(manifest, purpose)[:count]

    app_id = f"A0{letters('app', 9).upper()}"
    number = digits(team_id, 12)
    return Credentials(
        app_id=app_id,
        bot_id=f"B0{letters('bot', 9).upper()}",
        bot_user=f"U0{letters('bot user', 9).upper()}",
        bot_token=f"xoxb-{number}-{digits('bot token', 13)}-{letters('bot token', 24)}",
        app_token=f"xapp-1-{app_id}-{digits('app token', 13)}-{letters('app token', 64)}",
        signing_secret=letters("signing secret", 32),
        verification_token=letters("verification token", 24),
    )


def _digest(manifest: Manifest, purpose: str) -> str:
    return hashlib.sha256(f"{manifest.name}\n{purpose}".encode()).hexdigest()


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    if not _at(content, "display_information", "name"):
        yield "display_information.name: expected the app's name, got nothing"
    for index, command in enumerate(_at(content, "features", "slash_commands") or ()):
        if not str(command.get("command", "")).startswith("/"):
            yield f"features.slash_commands[{index}].command: expected a name that starts with /"
    for index, shortcut in enumerate(_at(content, "features", "shortcuts") or ()):
        if shortcut.get("type") not in ("global", "message"):
            yield f"features.shortcuts[{index}].type: expected global or message"
        if not shortcut.get("callback_id"):
            yield f"features.shortcuts[{index}].callback_id: expected a name, got nothing"


def _manifest(content: Mapping[str, Any]) -> Manifest:
    name = str(_at(content, "display_information", "name"))
    settings = content.get("settings") or {}
    return Manifest(
        name=name,
        bot_name=str(_at(content, "features", "bot_user", "display_name") or name),
        description=str(_at(content, "display_information", "description") or ""),
        colour=str(_at(content, "display_information", "background_color") or "#2c2d30"),
        scopes=frozenset(_at(content, "oauth_config", "scopes", "bot") or ()),
        commands={each.name: each for each in _commands(content)},
        shortcuts={each.callback_id: each for each in _shortcuts(content)},
        bot_events=frozenset(_at(settings, "event_subscriptions", "bot_events") or ()),
        is_interactive=bool(_at(settings, "interactivity", "is_enabled")),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        has_home=bool(_at(content, "features", "app_home", "home_tab_enabled")),
        has_messages=bool(_at(content, "features", "app_home", "messages_tab_enabled")),
        has_assistant=_at(content, "features", "assistant_view") is not None,
        events_url=str(_at(settings, "event_subscriptions", "request_url") or ""),
        interactivity_url=str(_at(settings, "interactivity", "request_url") or ""),
        options_url=str(_at(settings, "interactivity", "message_menu_options_url") or ""),
    )


def _commands(content: Mapping[str, Any]) -> Iterator[SlashCommand]:
    for command in _at(content, "features", "slash_commands") or ():
        yield SlashCommand(
            name=str(command["command"]),
            description=str(command.get("description") or ""),
            usage_hint=str(command.get("usage_hint") or ""),
            should_escape=bool(command.get("should_escape")),
            url=str(command.get("url") or ""),
        )


def _shortcuts(content: Mapping[str, Any]) -> Iterator[Shortcut]:
    for shortcut in _at(content, "features", "shortcuts") or ():
        yield Shortcut(
            name=str(shortcut.get("name") or shortcut["callback_id"]),
            type=str(shortcut["type"]),
            callback_id=str(shortcut["callback_id"]),
            description=str(shortcut.get("description") or ""),
        )


def _at(content: Mapping[str, Any], *path: str) -> Any:
    """Return what is at *path*, None where any part of it is missing."""
    found: Any = content
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
