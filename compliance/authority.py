"""Who may decide about a finding: one function for every way in, deny by default. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from compliance.request import Request
from compliance.routing import Team, Teams


class Standing(StrEnum):
    """What the chat product says of a person; only a member may decide.

    Slack Connect users and guests can press buttons, so the bot itself has to refuse them
    (slack FACTS, "Who can click").
    """

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the chat product knows them now, with the user groups they belong to."""

    id: str
    name: str = ""
    standing: Standing = Standing.UNKNOWN
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed; where it is not, *reason* is a sentence for the person who asked.

    *of_all_teams* says that only those could who may decide for every team.
    """

    allowed: bool
    reason: str = ""
    of_all_teams: bool = False


ALLOWED = Verdict(True)

_BARRED = {
    Standing.GUEST: "You are a guest in this workspace. The bot does not answer guests, and guests "
    "cannot decide about findings.",
    Standing.EXTERNAL: "You belong to another organisation. The bot answers only members of this "
    "workspace, and only members can decide about findings.",
    Standing.BOT: "The bot does not answer other bots, and they cannot decide about findings.",
    Standing.DEACTIVATED: "This account is deactivated: it cannot decide about findings.",
    Standing.UNKNOWN: "Try again in a minute: the workspace did not confirm who you are. "
    "Nothing was done.",
}

_AGREED_ELSEWHERE = "You agreed already in another chat product, and one person counts once."
_MAYBE_ONE = (
    "You and somebody who decided already are in different chat products, and people.yaml does not "
    "say that you are two people. An administrator can name you there, or somebody else can agree."
)
_WIDE = (
    "This exception covers more than one resource, so only those who may decide for all teams can "
    "decide about it."
)


def may_ask(actor: Actor) -> Verdict:
    """Say whether *actor* may be answered at all: numbers of all teams are not for everybody."""
    if actor.standing is not Standing.MEMBER:
        return Verdict(False, _BARRED[actor.standing])
    return ALLOWED


def may_decide(actor: Actor, team: Team, teams: Teams) -> Verdict:
    """Say whether *actor* may decide about a finding of *team*."""
    if not (asking := may_ask(actor)).allowed:
        return asking
    users = team.approvers | teams.everywhere.users
    groups = team.approver_groups | teams.everywhere.groups
    if actor.id in users or actor.groups & groups:
        return ALLOWED
    return Verdict(False, f"Only the approvers of team {team.name} can decide about this finding.")


def may_decide_everywhere(actor: Actor, teams: Teams) -> Verdict:
    """Say whether *actor* may decide about what covers the resources of many teams."""
    if not (asking := may_ask(actor)).allowed:
        return asking
    if actor.id in teams.everywhere.users or actor.groups & teams.everywhere.groups:
        return ALLOWED
    return Verdict(False, _WIDE, of_all_teams=True)


def may_agree(actor: Actor, request: Request, team: Team, teams: Teams) -> Verdict:
    """Say whether *actor* may agree to *request*: each who counts is provably another person."""
    people = teams.people
    if people.same(actor.id, request.actor):
        return Verdict(
            False, f"You asked for the {request.verb.noun}, so somebody else has to agree."
        )
    for each in request.deciders:
        if each == actor.id or people.are_different((actor.id, each)):
            continue
        is_same = people.same(actor.id, each)
        return Verdict(False, _AGREED_ELSEWHERE if is_same else _MAYBE_ONE)
    return may_decide(actor, team, teams)


def who_can(
    team: Team | None, teams: Teams, barred: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the users and of the user groups who may decide, each in order.

    Without a *team*, about what concerns all of them. *barred* are the ids of people who may not
    decide about this, although they may about others.
    """
    users, groups = teams.everywhere.users, teams.everywhere.groups
    if team is not None:
        users, groups = users | team.approvers, groups | team.approver_groups
    return tuple(sorted(teams.people.without(users, barred))), tuple(sorted(groups))
