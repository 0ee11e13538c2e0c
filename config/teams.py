"""Loads ``teams.yaml``: who owns what, where they are written, and who may decide."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from compliance.channel import Channel
from compliance.routing import Approvers, Match, Notify, Team, Teams
from compliance.rules import Catalogue, Severity
from config.faults import ConfigError, Document, Fault, nearest, read, unknown_rule, validate
from config.shapes import (
    AccountId,
    ChannelId,
    Region,
    ResourceType,
    Strict,
    Text,
    UserGroupId,
    UserId,
)


class _Approvers(Strict):
    """Who may decide; nobody else may, and guests, bots and outsiders never."""

    users: list[UserId] = Field(default=[], description="Ids of people: U012AB3CD, or teams:….")
    groups: list[UserGroupId] = Field(
        default=[], description="Ids of user groups: S012AB3CD, or teams:…."
    )

    def approvers(self) -> Approvers:
        return Approvers(frozenset(self.users), frozenset(self.groups))


class _Match(Strict):
    """What a team owns: all conditions of one entry have to fit."""

    tags: dict[str, Text] = Field(
        default={}, description="Tags that the resource has, letter by letter."
    )
    accounts: list[AccountId] = Field(
        default=[], description="One of these accounts, ids in quotes."
    )
    regions: list[Region] = Field(default=[], description="One of these Regions.")
    resource_types: list[ResourceType] = Field(
        default=[], description="One of these types: AWS::S3::Bucket."
    )
    rules: list[Text] = Field(default=[], description="One of these rules of rules.yaml.")
    units: list[Text] = Field(
        default=[], description="An account in one of these organisational units."
    )
    environments: list[Text] = Field(
        default=[], description="An account of one of these environments."
    )

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        """A list that was left empty would give the team what every other one owns."""
        if not self.model_fields_set or not all(
            getattr(self, name) for name in self.model_fields_set
        ):
            raise ValueError(
                "expected a condition, and something in each; the default team owns the rest"
            )
        return self

    def match(self) -> Match:
        return Match(
            tags=self.tags,
            accounts=frozenset(self.accounts),
            regions=frozenset(self.regions),
            resource_types=frozenset(self.resource_types),
            rules=frozenset(self.rules),
            units=frozenset(unit.strip("/") for unit in self.units),
            environments=frozenset(self.environments),
        )


class _Read(Strict):
    """Who reads channels: one, as ``channel``, or several, as ``channels``."""

    channel: ChannelId | None = Field(default=None, description="The one channel: C012AB3CD.")
    channels: Annotated[list[ChannelId], Field(min_length=1)] | None = Field(
        default=None,
        description="Several channels, in place of channel: slack:C012AB3CD, teams:19:….",
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.channel is None) == (self.channels is None):
            raise ValueError("expected either channel or channels")
        return self

    def ordered(self) -> tuple[Channel, ...]:
        """Return the channels in the order of the file, each once."""
        written = self.channels or filter(None, [self.channel])
        return tuple(dict.fromkeys(map(Channel.parse, written)))


class _Urgent(Strict):
    """Whose calls are shown in the channel too."""

    urgent: Annotated[list[Severity], Field(min_length=1)] = Field(
        description="The severities whose calls are shown in the channel too."
    )


class _Team(_Read):
    """A team."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] = Field(
        description="The team's name: small letters, digits and hyphens."
    )
    approvers: _Approvers = Field(description="Who may decide about the team's findings.")
    owns: list[_Match] = Field(default=[], description="What the team owns: one entry is enough.")
    notify: Literal["quiet", "normal"] | _Urgent = Field(
        default="normal",
        description="How the team is called: quiet, without mentions and reminders; normal; or "
        "urgent, with the severities whose calls are shown in the channel too.",
    )
    escalation: ChannelId | None = Field(
        default=None,
        description="The channel that is told when the team does not answer; without it the TDA's.",
    )
    outsiders: Literal["allowed", "ask"] = Field(
        default="ask",
        description="Whether cards come to a channel that guests or other organisations can read.",
    )

    def notified(self) -> Notify:
        if isinstance(self.notify, _Urgent):
            return Notify(in_channel=frozenset(self.notify.urgent))
        is_quiet = self.notify == "quiet"
        return Notify(mentions=not is_quiet, reminds=not is_quiet)


class TeamsFile(Strict):
    """Who owns what, where each team is told, and who may decide."""

    teams: Annotated[list[_Team], Field(min_length=1)] = Field(
        description="The teams; the first that owns a finding gets it."
    )
    default: Text = Field(description="The team that gets what the others do not own.")
    everywhere: _Approvers = Field(
        default=_Approvers(), description="Who may decide for every team: the security analysts."
    )
    tda: _Read | None = Field(
        default=None, description="The technical design authority's channel, for the weekly digest."
    )


def load_teams(path: Path, catalogue: Catalogue, accounts: Collection[str]) -> Teams:
    """Return the teams; raises ConfigError with every fault, unknown rules and accounts too."""
    document = read(path)
    written = validate(document, TeamsFile)
    faults = list(_inconsistent(document, written, catalogue, accounts))
    if faults:
        raise ConfigError(faults)
    return Teams(
        ordered=tuple(
            Team(
                name=team.name,
                channels=team.ordered(),
                approvers=frozenset(team.approvers.users),
                approver_groups=frozenset(team.approvers.groups),
                matches=tuple(each.match() for each in team.owns),
                notify=team.notified(),
                escalation=Channel.parse(team.escalation) if team.escalation else None,
                outsiders=team.outsiders == "allowed",
            )
            for team in written.teams
        ),
        default=written.default,
        tda_channels=written.tda.ordered() if written.tda else (),
        everywhere=written.everywhere.approvers(),
    )


def _inconsistent(
    document: Document, written: TeamsFile, catalogue: Catalogue, accounts: Collection[str]
) -> Iterator[Fault]:
    names = [team.name for team in written.teams]
    if written.default not in names:
        problem = f"expected one of the teams, found {written.default!r}"
        yield document.fault(("default",), f"{problem}{nearest(written.default, names)}")
    everywhere = written.everywhere.users or written.everywhere.groups
    for number, team in enumerate(written.teams):
        at = ("teams", number)
        if team.name in names[:number]:
            yield document.fault(
                (*at, "name"), f"expected each name once, found another {team.name!r} above"
            )
        if not (team.approvers.users or team.approvers.groups or everywhere):
            yield document.fault((*at, "approvers"), "expected at least one user or group")
        for entry, match in enumerate(team.owns):
            yield from _unknown(document, (*at, "owns", entry), match, catalogue, accounts)


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
