"""What people are told directly: what became of what they asked for themselves. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from compliance.finding import IN_PROGRESS, Finding, State
from compliance.prose import Person, Prose
from compliance.request import Request, Verb


class Kind(StrEnum):
    """What a letter is about; the last three are not for one person."""

    AGREED = "agreed"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MOOT = "moot"
    ESCALATED = "escalated"
    SUCCEEDED = "succeeded"
    OUTSIDERS = "outsiders"


#: What many of may go to one person in one message.
PERSONAL = frozenset(Kind) - {Kind.ESCALATED, Kind.SUCCEEDED, Kind.OUTSIDERS}


@dataclass(frozen=True, slots=True)
class Letter:
    """*detail* is what the words need besides the finding."""

    person: str
    kind: Kind
    detail: Mapping[str, Any] = field(default_factory=dict)


def letters_of(before: Finding, after: Finding, actor: str, action: str) -> Iterable[Letter]:
    """Yield what is written to those who asked, after *actor* moved the finding by *action*."""
    yield from _of_requests(before, after, actor, action)
    asked = before.decided
    if asked is None or after.state is before.state or not asked.actor:
        return
    if asked.verb is Verb.REMEDIATE and before.state in IN_PROGRESS:
        if after.state is State.RESOLVED:
            yield _about(asked, Kind.DONE)
        elif after.state in {State.FAILED, State.NOT_VERIFIED}:
            yield _about(asked, Kind.FAILED, why=after.note)
        elif action == "withdraw" and actor != asked.actor:
            yield _about(asked, Kind.WITHDRAWN, by=actor)


def _of_requests(before: Finding, after: Finding, actor: str, action: str) -> Iterable[Letter]:
    """Yield what became of requests that waited, for each that waits no longer."""
    for asked in before.requests:
        if asked.actor and after.request(asked.verb) is None:
            yield from _of_request(asked, after, actor, action)


def _of_request(asked: Request, after: Finding, actor: str, action: str) -> Iterable[Letter]:
    if after.decided is not None and after.decided.verb is asked.verb:
        if asked.verb is Verb.REMEDIATE:
            yield _about(asked, Kind.AGREED, by=actor)
        elif asked.needed:
            # One of one's own that nobody has to agree to was answered at the press.
            yield _about(asked, Kind.DONE)
        return
    letters = {
        "withdraw": _about(asked, Kind.WITHDRAWN, by=actor),
        "expire": _about(asked, Kind.EXPIRED),
        "exception not recorded": _about(asked, Kind.FAILED, why=after.note),
    }
    if action != "withdraw" or actor != asked.actor:
        yield letters.get(action) or _about(asked, Kind.MOOT, state=after.state.value)


def _about(asked: Request, kind: Kind, **detail: str) -> Letter:
    return Letter(asked.actor, kind, {"noun": asked.verb.noun, **detail})


def words_of(kind: Kind, detail: Mapping[str, Any], resource: Prose) -> Prose:
    """Return the sentence of a letter about *resource*."""
    noun = detail.get("noun", "")
    match kind:
        case Kind.AGREED:
            by = Person(str(detail["by"]))
            return (by, f" agreed to the {noun} that you asked for: ", *resource, ".")
        case Kind.DONE:
            return (f"Done: the {noun} that you asked for, of ", *resource, ".")
        case Kind.FAILED:
            return (f"The {noun} of ", *resource, f" failed. {detail.get('why', '')}".rstrip())
        case Kind.EXPIRED:
            asked = f"Nobody answered your request for the {noun} of "
            return (asked, *resource, " in time, so it has expired. Ask again if it still matters.")
        case Kind.WITHDRAWN:
            by = Person(str(detail["by"]))
            return (by, f" withdrew your request for the {noun} of ", *resource, ".")
        case Kind.MOOT:
            over = f" is not needed any more: the finding is {detail.get('state', 'over')}."
            return (f"Your request for the {noun} of ", *resource, over)
    return resource
