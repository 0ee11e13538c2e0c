"""Which team owns a finding: the teams' routes, matched with the accounts as known now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.accounts import Directory
from compliance.change import FindingKey
from compliance.channel import Channel
from compliance.fingerprint import fingerprint
from compliance.routing import Teams


@dataclass(frozen=True, slots=True)
class Ownership:
    """Called with a finding's key and its resource's tags, it names the owner."""

    teams: Teams
    accounts: Directory

    def __call__(self, key: FindingKey, tags: Mapping[str, str]) -> str:
        return self.teams.owner(key, tags, self.accounts.account(key.account)).name

    def channels(self) -> tuple[tuple[str, Channel], ...]:
        """Return each team with each of its channels."""
        return tuple((team.name, each) for team in self.teams.ordered for each in team.channels)

    def fingerprint(self) -> str:
        """Return what changes with any team's routes, and with what they are matched with."""
        return fingerprint([self.teams, dict(self.accounts)])
