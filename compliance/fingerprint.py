"""A hash of what was in force: the same for the same entries in every process. Pure."""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from compliance.finding import Finding
from compliance.routing import Teams
from compliance.rules import Catalogue


def fingerprint(value: Any) -> str:
    """Return the hex SHA-256 of *value*: dataclasses, mappings, sequences, sets and plain values.

    Sets and mappings count the same in every order.
    """
    canonical = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class InForce:
    """The hashes of the entries that an audit row was written under, each counted once."""

    def __init__(self, catalogue: Catalogue, teams: Teams) -> None:
        self._rules = {name: fingerprint(rule) for name, rule in catalogue.items()}
        self._teams = {team.name: fingerprint(team) for team in teams.ordered}

    def __call__(self, finding: Finding) -> Mapping[str, str]:
        """Return the hashes of the finding's rule and team, where the configuration has them."""
        hashes = {
            "rule": self._rules.get(finding.key.rule),
            "team": self._teams.get(finding.team),
        }
        return {name: found for name, found in hashes.items() if found}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Set):
        return sorted(map(_plain, value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    return value
