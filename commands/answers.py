"""What a command answers; each chat product draws it in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from commands.forms import Form
from compliance.card import Card, Press
from compliance.finding import State


@dataclass(frozen=True, slots=True)
class Done:
    """It was done, or there was nothing to do; *text* says which."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done. *text* says why and what to do next.

    *users* and *groups* are the ids of those who could do it. *decided_by* are the ids of those
    who decided already. *about* is the id of the finding that it is about, if it is one.
    """

    text: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation that ends by naming people."""

    text: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was entered is not complete: for each field, what is wrong with it."""

    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding in full."""

    card: Card


@dataclass(frozen=True, slots=True)
class Details:
    """What a finding's card folds away."""

    card: Card


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as lists show it.

    *resource* is the name that people know, or else AWS's id. *since* is when the violation that is
    open now was recorded, *until* the end of an exception or of a wait.
    """

    id: str
    rule: str
    resource: str
    account: str
    region: str
    team: str
    state: State
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with sentences before and after them."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    intro: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Open findings counted in several ways, and the oldest of them."""

    total: int
    tables: tuple[Table, ...]
    oldest: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A week's report: *share* is the compliant share of all that the rules apply to, 0 to 1."""

    since: datetime
    until: datetime
    share: float | None
    unresolved: int
    headline: tuple[tuple[str, int], ...]
    tables: tuple[Table, ...]
    lapsing: tuple[Line, ...]
    reviews_due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the findings that share a message; pages count from 0.

    *earlier* and *later* turn to the pages beside it, None where there is none.
    """

    title: str
    lines: tuple[Line, ...]
    earlier: Press | None
    later: Press | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The unresolved findings of the *teams* a person decides for: how many, and the oldest.

    Each of the *oldest* comes with what can be pressed about it now.
    """

    teams: tuple[str, ...]
    total: int
    oldest: tuple[tuple[Line, tuple[Press, ...]], ...]


Answer = (
    Done
    | Refused
    | Explained
    | Invalid
    | Shown
    | Details
    | Table
    | StatusReport
    | Digest
    | Listing
    | OpenWork
    | Form
)
