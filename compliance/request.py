"""What somebody asked for, who agreed, and how many must. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What can be asked for about a finding."""

    REMEDIATE = "remediate"
    EXCEPT = "except"
    EXTEND = "extend"
    REVOKE = "revoke"
    UNDO = "undo"
    CLEAR = "clear"

    @property
    def noun(self) -> str:
        """What is asked for, as people say it after *the*."""
        return _NOUNS[self]


_NOUNS = {
    Verb.REMEDIATE: "remediation",
    Verb.EXCEPT: "exception",
    Verb.EXTEND: "extension",
    Verb.REVOKE: "end of the exception",
    Verb.UNDO: "undo",
    Verb.CLEAR: "removal of AWS Config's own exception",
}


@dataclass(frozen=True, slots=True)
class Request:
    """*actor* asked for *verb*, and *needed* others must agree.

    *actor* and *agreed* are ids with their chat product, like ``slack:U0HANNAH``. *detail* has
    what was given with it: the class, reason, ticket and end of an exception. *hindrance* says why
    it is agreed and not carried out yet.
    """

    verb: Verb
    actor: str
    needed: int
    asked_at: datetime
    agreed: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    hindrance: str = ""

    @property
    def is_agreed(self) -> bool:
        return len(self.agreed) >= self.needed

    @property
    def deciders(self) -> tuple[str, ...]:
        """Everybody whose word this is: the asker first, then those who agreed, in order."""
        return (self.actor, *self.agreed)

    def agreed_by(self, actor: str) -> "Request":
        """Return the request with *actor*'s agreement; the same object where it adds nothing.

        The asker does not count, and nobody counts twice.
        """
        if actor in self.deciders:
            return self
        return replace(self, agreed=(*self.agreed, actor))
