"""How much an exception covers, as it is asked for: a resource, or many that have a rule. Pure."""

from collections.abc import Mapping

from compliance.allowlist import ANY
from compliance.change import FindingKey

#: This resource alone; the others are for those who may decide for all teams.
RESOURCE = ""
REGION, ACCOUNT, EVERYWHERE = "region", "account", "everywhere"
_TAG = "tag "
#: A form offers no more tags than this, the first in their order.
_TAGS_MAX = 8


def scopes(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return what an exception for a resource with *tags* can cover beside the resource alone."""
    tagged = (f"{_TAG}{name}={value}" for name, value in sorted(tags.items()) if "=" not in name)
    return (REGION, ACCOUNT, EVERYWHERE, *list(tagged)[:_TAGS_MAX])


def tag_of(scope: str) -> tuple[str, str] | None:
    """Return the name and the value of the tag that *scope* is about, None where it is not."""
    if not scope.startswith(_TAG):
        return None
    name, _, value = scope.removeprefix(_TAG).partition("=")
    return name, value


def covered(scope: str, key: FindingKey) -> tuple[str, str, str]:
    """Return account, Region and resource of an entry with *scope*; raises ValueError."""
    places = {
        RESOURCE: (key.account, key.region, key.resource_id),
        REGION: (key.account, key.region, ANY),
        ACCOUNT: (key.account, ANY, ANY),
        EVERYWHERE: (ANY, ANY, ANY),
    }
    if tag_of(scope):
        return ANY, ANY, ANY
    if scope not in places:
        raise ValueError(f"no scope {scope!r}")
    return places[scope]


def in_words(scope: str, key: FindingKey, account: str = "") -> str:
    """Say what *scope* covers; *account* is how people call the account."""
    account = account or key.account
    if tag := tag_of(scope):
        return f"Every resource with the tag {tag[0]}={tag[1]}, in every account"
    return {
        RESOURCE: "This resource alone",
        REGION: f"Every resource in {account}, {key.region}",
        ACCOUNT: f"Every resource in {account}, all Regions",
        EVERYWHERE: "Every resource in every account",
    }[scope]
