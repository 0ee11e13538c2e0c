"""The words that a finding is found by: its resource's names, its owner, who asked. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.finding import SETTLED, Finding, State
from compliance.text import clean

#: What stands before an owner, and before who asked for what waits or is in force, among the words:
#: nobody who looks for a name begins it so.
OWNER, ASKED = "=owner=", "=asked="
#: Tags that name who owns a resource, as letters alone: ``Owner``, ``owner-email``, ``Contact``.
_OWNER_TAGS = frozenset({"owner", "owners", "owneremail", "contact", "department", "team"})
#: Longer words than this are found by their beginning.
_WORD_MAX = 200
_WORDS_MAX = 24
_PARTS = re.compile(r"[\W_]+")
_ARN = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:([a-z0-9-]*):([0-9]*):(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arn:
    """What an ARN says of its resource; account and Region are empty where it has none."""

    account: str
    region: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Arn | None":
        """Return the parts of *text*, None where it is not an ARN."""
        found = _ARN.fullmatch(text.strip())
        if found is None:
            return None
        return cls(account=found[2], region=found[1], name=_last_part(found[3]))


def fold(text: str) -> str:
    """Return *text* as it is compared: case and kinds of blanks make no difference."""
    return " ".join(clean(text).casefold().split())


def parts(text: str) -> tuple[str, ...]:
    """Return the words that a folded name is made of: ``repairs-photos`` is two."""
    return tuple(each for each in _PARTS.split(text) if each)


def words_of(finding: Finding) -> frozenset[str]:
    """Return the words by which *finding* is found; none of a resource that never broke the rule.

    A name is one as a whole, and so is each part of it.
    """
    if finding.state is State.COMPLIANT:
        return frozenset()
    askers = {request.actor for request in finding.requests}
    if finding.decided and finding.state not in SETTLED:
        askers.add(finding.decided.actor)
    return words(finding.resource_name, finding.key.resource_id, finding.tags, askers)


def words(
    name: str, resource_id: str, tags: Mapping[str, str], askers: Iterable[str]
) -> frozenset[str]:
    """Return the words of a resource with these names and tags, and of who asked about it."""
    named: dict[str, None] = {}
    for text in filter(None, (name, resource_id)):
        named |= dict.fromkeys(_words(text))
    owners = (fold(value) for tag, value in tags.items() if _names_owner(tag))
    kept = (
        *list(named)[:_WORDS_MAX],
        *(f"{OWNER}{each}" for each in owners if each),
        *(f"{ASKED}{fold(each)}" for each in askers if each),
    )
    return frozenset(word[:_WORD_MAX] for word in kept)


def _words(text: str) -> Iterable[str]:
    whole = fold(text)
    yield whole
    if arn := Arn.parse(whole):
        # What stands before the name is the same for thousands.
        whole = arn.name
        yield whole
    yield from parts(whole)


def _last_part(resource: str) -> str:
    """Return the name in ``function:rent-arrears`` and ``table/repairs``."""
    return re.split("[:/]", resource)[-1] or resource


def _names_owner(tag: str) -> bool:
    return "".join(filter(str.isalnum, tag.casefold())) in _OWNER_TAGS
