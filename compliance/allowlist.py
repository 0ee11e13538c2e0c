"""The allowlist: exceptions with a reason and an end, found by what they cover. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from compliance.change import FindingKey

#: In place of an account, a Region or a resource: all of them. Only by hand, never by a button.
ANY = "*"
#: A later end is held as this one: whoever writes 9999-12-31 means "never", and no clock goes on
#: from there into every time zone.
_LAST_DAY = date(9999, 1, 1)


class ExceptionClass(StrEnum):
    ACCEPTED_RISK = "accepted risk"
    FALSE_POSITIVE = "false positive"
    NOT_OURS = "not ours"


class UneditableAllowlistError(Exception):
    """The text is written so that no line edit gives the intended entries; nothing was changed."""


class UnwritableAllowlistError(Exception):
    """The exception could not be written; the allowlist is as it was. The message says why."""


class UnreviewedAllowlistError(UnwritableAllowlistError):
    """The exception is proposed, and people review it first. The message says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exception. It is in force through the whole of *expires*, in UTC."""

    rule: str
    account: str
    region: str
    resource: str
    exception_class: ExceptionClass
    reason: str
    asked_by: str
    ticket: str
    expires: date

    @property
    def ends_at(self) -> datetime:
        """The moment at which it ends: the end of its last day, in UTC."""
        return datetime.combine(min(self.expires, _LAST_DAY) + timedelta(days=1), time(), UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version of the allowlist has that another had not, and the other way round."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()


class Allowlist:
    """One version of the allowlist, never changed after it was made.

    *canonical* gives the catalogue's name of a rule, so that an entry covers a rule's copies under
    the names that AWS makes as well. *lines* are the entries' lines in the text, from 1.
    """

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        canonical: Callable[[str], str] = str,
        lines: Sequence[int] = (),
    ) -> None:
        self.entries = tuple(entries)
        self._canonical = canonical
        self._lines = lines
        self._longest: dict[tuple[str, str, str, str], Entry] = {}
        names: dict[str, str] = {}
        for entry in self.entries:
            rule = names.get(entry.rule) or names.setdefault(entry.rule, canonical(entry.rule))
            scope = rule, entry.account, entry.region, entry.resource
            known = self._longest.get(scope)
            if known is None or known.expires < entry.expires:
                self._longest[scope] = entry
        # Which of account, Region and resource are named: one combination, if nobody wrote a star.
        self._shapes = frozenset(
            (account != ANY, region != ANY, resource != ANY)
            for _, account, region, resource in self._longest
        )

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry: object) -> bool:
        return entry in self._known

    def numbered(self) -> Iterator[tuple[int, Entry]]:
        """Yield each entry with its line, 0 where that is not known."""
        for number, entry in enumerate(self.entries):
            yield (self._lines[number] if number < len(self._lines) else 0), entry

    def covering(self, key: FindingKey, now: datetime) -> Entry | None:
        """Return the entry that covers *key* at *now* and lasts longest, None if there is none."""
        if not self._shapes:
            return None
        rule, today = self._canonical(key.rule), _day(now)
        found: Entry | None = None
        for account, region, resource in self._shapes:
            entry = self._longest.get(
                (
                    rule,
                    key.account if account else ANY,
                    key.region if region else ANY,
                    key.resource_id if resource else ANY,
                )
            )
            if entry and today <= entry.expires and (not found or found.expires < entry.expires):
                found = entry
        return found

    def since(self, other: "Allowlist") -> Difference:
        """Return what has come and gone since *other*."""
        if other is self:
            return Difference()
        return Difference(
            tuple(entry for entry in self.entries if entry not in other),
            tuple(entry for entry in other.entries if entry not in self),
        )

    def ending(self, after: datetime, until: datetime) -> tuple[Entry, ...]:
        """Return the entries that end later than *after*, and at *until* at the latest."""
        ends, ordered = self._by_end
        return ordered[bisect_right(ends, after) : bisect_right(ends, until)]

    @cached_property
    def _known(self) -> frozenset[Entry]:
        return frozenset(self.entries)

    @cached_property
    def _by_end(self) -> tuple[tuple[datetime, ...], tuple[Entry, ...]]:
        ordered = tuple(sorted(self.entries, key=lambda entry: entry.expires))
        return tuple(entry.ends_at for entry in ordered), ordered


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
