"""Loads ``teams.yaml``: who owns what, where they are told, and who may decide."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from compliance.channel import qualified
from compliance.routing import Approvers, Match, Team, Teams
from compliance.rules import Catalogue
from config.faults import ConfigError, Document, Fault, nearest, read, unknown_rule, validate
from config.shapes import AccountId, Channel, Group, Region, Strict, Text, User


class _Approvers(Strict):
    users: list[User] = []
    groups: list[Group] = []

    def approvers(self) -> Approvers:
        return Approvers(
            frozenset(map(qualified, self.users)), frozenset(map(qualified, self.groups))
        )


class _Match(Strict):
    tags: dict[str, Text] = {}
    accounts: list[AccountId] = []
    regions: list[Region] = []
    resource_types: list[Text] = []
    rules: list[Text] = []

    def match(self) -> Match:
        return Match(
            tags=self.tags,
            accounts=frozenset(self.accounts),
            regions=frozenset(self.regions),
            resource_types=frozenset(self.resource_types),
            rules=frozenset(self.rules),
        )


class _Team(Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    channel: Channel
    approvers: _Approvers
    owns: list[_Match] = []


class _Tda(Strict):
    channel: Channel


class _Teams(Strict):
    teams: Annotated[list[_Team], Field(min_length=1)]
    default: Text
    everywhere: _Approvers = _Approvers()
    tda: _Tda | None = None


def load_teams(path: Path, catalogue: Catalogue, accounts: Collection[str]) -> Teams:
    """Return the teams; raises ConfigError with every fault, unknown rules and accounts too."""
    document = read(path)
    told = validate(document, _Teams)
    faults = list(_inconsistent(document, told, catalogue, accounts))
    if faults:
        raise ConfigError(faults)
    return Teams(
        ordered=tuple(
            Team(
                name=team.name,
                channel=team.channel,
                approvers=team.approvers.approvers().users,
                approver_groups=team.approvers.approvers().groups,
                matches=tuple(each.match() for each in team.owns),
            )
            for team in told.teams
        ),
        default=told.default,
        tda_channel=told.tda.channel if told.tda else "",
        everywhere=told.everywhere.approvers(),
    )


def _inconsistent(
    document: Document, told: _Teams, catalogue: Catalogue, accounts: Collection[str]
) -> Iterator[Fault]:
    names = [team.name for team in told.teams]
    if told.default not in names:
        yield document.fault(
            ("default",),
            f"expected one of the teams, found {told.default!r}{nearest(told.default, names)}",
        )
    everywhere = told.everywhere.users or told.everywhere.groups
    for number, team in enumerate(told.teams):
        place = ("teams", number)
        if team.name in names[:number]:
            yield document.fault((*place, "name"), f"a team {team.name!r} stands above already")
        if not (team.approvers.users or team.approvers.groups or everywhere):
            yield document.fault((*place, "approvers"), "expected at least one user or group")
        for at, match in enumerate(team.owns):
            yield from _unknown(document, (*place, "owns", at), match, catalogue, accounts)


def _unknown(
    document: Document,
    place: tuple[str | int, ...],
    match: _Match,
    catalogue: Catalogue,
    accounts: Collection[str],
) -> Iterator[Fault]:
    for number, rule in enumerate(match.rules):
        if rule not in catalogue:
            yield document.fault((*place, "rules", number), unknown_rule(rule, catalogue))
    for number, account in enumerate(match.accounts):
        if accounts and account not in accounts:
            problem = f"no account {account!r} in bot.yaml{nearest(account, accounts)}"
            yield document.fault((*place, "accounts", number), problem)
