"""Which version of the allowlist is in force, beside the one that its shelf has now."""

import logging
from dataclasses import dataclass

from compliance.allowlist import Allowlist, Entry, UneditableAllowlistError
from compliance.rules import Catalogue, canonical_name
from compliance.shelf import Lineage, Memory, Shelf, ShelfError, Text, UnfitTextError
from compliance.text import without_numbers
from config.allowlist import Parsed, parse_allowlist
from config.faults import ConfigError, Fault

log = logging.getLogger(__name__)

#: How many faults a message names; the log has them all.
_FAULTS_MAX = 5
_LOST_SHOWN = 3
_STAYS = "the last good version stays in force"

BEING_CHANGED = (
    "{name} has just lost entries, and may be half written; this is done as soon as it is seen to "
    "be whole"
)
REWRITTEN = (
    "{name} was rewritten and has lost exceptions: {lost}. Put them back, or restart the bot to "
    "accept that they are gone; until then the last good version stays in force"
)
IN_FORCE = (
    "The last good version stays in force. What people decide is kept, and is written as soon as "
    "it can be."
)
UNKNOWN = (
    "No version of it is known yet. What is excepted stays so until its end, and no remediation "
    "starts. What people decide is kept, and is written as soon as it can be."
)


class AwayError(ConfigError):
    """The shelf does not give its text. What that text says is not known to be wrong."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text, what is in it, and which version of the shelf it is."""

    text: Text
    parsed: Parsed

    def entries(self) -> frozenset[Entry]:
        return frozenset(self.parsed.entries)


class Versions:
    """The version in force, and what keeps the shelf's own from being it.

    *current* is the allowlist in force. At the start, a shelf that is away or broken raises
    ConfigError, unless there is a *memory*: then what it has is in force, and is not taken for the
    newest. While running, the last good version stays in force.
    """

    def __init__(self, shelf: Shelf, catalogue: Catalogue, memory: Memory | None = None) -> None:
        self._shelf = shelf
        self._catalogue = catalogue
        self._memory = memory
        self._version: Version | None = None
        # A version that has lost entries, until it is seen again.
        self._doubted: Version | None = None
        # A revision that is broken, and how.
        self._broken: tuple[str, ConfigError] | None = None
        self._kept = ""
        self.fault: ConfigError | None = None
        self.current = Allowlist(is_newest=False)
        self._begin()

    def problem(self) -> str:
        """Say what is wrong and what is in force meanwhile, empty when all is as it should be."""
        if self.fault is None:
            return ""
        return f"{shown(self.fault)}\n{UNKNOWN if self.current.is_unknown else IN_FORCE}"

    def latest(self) -> Version:
        """Return what the shelf has now; raises where it is broken, or may be half written."""
        self.look(again=False)
        if self.fault:
            raise self.fault.with_traceback(None)
        if self._doubted or not self._version:
            raise UneditableAllowlistError(BEING_CHANGED.format(name=self._shelf.name))
        return self._version

    def look(self, *, again: bool) -> None:
        """Take what the shelf has; *again* says that time has passed since it was last seen."""
        try:
            version = self._read()
        except ConfigError as error:
            self._note(error)
            return
        self.fault = None
        if version is self._version and self.current.is_newest:
            self._doubted = None
        elif lost := self._doubtful(version, again=again):
            self._doubted = version
            if version.text.lineage is Lineage.REWRITTEN:
                name = self._shelf.name
                self._note(ConfigError([Fault("", 0, "", REWRITTEN.format(name=name, lost=lost))]))
        else:
            self.take(version)
            log.info("the allowlist was read again", extra={"entries": len(self.current)})

    def take(self, version: Version, *, is_newest: bool = True) -> None:
        """Let *version* be in force."""
        parsed = version.parsed
        self._version, self._doubted, self.fault = version, None, None
        self.current = Allowlist(parsed.entries, self._canonical, parsed.lines, is_newest)

    def keep(self) -> None:
        """Let the memory have the version in force, for a start at which the shelf is away."""
        version = self._version
        if self._memory and version and self.current.is_newest:
            if version.text.revision != self._kept:
                self._memory.keep(version.text)
            self._kept = version.text.revision

    def _begin(self) -> None:
        try:
            self.take(self._read())
        except ConfigError as error:
            if self._memory is None:
                raise
            known = self._recalled(self._memory)
            if known is None and not isinstance(error, AwayError):
                raise
            if known:
                self.take(known, is_newest=False)
            self._note(error)

    def _recalled(self, memory: Memory) -> Version | None:
        """Return the last good version, None where there is none, or none for this bot."""
        text = memory.recall()
        try:
            return Version(text, parse_allowlist(text.text, self._shelf.name)) if text else None
        except ConfigError as error:
            log.error("the last good version cannot be read", extra={"why": str(error)})
            return None

    def _doubtful(self, version: Version, *, again: bool) -> str:
        """Return which exceptions *version* has lost without anybody having meant it, perhaps.

        An editor that writes in place empties the file first: what is seen twice is meant. A branch
        that was rewritten may have lost what others had written to it.
        """
        if version.text.lineage is Lineage.MEANT:
            return ""
        if version.text.lineage is Lineage.UNKNOWN and again and version is self._doubted:
            return ""
        kept = version.entries()
        # What has an id and is there under it was changed, and not lost.
        ids = {each.id for each in kept} - {""}
        gone = (each for each in self.current.entries if each not in kept and each.id not in ids)
        lost = [each.resource for each in gone]
        more = f" and {len(lost) - _LOST_SHOWN} more" if len(lost) > _LOST_SHOWN else ""
        return f"{', '.join(lost[:_LOST_SHOWN])}{more}"

    def _read(self) -> Version:
        """Return the shelf's version, each parsed once; raises ConfigError."""
        try:
            text = self._shelf.read()
        except UnfitTextError as error:
            raise AwayError([Fault(error.file, error.line, "", error.problem)]) from error
        except ShelfError as error:
            raise AwayError([Fault("", 0, "", str(error))]) from error
        for known in (self._version, self._doubted):
            if known and text.revision == known.text.revision:
                return known
        if self._broken and text.revision == self._broken[0]:
            raise self._broken[1].with_traceback(None)
        try:
            return Version(text, parse_allowlist(text.text, self._shelf.name))
        except ConfigError as error:
            self._broken = text.revision, error
            raise

    def _canonical(self, rule: str) -> str:
        return canonical_name(self._catalogue, rule)

    def _note(self, error: ConfigError) -> None:
        if self.fault and _is_said_again(self.fault, error):
            return
        left = "no version of it is known" if self.current.is_unknown else _STAYS
        log.error(
            "the allowlist cannot be read; %s",
            left,
            extra={"faults": [str(fault) for fault in error.faults]},
        )
        self.fault = error


def _is_said_again(fault: ConfigError, error: ConfigError) -> bool:
    """Whether *error* is no news: of a place that is away, how long it was waited for is none."""
    if isinstance(error, AwayError):
        return without_numbers(str(fault)) == without_numbers(str(error))
    return str(fault) == str(error)


def shown(error: Exception) -> str:
    """Return what is wrong, the first faults of many."""
    if not isinstance(error, ConfigError):
        return str(error)
    faults = [str(fault) for fault in error.faults[:_FAULTS_MAX]]
    if more := len(error.faults) - len(faults):
        faults.append(f"and {more} more; bot.py check names them all")
    return "\n".join(faults)
