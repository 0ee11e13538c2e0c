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


def letters_of(
    before: Finding, after: Finding, actor: str, action: str, why: str = ""
) -> Iterable[Letter]:
    """Yield what is written to those who asked, after *actor* moved the finding by *action*.

    *why* is the reason that was given with it.
    """
    for asked in before.requests:
        if asked.actor and after.request(asked.verb) is None:
            if _is_granted(asked, before, after):
                yield from _granted(asked, actor)
            else:
                yield from _left(asked, after, actor, action, why)
    yield from _of_decided(before, after, actor, action)


def _of_decided(before: Finding, after: Finding, actor: str, action: str) -> Iterable[Letter]:
    """Yield what became of what had been decided: how a remediation ended."""
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


def _is_granted(asked: Request, before: Finding, after: Finding) -> bool:
    """Whether the request led to what is so now; what was decided before it did not need it."""
    decided = after.decided
    return decided is not None and decided.verb is asked.verb and decided != before.decided


def _granted(asked: Request, actor: str) -> Iterable[Letter]:
    if asked.verb is Verb.REMEDIATE:
        yield _about(asked, Kind.AGREED, by=actor)
    elif asked.needed:
        # One of one's own that nobody has to agree to was answered at the press.
        yield _about(asked, Kind.DONE)


def _left(asked: Request, after: Finding, actor: str, action: str, why: str) -> Iterable[Letter]:
    """Yield what became of a request that waits no longer and was not granted."""
    if action.endswith(" not recorded"):
        yield _about(asked, Kind.FAILED, why=why or after.note)
    elif action == "expire":
        yield _about(asked, Kind.EXPIRED)
    elif action == "aws exception" and asked.verb is Verb.CLEAR:
        yield _about(asked, Kind.DONE)
    elif action != "withdraw":
        yield _about(asked, Kind.MOOT, state=after.state.value)
    elif actor != asked.actor:
        yield _about(asked, Kind.WITHDRAWN, by=actor)


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
            asked = f"Ask again if it still matters: your request for the {noun} of "
            return (asked, *resource, " was not answered in time and has expired.")
        case Kind.WITHDRAWN:
            by = Person(str(detail["by"]))
            return (by, f" withdrew your request for the {noun} of ", *resource, ".")
        case Kind.MOOT:
            over = f" is not needed any more: the finding is {detail.get('state', 'over')}."
            return (f"Your request for the {noun} of ", *resource, over)
    return resource
