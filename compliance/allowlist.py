"""The allowlist: exceptions with a reason and an end, found by what they cover. Pure."""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from compliance.change import FindingKey

#: In place of an account, a Region or a resource: all of them. Only by hand, never by a button.
ANY = "*"
#: A later end is kept as this one: 9999-12-31 means "never", and no clock goes on
#: from there into every time zone.
_LAST_DAY = date(9999, 1, 1)
#: Crockford's base 32: no letter that a person mistakes for a digit.
_ID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: The id is in the last pair of brackets, whatever the name is.
_PERSON = re.compile(r".*<(?P<id>[^<>]+)>", re.DOTALL)


class ExceptionClass(StrEnum):
    ACCEPTED_RISK = "accepted risk"
    FALSE_POSITIVE = "false positive"
    #: In entries of the first version; a finding that is another team's is handed over now.
    NOT_OURS = "not ours"


#: The kinds of exception that people can ask for.
CAN_BE_ASKED = (ExceptionClass.ACCEPTED_RISK, ExceptionClass.FALSE_POSITIVE)


class UneditableAllowlistError(Exception):
    """The text is written so that no line edit gives the intended entries; nothing was changed."""


class UnwritableAllowlistError(Exception):
    """The exception could not be written; the allowlist is as it was. The message says why."""


class UnreviewedAllowlistError(UnwritableAllowlistError):
    """The exception is proposed, and people review it first. The message says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exception. It is in force through the whole of *expires*, in UTC.

    It covers one *rule* and perhaps *more_rules*. *tags* are names and values that a resource must
    have. People are written as Git writes them, ``Hannah Hughes <slack:U0HANNAH>``, or by id alone.
    *created* is when it was agreed last, *first_asked* the day on which it began before all of its
    *renewals*, and *first_expires* the end that it had then, once it was extended. An entry of the
    first version has none of these.
    """

    rule: str
    account: str
    region: str
    resource: str
    exception_class: ExceptionClass
    reason: str
    asked_by: str
    ticket: str
    expires: date
    id: str = ""
    more_rules: tuple[str, ...] = ()
    account_name: str = ""
    name: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    control: str = ""
    agreed_by: tuple[str, ...] = ()
    created: date | None = None
    first_asked: date | None = None
    renewals: int = 0
    first_expires: date | None = None
    finding: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.rule, *self.more_rules)

    @property
    def is_wide(self) -> bool:
        """Whether it covers more than one resource, so that one team cannot decide about it."""
        return ANY in {self.account, self.region, self.resource}

    @property
    def known_as(self) -> str:
        """Its id; what has none is known by what it says, as long as nobody changes that."""
        return self.id or entry_id(
            *self.rules, self.account, self.region, self.resource, self.asked_by, self.reason
        )

    @property
    def ends_at(self) -> datetime:
        """The moment at which it ends: the end of its last day, in UTC."""
        return datetime.combine(min(self.expires, _LAST_DAY) + timedelta(days=1), time(), UTC)

    def is_older_than(self, resource_made_at: datetime | None) -> bool:
        """Whether it was agreed for a resource that was deleted and made again under its name.

        Where nobody knows when either was made, it is not. What covers many resources is meant for
        those to come as well.
        """
        if resource_made_at is None or self.created is None or self.is_wide:
            return False
        if isinstance(self.created, datetime):
            return resource_made_at > self.created
        return _day(resource_made_at) > self.created


def entry_id(*said: str) -> str:
    """Return an id that people can type, ``E-7K3QM9X2``, made from what is *said*."""
    number = int.from_bytes(hashlib.sha256("|".join(said).encode("utf-8", "replace")).digest()[:8])
    return "E-" + "".join(_ID_LETTERS[number >> shift & 31] for shift in range(0, 40, 5))


def written_person(name: str, person_id: str) -> str:
    """Return a person as the allowlist has them; without a name, the id alone."""
    readable = " ".join(re.sub("[<>]", " ", name).split())
    return f"{readable} <{person_id}>" if readable else person_id


def person_id(written: str) -> str:
    """Return the id of a *written* person, the text itself where it names none."""
    found = _PERSON.fullmatch(written)
    return found["id"] if found else written


def person_name(written: str) -> str:
    """Return how a *written* person is called, the text itself where it has no name."""
    return written.rpartition("<")[0].strip() or written


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version of the allowlist has that another had not, and the other way round."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()


