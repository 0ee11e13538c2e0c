"""Who looks after a finding, until when it is left alone, and whom it was handed over to. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody is on it: *by* is their id with its chat product."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Snooze:
    """Somebody wants to be left alone about it until then, and says why."""

    by: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Care:
    """*handed_to* is the team that has it whatever the routes say; empty where they decide."""

    claim: Claim | None = None
    snooze: Snooze | None = None
    handed_to: str = ""

    def at_rest(self) -> "Care":
        """Return what is left when the finding is over: where it belongs, and nobody on it."""
        return replace(self, claim=None, snooze=None)


NO_CARE = Care()
