"""Keeps the allowlist in memory, as its shelf has it, and changes it there."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field, fields, replace
from itertools import groupby

from compliance.allowlist import (
    Allowlist,
    Entry,
    UneditableAllowlistError,
    UnreviewedAllowlistError,
    UnwritableAllowlistError,
)
from compliance.rules import Catalogue
from compliance.shelf import (
    Draft,
    Memory,
    Shelf,
    ShelfBusyError,
    ShelfConflictError,
    ShelfError,
    ShelfReviewError,
)
from compliance.text import clean
from config.allowlist import Parsed
from config.edits import add_entries, end_of_entry, remove_entry, replace_entry
from config.faults import ConfigError
from config.versions import Version, Versions, shown

log = logging.getLogger(__name__)

#: A place that answers slowly does not keep everybody who decides waiting.
_PATIENCE_SECONDS = 5.0
#: How often a change is made anew because somebody else's came in between.
_TRIES = 10

SLOW = "{name} answers slowly, and others write to it just now"
MISSING = "{name} does not have this entry any more"
GIVEN_UP = "a change that was written together with this one ended in an error; try again"

#: From a text and what is in it to the text after a change.
_Edit = Callable[[str, Parsed], tuple[str, Parsed]]


@dataclass(frozen=True, slots=True)
class _Change:
    """What somebody wants changed, and where the outcome is told.

    *entries* are what an *edit* puts in, *removed* what it takes out.
    """

    author: str
    reason: str
    added: tuple[Entry, ...] = ()
    edit: _Edit | None = None
    entries: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    outcome: "Future[None]" = field(default_factory=Future)

    def parts(self) -> Iterator["_Change"]:
        """Yield what each asker adds for one reason by itself, as a history has it."""
        asked: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.added:
            asked.setdefault((entry.asked_by, entry.reason), []).append(entry)
        for (author, reason), entries in asked.items():
            yield _Change(author, reason, added=tuple(entries))
        if self.edit:
            yield self


class Keeper:
    """The allowlist in force, and how it is changed.

    *current* is it, read without any input or output. A text that cannot be read at the start
    raises ConfigError, unless *memory* has an older one. While running, the last good version stays
    in force, and *problem* says what is wrong, until it is mended.
    """

    def __init__(self, shelf: Shelf, catalogue: Catalogue, memory: Memory | None = None) -> None:
        self._shelf = shelf
        self._versions = Versions(shelf, catalogue, memory)
        #: Its holder reads or writes the shelf.
        self._at_shelf = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: list[_Change] = []
        self._logged = ""

    @property
    def current(self) -> Allowlist:
        return self._versions.current

    def refresh(self) -> None:
        """Bring *current* up to date; for the clock, every few seconds.

        While somebody writes, it is left to them.
        """
        if not self._at_shelf.acquire(blocking=False):
            return
        try:
            self._versions.look(again=True)
        finally:
            self._at_shelf.release()

    def remember(self) -> None:
        """Keep the version in force for the next start; for the clock, every now and then."""
        self._versions.keep()

    def problem(self) -> str:
        """Say what is wrong with the text as it was last seen, empty when it is in force."""
        return self._versions.problem()

    def unwritable(self) -> str:
        """Say why an exception could not be written, empty when it could."""
        fault = self._versions.fault
        return shown(fault) if fault else self._shelf.unwritable()

    def add(self, entries: Sequence[Entry], author: str, reason: str) -> None:
        """Write *entries* after the last one; an equal one that is there already is enough.

        Raises UnwritableAllowlistError, and then nothing was changed.
        """
        self._change(_Change(author, reason, added=tuple(map(_clean, entries))))

    def remove(self, entry: Entry, author: str, reason: str) -> None:
        """Take *entry* out, however often it is there and whatever was changed in it meanwhile.

        Raises UnwritableAllowlistError.
        """

        def edit(text: str, parsed: Parsed) -> tuple[str, Parsed]:
            of_it = [n for n, each in enumerate(parsed.entries) if _is_same(each, entry)]
            for number in reversed(of_it):
                text, parsed = remove_entry(text, parsed, number)
            return text, parsed

        self._change(_Change(author, reason, edit=edit, removed=(entry,)))

    def replace(self, old: Entry, new: Entry, author: str, reason: str) -> None:
        """Put *new* where *old* is; raises UnwritableAllowlistError, also where *old* is gone."""
        wanted = _clean(new)

        def edit(text: str, parsed: Parsed) -> tuple[str, Parsed]:
            if old in parsed.entries:
                return replace_entry(text, parsed, parsed.entries.index(old), wanted)
            if wanted in parsed.entries:
                return text, parsed
            for number, entry in enumerate(parsed.entries):
                if _is_same(entry, old) and (both := _merged(old, entry, wanted)):
                    return replace_entry(text, parsed, number, both)
            raise UneditableAllowlistError(MISSING.format(name=self._shelf.name))

        self._change(_Change(author, reason, edit=edit, entries=(wanted,)))

    def _change(self, mine: _Change) -> None:
        """Have it made: the first who comes to the shelf writes for all who wait by then."""
        with self._queue:
            self._waiting.append(mine)
        if self._at_shelf.acquire(timeout=_PATIENCE_SECONDS):
            try:
                with self._queue:
                    all_of_them, self._waiting = self._waiting, []
                if all_of_them:
                    self._write(all_of_them)
            finally:
                self._at_shelf.release()
        else:
            self._leave(mine)
        try:
            mine.outcome.result()
        except ShelfReviewError as error:
            raise UnreviewedAllowlistError(str(error)) from error
        except (ShelfError, UneditableAllowlistError, ConfigError) as error:
            self._log(shown(error))
            raise UnwritableAllowlistError(shown(error)) from error
        except CancelledError as error:
            raise UnwritableAllowlistError(GIVEN_UP) from error

    def _log(self, why: str) -> None:
        """Say why nothing was changed; what is tried again every few seconds says so once."""
        if why != self._logged:
            log.error("the allowlist was not changed", extra={"why": why})
        self._logged = why

    def _leave(self, mine: _Change) -> None:
        """Stop waiting for the thread at the shelf, unless it has taken the change along."""
        with self._queue:
            if mine in self._waiting:
                self._waiting.remove(mine)
                name = self._shelf.name
                mine.outcome.set_exception(ShelfBusyError(SLOW.format(name=name)))

    def _write(self, changes: Sequence[_Change]) -> None:
        """Make *changes* in one go, or each by itself where one of them spoils it for all."""
        try:
            if len(changes) > 1 and self._shelf.reviewed:
                self._write_each(changes)
                return
            error = self._failure(changes)
            if len(changes) > 1 and isinstance(error, UneditableAllowlistError):
                self._write_each(changes)
                return
            for change in changes:
                if error:
                    change.outcome.set_exception(error)
                else:
                    change.outcome.set_result(None)
        finally:
            # Whatever else went wrong is the writer's to raise; nobody waits for it for ever.
            for change in changes:
                change.outcome.cancel()

    def _write_each(self, changes: Sequence[_Change]) -> None:
        for change in changes:
            self._write([change])

    def _failure(self, changes: Sequence[_Change]) -> Exception | None:
        """Return why *changes* were not made, None where they were."""
        try:
            if self._shelf.reviewed:
                self._propose(changes[0])
            else:
                self._write_together(changes)
        except (ShelfError, UneditableAllowlistError, ConfigError) as error:
            return error
        return None

    def _write_together(self, changes: Sequence[_Change]) -> None:
        for _ in range(_TRIES):
            before = self._versions.latest()
            drafts, parsed = _drafts(before, [part for each in changes for part in each.parts()])
            if not drafts:
                return
            try:
                written = self._shelf.write(drafts, before.text.revision)
            except ShelfConflictError:
                log.info("somebody else changed the allowlist meanwhile; reading it again")
                continue
            self._versions.take(Version(written, parsed))
            return
        raise ShelfConflictError(f"{self._shelf.name} was changed {_TRIES} times meanwhile")

    def _propose(self, change: _Change) -> None:
        """Let people review each part by itself; raises ShelfReviewError while one waits."""
        before, waiting = self._versions.latest(), dict[str, None]()
        for part in change.parts():
            drafts, _ = _drafts(before, [part])
            try:
                if drafts:
                    self._shelf.write(drafts, before.text.revision)
            except ShelfReviewError as error:
                waiting[str(error)] = None
        if waiting:
            raise ShelfReviewError("; ".join(waiting))


def _drafts(version: Version, parts: Sequence[_Change]) -> tuple[list[Draft], Parsed]:
    """Return the text after each part that changes it, and what is in the last one.

    Forty additions are one edit of the text, for an edit costs as much as the text is long.
    """
    text, parsed = version.text.text, version.parsed
    known = set(version.entries() if any(part.added for part in parts) else ())
    ids = {each.id for each in known if each.id}
    drafts: list[Draft] = []
    for edit, some in groupby(parts, key=lambda part: part.edit):
        before = text
        if edit:
            text, parsed = edit(text, parsed)
            if text != before:
                part = next(some)
                drafts.append(Draft(text, part.author, part.reason, part.entries, part.removed))
        elif new := [(part, one) for part in some if (one := _new(part.added, known, ids))]:
            text, parsed = add_entries(text, parsed, [entry for _, one in new for entry in one])
            drafts += _additions(text, parsed, new)
    return drafts, parsed


def _additions(
    text: str, parsed: Parsed, new: Sequence[tuple[_Change, tuple[Entry, ...]]]
) -> Iterator[Draft]:
    """Yield a draft for each part, of a *text* that ends with the entries of all of them."""
    number = len(parsed.entries) - sum(len(entries) for _, entries in new)
    end = end_of_entry(text, parsed, len(parsed.entries) - 1)
    for part, entries in new:
        number += len(entries)
        later = end_of_entry(text, parsed, number - 1), end
        yield Draft(text, part.author, part.reason, entries, later=later)


def _new(wanted: Iterable[Entry], known: set[Entry], ids: set[str]) -> tuple[Entry, ...]:
    """Return what is not there yet, and note it as known: another replica may have written it."""
    new = []
    for entry in wanted:
        if entry not in known and entry.id not in ids:
            new.append(entry)
            known.add(entry)
            ids |= {entry.id} - {""}
    return tuple(new)


def _is_same(one: Entry, other: Entry) -> bool:
    return one == other or bool(one.id and one.id == other.id)


def _merged(old: Entry, theirs: Entry, ours: Entry) -> Entry | None:
    """Return *old* with what both have changed in it, None where both changed the same."""
    changes = {
        each.name: getattr(ours, each.name)
        for each in fields(Entry)
        if getattr(ours, each.name) != getattr(old, each.name)
    }
    if any(getattr(theirs, name) != getattr(old, name) for name in changes):
        return None
    return replace(theirs, **changes)


def _clean(entry: Entry) -> Entry:
    return replace(
        entry,
        reason=clean(entry.reason),
        asked_by=clean(entry.asked_by),
        agreed_by=tuple(map(clean, entry.agreed_by)),
        ticket=clean(entry.ticket),
        control=clean(entry.control),
        name=clean(entry.name),
        account_name=clean(entry.account_name),
    )