#: A rule, and an account, a Region and a resource or a star.
_Scope = tuple[str, str, str, str]


class Allowlist:
    """One version of the allowlist, never changed after it was made.

    *canonical* gives the catalogue's name of a rule, so that an entry covers a rule's copies under
    the names that AWS makes as well. *lines* are the entries' lines in the text, from 1. Where it
    *is_newest* is False, the text could not be read since the start: this is what was known before,
    and says nothing against an exception that it lacks.
    """

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        canonical: Callable[[str], str] = str,
        lines: Sequence[int] = (),
        is_newest: bool = True,
    ) -> None:
        self.entries = tuple(entries)
        self.is_newest = is_newest
        self._canonical = canonical
        self._lines = lines
        self._first: dict[_Scope, Entry] = {}
        # Few entries share their scope with others.
        self._more: defaultdict[_Scope, list[Entry]] = defaultdict(list)
        names: dict[str, str] = {}
        for entry in self.entries:
            for rule in entry.rules if entry.more_rules else (entry.rule,):
                name = names.get(rule) or names.setdefault(rule, canonical(rule))
                scope = name, entry.account, entry.region, entry.resource
                if self._first.setdefault(scope, entry) is not entry:
                    self._more[scope].append(entry)
        # Which of account, Region and resource are named: one combination, if nobody wrote a star.
        self._shapes = frozenset(
            (account != ANY, region != ANY, resource != ANY)
            for _, account, region, resource in self._first
        )

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing at all is known of what is excepted."""
        return not self.is_newest and not self.entries

    def __contains__(self, entry: object) -> bool:
        return entry in self._known

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry that is known by *entry_id*, None if there is none."""
        return self._by_id.get(entry_id)

    def numbered(self) -> Iterator[tuple[int, Entry]]:
        """Yield each entry with its line, 0 where that is not known."""
        for number, entry in enumerate(self.entries):
            yield (self._lines[number] if number < len(self._lines) else 0), entry

    def covering(
        self,
        key: FindingKey,
        now: datetime,
        tags: Mapping[str, str] | None = None,
        made_at: datetime | None = None,
        without: Entry | None = None,
    ) -> Entry | None:
        """Return the entry that covers *key* at *now* and lasts longest, None if there is none.

        The resource has *tags*, and was made at *made_at*, as far as that is known. The answer is
        as if *without* were not there.
        """
        today = _day(now)
        longest: Entry | None = None
        for entry in self._of(key):
            if today > entry.expires or (longest and entry.expires <= longest.expires):
                continue
            if entry.tags and not _has(tags or {}, entry.tags):
                continue
            if not entry.is_older_than(made_at) and entry != without:
                longest = entry
        return longest

    def outlived(self, key: FindingKey, now: datetime, made_at: datetime | None) -> Entry | None:
        """Return the entry that would cover *key*, had the resource not been made again."""
        older = (each for each in self._of(key) if _day(now) <= each.expires and not each.tags)
        return next((each for each in older if each.is_older_than(made_at)), None)

    def _of(self, key: FindingKey) -> Iterator[Entry]:
        if not self._shapes:
            return
        rule = self._canonical(key.rule)
        for account, region, resource in self._shapes:
            scope = (
                rule,
                key.account if account else ANY,
                key.region if region else ANY,
                key.resource_id if resource else ANY,
            )
            if first := self._first.get(scope):
                yield first
                yield from self._more.get(scope, ())

    def rivals(self) -> Iterator[tuple[Entry, ...]]:
        """Yield the entries that are about the same resources, as often as they share a rule."""
        for scope, others in self._more.items():
            groups: defaultdict[frozenset[tuple[str, str]], list[Entry]] = defaultdict(list)
            for entry in (self._first[scope], *others):
                groups[frozenset(entry.tags)].append(entry)
            yield from (tuple(group) for group in groups.values() if len(group) > 1)

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
    def _by_id(self) -> Mapping[str, Entry]:
        return {entry.known_as: entry for entry in self.entries}

    @cached_property
    def _by_end(self) -> tuple[tuple[datetime, ...], tuple[Entry, ...]]:
        ordered = tuple(sorted(self.entries, key=lambda entry: entry.expires))
        return tuple(entry.ends_at for entry in ordered), ordered


def _has(tags: Mapping[str, str], wanted: Iterable[tuple[str, str]]) -> bool:
    return all(tags.get(name) == value for name, value in wanted)


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
