"""Which team owns a finding: the first match in the order of ``teams.yaml``. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.change import FindingKey


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions on a finding; an empty one holds for every finding, all must hold together."""

    tags: Mapping[str, str] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    resource_types: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def covers(self, key: FindingKey, tags: Mapping[str, str]) -> bool:
        return (
            all(tags.get(name) == value for name, value in self.tags.items())
            and (not self.accounts or key.account in self.accounts)
            and (not self.regions or key.region in self.regions)
            and (not self.resource_types or key.resource_type in self.resource_types)
            and (not self.rules or key.rule in self.rules)
        )


@dataclass(frozen=True, slots=True)
class Team:
    """Who owns accounts or tagged resources: where it is told, and who may decide.

    *approvers* and *approver_groups* are the chat product's ids of users and user groups.
    """

    name: str
    channel: str
    approvers: frozenset[str]
    approver_groups: frozenset[str]
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Approvers:
    """Ids of users and of user groups in the chat product."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Teams:
    """All teams in the order of the file, and the one that gets what no other matches.

    *everywhere* may decide for every team and see every team's findings.
    """

    ordered: tuple[Team, ...]
    default: str
    tda_channel: str = ""
    everywhere: Approvers = Approvers()

    def __getitem__(self, name: str) -> Team:
        """Return the team called *name*, the default team where the file has it no longer."""
        by_name = {team.name: team for team in self.ordered}
        return by_name.get(name) or by_name[self.default]

    def groups(self) -> frozenset[str]:
        """Return every user group that approves anything."""
        return self.everywhere.groups.union(*(team.approver_groups for team in self.ordered))

    def owner(self, key: FindingKey, tags: Mapping[str, str]) -> Team:
        """Return the first team one of whose matches covers the finding, else the default team."""
        return next(
            (
                team
                for team in self.ordered
                if any(match.covers(key, tags) for match in team.matches)
            ),
            self[self.default],
        )
