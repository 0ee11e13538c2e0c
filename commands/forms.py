"""Forms: what is asked before a decision, with the limits by which the answers are checked. Pure.

A chat product draws a form's intro and fields, keeps its *origin*, and gives back the origin and
what was entered, a text for each field. Nothing else about a form is the product's to know.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from compliance.card import Fact, Press

#: What was entered, as the product gives it back: for each field's name a text, empty if nothing.
Entered = Mapping[str, str]


class FieldError(Exception):
    """What was entered into one field does not fit; the message says what does."""


class FormError(Exception):
    """What was entered is not complete: *problems* says for each field what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Option(NamedTuple):
    """One thing that can be chosen: what is kept, and what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several *options*."""

    name: str
    label: str
    options: tuple[Option, ...]
    missing: str
    hint: str = ""
    required: bool = True

    def read(self, entered: str) -> str:
        """Return the value that was chosen; raises FieldError."""
        if not entered and not self.required:
            return ""
        if entered not in {option.value for option in self.options}:
            raise FieldError(self.missing)
        return entered


@dataclass(frozen=True, slots=True)
class Text:
    """A text of *shortest* to *longest* characters, space around it apart."""

    name: str
    label: str
    longest: int
    too_long: str
    shortest: int = 0
    too_short: str = ""
    multiline: bool = False
    hint: str = ""

    @property
    def required(self) -> bool:
        return self.shortest > 0

    def read(self, entered: str) -> str:
        """Return the text without the space around it; raises FieldError."""
        text = entered.strip()
        if len(text) < self.shortest:
            raise FieldError(self.too_short)
        if len(text) > self.longest:
            raise FieldError(self.too_long)
        return text


@dataclass(frozen=True, slots=True)
class Day:
    """A day from *earliest* to *latest*, without an end where *latest* is None."""

    name: str
    label: str
    earliest: date
    latest: date | None
    missing: str
    too_early: str
    too_late: str
    initial: date | None = None
    hint: str = ""
    required: bool = True

    def read(self, entered: str) -> date | None:
        """Return the day that was entered in ISO 8601; raises FieldError."""
        if not entered and not self.required:
            return None
        try:
            day = date.fromisoformat(entered)
        except ValueError:
            raise FieldError(self.missing) from None
        if day < self.earliest:
            raise FieldError(self.too_early)
        if self.latest is not None and day > self.latest:
            raise FieldError(self.too_late)
        return day


def several(entered: str) -> list[str]:
    """Return the values of what was entered into a field of several."""
    return entered.replace(",", " ").split()


@dataclass(frozen=True, slots=True)
class Several:
    """Any of several *options*, or none: products put blanks or commas between their values."""

    name: str
    label: str
    options: tuple[Option, ...]
    hint: str = ""
    required: bool = False

    def read(self, entered: str) -> str:
        """Return the values that were chosen and are on offer."""
        offered = {option.value for option in self.options}
        return " ".join(each for each in several(entered) if each in offered)


Field = Choice | Text | Day | Several


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a form's intro: a *heading*, then *text* or *facts*, each where there is one.

    *copied* are names and ids that a reader may want to copy.
    """

    heading: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form is about: the button that opened it, and when.

    What came into a message after *opened_at* was not shown, so it is not decided about.
    """

    press: Press
    opened_at: datetime

    def dump(self) -> str:
        """Return a text that a chat product keeps with the form, and gives back as it is."""
        return json.dumps(
            [self.press.button.value, self.press.value, self.opened_at.isoformat()],
            separators=(",", ":"),
        )

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Return the origin that was kept; raises ValueError where *text* is not one."""
        try:
            button, value, opened_at = json.loads(text)
            return cls(Press.parse(button, value), datetime.fromisoformat(opened_at))
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not the origin of a form: {error}") from error


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as it comes back: its origin as it was handed out, and what was entered."""

    origin: str
    entered: Entered


@dataclass(frozen=True, slots=True)
class Form:
    """What a person reads and enters before a decision; without *fields*, what they confirm.

    *submit* is the label of the button that sends it.
    """

    title: str
    intro: tuple[Passage, ...]
    fields: tuple[Field, ...]
    submit: str
    origin: str

    def read(self, entered: Entered) -> Mapping[str, str | date | None]:
        """Return the value of each field; raises FormError with what is wrong."""
        return read_fields(self.fields, entered)


def read_fields(fields: Iterable[Field], entered: Entered) -> Mapping[str, str | date | None]:
    """Return the value of each of *fields*; raises FormError with what is wrong."""
    values: dict[str, str | date | None] = {}
    problems: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = field.read(entered.get(field.name, ""))
        except FieldError as error:
            problems[field.name] = str(error)
    if problems:
        raise FormError(problems)
    return values
