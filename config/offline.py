"""What the files alone say is wrong: for a pull request, without a token or a database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from compliance.ineffective import EntryWarning, Warnings
from compliance.known_rules import KnownRules
from config import load
from config.environment import read_environment
from config.file_shelf import FileShelf

#: What says where the files are; a pull request has no more.
_WHERE = ("COMPLIANCE_CONFIG", "ALLOWLIST_URL")


def check_files(
    variables: Mapping[str, str], allowlist: str, now: Callable[[], datetime]
) -> tuple[str, Sequence[EntryWarning]]:
    """Return the allowlist's file and what its entries do not do; raises ConfigError.

    *allowlist* is a file that stands in for the configured one, "" for none.
    """
    where = {name: variables[name] for name in _WHERE if name in variables}
    environment = read_environment(where, allowlist)
    # A repository or a bucket is not a file: those who have it at hand name it by *allowlist*.
    location = environment.allowlist
    file = location if isinstance(location, Path) else environment.config / "allowlist.yaml"
    config = load(environment.config, FileShelf(file), environment.faults)
    rules = KnownRules(config.catalogue, config.settings.other_rules)
    settings = config.settings
    warnings = Warnings(config.allowlist, config.catalogue, settings.places, now, rules.has_name)
    return str(file), warnings()
