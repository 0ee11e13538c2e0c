"""Explain: why a finding went to its team, which route it just missed, and who may decide."""

from itertools import takewhile

from commands.answers import Explained
from commands.view import View
from compliance.authority import who_can
from compliance.finding import Finding
from compliance.near_misses import near_misses
from compliance.routing import Match


def explain(view: View, finding: Finding) -> Explained:
    context = view.context
    team = context.team(finding)
    about = finding.key, finding.tags, view.accounts.get(finding.key.account)
    match = next((each for each in team.matches if each.covers(*about)), None)
    # The first match wins: only the routes before it could have taken the finding.
    before = takewhile(lambda each: match is None or each != team, context.teams.ordered)
    others = tuple(each for each in before if each != team)
    missed = "".join(f"But {each}. " for each in near_misses(others, *about))
    users, groups = who_can(team, context.teams)
    return Explained(
        f"{finding.id} went to team {team.name} because {_why(match)}. "
        f"{missed}These people may decide about it:",
        users,
        groups,
    )


def _why(match: Match | None) -> str:
    if match is None:
        return "no team's routes match it, and this team is the default"
    parts = [f"its tag {name} is {value}" for name, value in match.tags.items()]
    parts += [
        f"its {what} is one of {', '.join(sorted(wanted))}"
        for what, wanted in (
            ("account", match.accounts),
            ("Region", match.regions),
            ("resource type", match.resource_types),
            ("rule", match.rules),
            ("unit", match.units),
            ("environment", match.environments),
        )
        if wanted
    ]
    return " and ".join(parts) or "its first route takes every finding"
