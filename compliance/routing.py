"""Which team owns a finding: the first match in the order of ``teams.yaml``. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from compliance.accounts import Account, in_unit
from compliance.change import FindingKey
from compliance.channel import Channel
from compliance.people import People
from compliance.rules import Severity


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions on a finding; an empty one fits every finding, and all must fit.

    *units* are paths of organisational units: what is in a unit below one of them matches too.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    resource_types: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()

    def covers(
        self, key: FindingKey, tags: Mapping[str, str], account: Account | None = None
    ) -> bool:
        """Say whether all conditions fit; without *account* a unit and an environment do not."""
        return (
            all(tags.get(name) == value for name, value in self.tags.items())
            and (not self.accounts or key.account in self.accounts)
            and (not self.regions or key.region in self.regions)
            and (not self.resource_types or key.resource_type in self.resource_types)
            and (not self.rules or key.rule in self.rules)
            and self._covers_account(account)
        )

    def _covers_account(self, account: Account | None) -> bool:
        if account is None:
            return not self.units and not self.environments
        return (not self.environments or account.environment in self.environments) and (
            not self.units or any(in_unit(account.unit, unit) for unit in self.units)
        )


#: What those who may decide for every team are called as a team.
ANALYSTS = "security-analysts"


@dataclass(frozen=True, slots=True)
class Notify:
    """How a team is called: *mentions* and reminders or not.

    Whatever calls somebody about a finding of a severity *in_channel* is shown there too, not in
    the thread alone.
    """

    mentions: bool = True
    reminds: bool = True
    in_channel: frozenset[Severity] = frozenset()


@dataclass(frozen=True, slots=True)
class Team:
    """Who owns accounts or tagged resources: the channels it reads, and who may decide.

    *approvers* and *approver_groups* are ids of users and user groups with their chat product,
    like ``slack:U0HANNAH``. *escalation* is where it is said that the team does not answer; None
    for where the technical design authority reads. *outsiders* says whether channels that others
    can read are used all the same.
    """

    name: str
    channels: tuple[Channel, ...]
    approvers: frozenset[str]
    approver_groups: frozenset[str]
    matches: tuple[Match, ...]
    notify: Notify = Notify()
    escalation: Channel | None = None
    outsiders: bool = False


@dataclass(frozen=True, slots=True)
class Approvers:
    """Ids of users and of user groups, with their chat product."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


#: What a route is looked up by: the name of a condition and a value of it.
_Clue = tuple[str, str]


class _Routes:
    """Matches in the order of the file, looked up by the condition that fits fewest findings.

    A finding is compared with those matches only that could cover it.
    """

    def __init__(self, teams: Iterable["Team"]) -> None:
        self._in_order = [(match, team) for team in teams for match in team.matches]
        self._by_clue: defaultdict[_Clue, list[int]] = defaultdict(list)
        for number, (match, _) in enumerate(self._in_order):
            for clue in _clues_of_match(match):
                self._by_clue[clue].append(number)

    def first(
        self, key: FindingKey, tags: Mapping[str, str], account: Account | None
    ) -> "Team | None":
        possible = (self._by_clue.get(clue, ()) for clue in _clues_of_finding(key, tags, account))
        for number in sorted(chain.from_iterable(possible)):
            match, team = self._in_order[number]
            if match.covers(key, tags, account):
                return team
        return None


@dataclass(frozen=True)
class Teams:
    """All teams in the order of the file, and the one that gets what no other matches.

    *everywhere* may decide for every team and see every team's findings. *tda_channels* are those
    of the technical design authority.
    """

    ordered: tuple[Team, ...]
    default: str
    tda_channels: tuple[Channel, ...] = ()
    everywhere: Approvers = Approvers()
    #: Who is one person in several chat products.
    people: People = field(default_factory=People)

    @property
    def tda(self) -> Channel | None:
        """Where the technical design authority reads, None where nobody said so."""
        return next(iter(self.tda_channels), None)

    @cached_property
    def _by_name(self) -> Mapping[str, Team]:
        analysts = [self.analysts] if self.analysts else []
        return {team.name: team for team in (*analysts, *self.ordered)}

    @cached_property
    def analysts(self) -> Team | None:
        """Those who may decide for every team, as a team that findings are handed over to.

        They read where the technical design authority does. None where nobody decides for every
        team, or where nobody reads; a team of this name in the file is theirs instead.
        """
        who = self.everywhere
        if not self.tda_channels or not (who.users or who.groups):
            return None
        return Team(ANALYSTS, self.tda_channels, who.users, who.groups, ())

    @property
    def names(self) -> frozenset[str]:
        """The names of all who can have a finding."""
        return frozenset(self._by_name)

    @cached_property
    def _routes(self) -> _Routes:
        return _Routes(self.ordered)

    def __getitem__(self, name: str) -> Team:
        """Return the team called *name*, the default team where the file has it no longer."""
        return self._by_name.get(name) or self._by_name[self.default]

    @property
    def channels(self) -> frozenset[Channel]:
        """Every channel that a team reads."""
        return frozenset(chain.from_iterable(team.channels for team in self._by_name.values()))

    @property
    def operator_channels(self) -> tuple[Channel, ...]:
        """Where faults of the bot itself are reported: the TDA's, else the default team's."""
        return self.tda_channels or self[self.default].channels

    def escalation_of(self, name: str) -> Channel | None:
        """Return where it is said that a team does not answer, None where nobody reads of it."""
        return self[name].escalation or self.tda

    def allows_outsiders(self, channel: Channel) -> bool:
        """Say whether a team of *channel* lets others read there."""
        return any(each.outsiders for each in self.ordered if channel in each.channels)

    def of_channel(self, channel: Channel) -> frozenset[str]:
        """Return the names of the teams that read *channel*."""
        every = self._by_name.values()
        return frozenset(team.name for team in every if channel in team.channels)

    def groups(self) -> frozenset[str]:
        """Return every user group that approves anything."""
        return self.everywhere.groups.union(*(team.approver_groups for team in self.ordered))

    def owner(
        self, key: FindingKey, tags: Mapping[str, str], account: Account | None = None
    ) -> Team:
        """Return the first team one of whose matches covers the finding, else the default team."""
        return self._routes.first(key, tags, account) or self[self.default]


def _clues_of_match(match: Match) -> Iterator[_Clue]:
    """Return the clues one of which every finding has that *match* covers."""
    conditions: tuple[tuple[str, Iterable[str]], ...] = (
        ("account", match.accounts),
        ("rule", match.rules),
        ("unit", match.units),
        ("environment", match.environments),
        ("type", match.resource_types),
        ("region", match.regions),
    )
    if match.tags:
        # One of them is enough, since all must fit.
        name, value = next(iter(match.tags.items()))
        yield f"tag {name}", value
        return
    for kind, values in conditions:
        if values:
            yield from ((kind, value) for value in values)
            return
    yield "every", ""


def _clues_of_finding(
    key: FindingKey, tags: Mapping[str, str], account: Account | None
) -> Iterator[_Clue]:
    yield from ((f"tag {name}", value) for name, value in tags.items())
    yield "account", key.account
    yield "rule", key.rule
    yield "type", key.resource_type
    yield "region", key.region
    yield "every", ""
    if account is not None:
        yield "environment", account.environment
        yield from (("unit", unit) for unit in _units_above(account.unit))


def _units_above(path: str) -> Iterator[str]:
    """Return *path* and every unit above it."""
    names = path.split("/")
    return ("/".join(names[:number]) for number in range(len(names), 0, -1))
