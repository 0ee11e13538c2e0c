"""The configuration: YAML files, and the modules that load and check them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from compliance.routing import Teams
from compliance.rules import Catalogue
from config.catalogue import load_catalogue
from config.faults import ConfigError, Fault
from config.settings import Settings, load_settings
from config.teams import load_teams

_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True, slots=True)
class Config:
    """The three files that people write for the bot to read."""

    catalogue: Catalogue
    teams: Teams
    settings: Settings


def load(folder: Path) -> Config:
    """Return the configuration in *folder*; raises ConfigError with the faults of all files."""
    faults: list[Fault] = []

    def attempt(loader: Callable[[], _Loaded]) -> _Loaded | None:
        try:
            return loader()
        except ConfigError as error:
            faults.extend(error.faults)
            return None

    catalogue = attempt(lambda: load_catalogue(folder / "rules.yaml"))
    settings = attempt(lambda: load_settings(folder / "bot.yaml"))
    accounts = settings.accounts if settings else {}
    teams = attempt(lambda: load_teams(folder / "teams.yaml", catalogue or {}, accounts))
    if faults or catalogue is None or settings is None or teams is None:
        # Without a catalogue every rule that a team names would be told as unknown.
        raise ConfigError(
            fault
            for fault in faults
            if catalogue is not None or "in the catalogue" not in fault.problem
        )
    return Config(catalogue, teams, settings)
