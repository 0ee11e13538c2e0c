"""What ``bot.py check`` finds: each thing that is missing, and how to mend it."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from compliance.ineffective import EntryWarning

_UNWRITABLE = "Ignore records nothing until the bot can write the allowlist."
_INEFFECTIVE = "Mend the entry, or take it out."


class Writable(Protocol):
    def unwritable(self) -> str:
        """Say why an exception could not be written, empty when it could."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; *problem* is empty when it is as it should be."""

    what: str
    problem: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        if not self.problem:
            return f"ok       {self.what}"
        return f"missing  {self.what}: {self.problem}\n         {self.remedy}".rstrip()


def check_allowlist(allowlist: Writable) -> Check:
    problem = allowlist.unwritable()
    return Check("allowlist, to be written", problem, _UNWRITABLE if problem else "")


def check_entries(warnings: Iterable[EntryWarning]) -> Iterator[Check]:
    """Name each entry that does not do what it seems to."""
    for warning in warnings:
        yield Check(f"allowlist, line {warning.line}", warning.text, _INEFFECTIVE)


def print_all(checks: Iterable[Check]) -> int:
    """Print each check as it is made; return 1 where something is missing, else 0."""
    missing = False
    for check in checks:
        sys.stdout.write(f"{check}\n")
        sys.stdout.flush()
        missing = missing or bool(check.problem)
    return int(missing)
