"""What a command answers; each chat product draws it in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from commands.forms import Form
from compliance.card import Card, Press
from compliance.channel import Message
from compliance.finding import State
from compliance.stage import Stage


@dataclass(frozen=True, slots=True)
class Done:
    """It was done, or there was nothing to do; *text* says which."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done. *text* says why and what to do next.

    *users* and *groups* are the ids of those who could do it. *decided_by* are the ids of those
    who decided already. *about* is the id of the finding that it is about, if it is one.
    *confirmation* is the title of the form that this stands in for, empty where none would open.
    """

    text: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    about: str = ""
    confirmation: str = ""


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
class Ask:
    """A button that asks what it says: *text* is what somebody could have typed instead.

    *about* is what it is about, for those who hear the button and do not see where it is.
    """

    label: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as lists show it.

    *resource* is the name that people know, or else AWS's id, and *title* what is wrong with it;
    *severity* is empty where lists do not say it. *since* is when the violation that is open now
    was recorded, *age* how long ago that is in words, *until* the end of an exception or of a wait.
    *cards* are the messages that show the finding, and *console_url* is AWS's page about its rule.
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
    title: str = ""
    severity: str = ""
    account_name: str = ""
    resource_type: str = ""
    age: str = ""
    console_url: str = ""
    cards: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with sentences before and after them.

    *earlier* and *later* turn to the pages beside it; *others* ask something else about all of it.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    intro: str = ""
    closing: str = ""
    earlier: Ask | None = None
    later: Ask | None = None
    others: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Findings counted in several ways, and the oldest unresolved ones.

    *sums* has each stage with how many are in it: they do not overlap, and together they are all
    that is counted. *more* lists what is counted.
    """

    sums: tuple[tuple[Stage, int], ...]
    tables: tuple[Table, ...]
    oldest: tuple[Line, ...]
    note: str = ""
    heading: str = "Compliance status"
    more: Ask | None = None

    @property
    def total(self) -> int:
        return sum(number for _, number in self.sums)


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
    """One page of findings.

    Each line has a button that asks *verb* about its finding, and what can be pressed about it
    where *presses* has that. *earlier* and *later* turn to the pages beside it, None where there is
    none; *others* ask something else about the whole list.
    """

    title: str
    lines: tuple[Line, ...]
    earlier: Press | Ask | None = None
    later: Press | Ask | None = None
    intro: str = ""
    verb: str = "show"
    others: tuple[Ask, ...] = ()
    presses: tuple[tuple[Press, ...], ...] = ()

    def ask(self, line: Line) -> Ask:
        """Return the button of *line*: its id opens it, and any other verb says itself."""
        label = line.id if self.verb == "show" else self.verb.capitalize()
        return Ask(label, f"{self.verb} {line.id}", f"{self.verb} {line.resource}".capitalize())


@dataclass(frozen=True, slots=True)
class Offer:
    """A sentence, and what can be asked next."""

    text: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a finding.

    *actor* is the id of who *did* it and *name* what they are called, empty where only chat knows
    that. *wrote* are somebody else's words: a reason, AWS's annotation. *before* and *after* are
    the finding's states, empty where it stayed in its own.
    """

    at: datetime
    actor: str
    name: str
    did: str
    wrote: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of what happened to a finding, in order; *about* is its resource."""

    title: str
    about: str
    events: tuple[Event, ...]
    earlier: Ask | None = None
    later: Ask | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A file for the asker alone, and the sentence that goes with it."""

    text: str
    filename: str
    content: str


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: each finding with what can be pressed about it now.

    *number* is how many there are in all, and *more* lists them where these are not all.
    """

    title: str
    number: int
    lines: tuple[tuple[Line, tuple[Press, ...]], ...]
    more: Ask | None = None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What waits for a person, what comes first at the top, and what they asked for themselves.

    *teams* are those that they decide for.
    """

    teams: tuple[str, ...]
    work: tuple[Work, ...]


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
    | Export
    | Offer
    | History
    | OpenWork
    | Form
)
