"""What ``bot.py check`` finds: each thing that is missing, and how to mend it."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from compliance.ineffective import EntryWarning
from compliance.mendable import MendableError

_UNWRITABLE = "Ignore records nothing until the bot can write the allowlist."
_NO_LEDGER = "Let the bot write the database of DATABASE_URL; the log has the whole error."
_INEFFECTIVE = "Mend the entry, or take it out."


class Format(StrEnum):
    """How checks are printed: for a person, or as annotations of a pull request."""

    TEXT = "text"
    GITHUB = "github"


class Writable(Protocol):
    def unwritable(self) -> str:
        """Say why an exception could not be written, empty when it could."""


class Written(Protocol):
    def problem(self) -> str:
        """Say what keeps the ledger from being written, empty where nothing does."""


class Assembled(Protocol):
    """The whole bot."""

    def checks(self) -> Iterable["Check"]: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; *problem* is empty when it is as it should be.

    A *warning* is what somebody should know, and what may be wanted all the same. *file* and
    *line* say where a problem is written.
    """

    what: str
    problem: str = ""
    remedy: str = ""
    warning: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        if self.problem:
            return f"missing  {self.what}: {self.problem}\n         {self.remedy}".rstrip()
        if self.warning:
            return f"warning  {self.what}: {self.warning}\n         {self.remedy}".rstrip()
        return f"ok       {self.what}"


def check_allowlist(allowlist: Writable) -> Check:
    problem = allowlist.unwritable()
    return Check("allowlist is writable", problem, _UNWRITABLE if problem else "")


def check_ledger(ledger: Written) -> Check:
    problem = ledger.problem()
    return Check("ledger is writable", problem, _NO_LEDGER if problem else "")


def check_entries(warnings: Iterable[EntryWarning], file: str = "") -> Iterator[Check]:
    """Name each entry that does not do what it seems to."""
    for warning in warnings:
        what = f"allowlist, line {warning.line}"
        yield Check(what, warning.text, _INEFFECTIVE, file=file, line=warning.line)


def checking(
    asked: Namespace,
    files: Callable[[str], tuple[str, Sequence[EntryWarning]]],
    assemble: Callable[[str], Assembled],
) -> Iterator[Check]:
    """Look at everything, or at the *files* alone; both take the allowlist to look at."""
    if not asked.offline:
        yield from assemble(asked.allowlist).checks()
        return
    file, warnings = files(asked.allowlist)
    yield Check("configuration can be read")
    yield from check_entries(warnings, file)


def print_all(checks: Iterable[Check], style: Format = Format.TEXT) -> int:
    """Print each check as it is made, and the sum; return 1 where something is missing, else 0.

    What cannot be read at all ends the checks, and is missing too.
    """
    number = missing = warnings = 0
    for check in _all(checks):
        number += 1
        missing += bool(check.problem)
        warnings += bool(check.warning and not check.problem)
        _print(check, style)
    warned = f", {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else ""
    sys.stdout.write(f"{missing} of {number} missing{warned}\n")
    return int(missing > 0)


def _all(checks: Iterable[Check]) -> Iterator[Check]:
    try:
        yield from checks
    except MendableError as error:
        for file, line, problem in error.located():
            where = f"{file}, line {line}" if line else file
            yield Check(where or "set-up", problem, file=file if line else "", line=line)


def _print(check: Check, style: Format) -> None:
    sys.stdout.write(f"{_STYLES[style](check)}\n")
    sys.stdout.flush()


def _annotation(check: Check) -> str:
    """Return the check as GitHub shows it beside the line of a pull request.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    said = check.problem or check.warning
    if not said:
        return str(check)
    level = "error" if check.problem else "warning"
    at = f" file={_property(check.file)},line={check.line}" if check.file else ""
    text = said if check.file else f"{check.what}: {said}"
    return f"::{level}{at}::{_data(f'{text} {check.remedy}'.rstrip())}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_STYLES: dict[Format, Callable[[Check], str]] = {Format.TEXT: str, Format.GITHUB: _annotation}
