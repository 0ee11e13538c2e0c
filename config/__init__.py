"""The configuration: YAML files, and the modules that load and check them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from compliance.people import People
from compliance.routing import Teams
from compliance.rules import Catalogue
from compliance.shelf import Memory, Shelf
from config.catalogue import load_catalogue
from config.faults import ConfigError, Fault
from config.file_shelf import FileShelf
from config.keeper import Keeper
from config.people import load_people
from config.settings import Settings, load_settings
from config.teams import load_teams

_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True, slots=True)
class Config:
    """What people write for the bot to read, and the allowlist, which it writes as well."""

    catalogue: Catalogue
    teams: Teams
    settings: Settings
    allowlist: Keeper


def load(
    folder: Path,
    shelf: Shelf | None = None,
    found: Iterable[Fault] = (),
    memory: Memory | None = None,
) -> Config:
    """Return the configuration in *folder*; raises ConfigError with the faults of all files.

    The allowlist is *folder*'s own file where no *shelf* is given. Where the shelf is away, what
    *memory* has of it is in force. Faults *found* before are told with them.
    """
    faults = list(found)
    if not folder.is_dir():
        problem = f"{folder} is not a folder; expected the one that has bot.yaml"
        raise ConfigError([*faults, Fault("COMPLIANCE_CONFIG", 0, "", problem)])

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
    people = attempt(lambda: load_people(folder / "people.yaml"))
    where = shelf or FileShelf(folder / "allowlist.yaml")
    exceptions = attempt(lambda: Keeper(where, catalogue or {}, memory))
    if catalogue is None or settings is None or teams is None or exceptions is None or faults:
        # Without a catalogue every rule that another file names would be told as unknown.
        raise ConfigError(
            fault
            for fault in faults
            if catalogue is not None or "in the catalogue" not in fault.problem
        )
    teams = replace(teams, people=people or People())
    return Config(catalogue, teams, settings, exceptions)
