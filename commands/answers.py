"""What a command answers; each chat product draws it in its own way."""

from dataclasses import dataclass, field

from compliance.card import Card
from compliance.finding import Finding


@dataclass(frozen=True, slots=True)
class Done:
    """It was done, or there was nothing to do; *text* says which."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done. *text* says why and what to do next.

    *users* and *groups* are the ids of those who could have done it.
    """

    text: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A sentence that ends by naming people."""

    text: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was entered is not complete: for each field, what is wrong with it."""

    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding in full."""

    card: Card


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
    oldest: tuple[Finding, ...]
    note: str = ""


Answer = Done | Refused | Explained | Invalid | Shown | Table | StatusReport
