"""Which routes a finding misses by a little: a capital, a blank, one digit of an account. Pure."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from compliance.accounts import Account
from compliance.change import FindingKey
from compliance.routing import Match, Team
from compliance.text import clean

#: How alike two names are of which one is a slip of the other: one letter of ten.
_ALIKE = 0.9
#: How alike the names of two tags are that have one value: Team and Teams, Owner and Owners.
_ALIKE_TAGS = 0.75
#: How many are named.
_MOST = 3


def near_misses(
    teams: tuple[Team, ...], key: FindingKey, tags: Mapping[str, str], account: Account | None
) -> tuple[str, ...]:
    """Say, for each route that would cover the finding but for a slip, what the slip is.

    *teams* are those that come before the finding's own: what comes after has no say.
    """
    slips = (
        f"{slip}, so that it did not go to team {team.name}"
        for team in teams
        for match in team.matches
        for slip in _slips(match, key, tags, account)
    )
    return tuple(dict.fromkeys(slips))[:_MOST]


def _slips(
    match: Match, key: FindingKey, tags: Mapping[str, str], account: Account | None
) -> Iterator[str]:
    for name, value in match.tags.items():
        if tags.get(name) != value and (slip := _tag_slip(name, value, tags)):
            yield slip
    for what, wanted, found in (
        ("account", match.accounts, key.account),
        ("Region", match.regions, key.region),
        ("resource type", match.resource_types, key.resource_type),
        ("rule", match.rules, key.rule),
        ("account's environment", match.environments, account.environment if account else ""),
    ):
        near = sorted(each for each in wanted if _is_slip(found, each))
        if found not in wanted and near:
            yield f"its {what} is {found!r}, and a route has {near[0]!r}"


def _tag_slip(name: str, value: str, tags: Mapping[str, str]) -> str:
    """Say which tag is meant to be ``name=value`` and is not."""
    for other, found in sorted(tags.items()):
        is_named = other == name or _is_slip(other, name, _ALIKE_TAGS)
        if is_named and (found == value or _is_slip(found, value)):
            return f"its tag {other!r} is {found!r}, and a route has {name!r}: {value!r}"
    return ""


def _is_slip(found: str, wanted: str, alike: float = _ALIKE) -> bool:
    """Say whether *found* seems to be *wanted*: but for case, blanks, or a letter or digit of ten.

    A * in a route stands for itself, whatever its writer meant.
    """
    if "*" in wanted and fnmatchcase(found, wanted):
        return True
    first, second = (" ".join(clean(each).casefold().split()) for each in (found, wanted))
    return SequenceMatcher(None, first, second).ratio() >= alike
