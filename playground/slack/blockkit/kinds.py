"""The kinds of values that Block Kit is made of, and how each is checked. Pure.

Messages are worded as Slack words them, as far as people have quoted Slack.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

#: https://docs.slack.dev/reference/methods/blocks.validate: the one code that Slack documents
FAILED = "failed_constraint"
_QUOTED_MAX = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that Slack refuses: where (a JSON pointer), its code, and why."""

    pointer: str
    code: str
    message: str

    def __str__(self) -> str:
        """Return the line that Slack prints in `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


#: Looks at a whole object whose fields are right; says where in the object, and why.
Rule = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]


class Kind(Protocol):
    def faults(self, value: object, at: str) -> Iterator[Fault]:
        """Say what is wrong with the *value* at the pointer *at*."""


#: The fields of an object, by name.
Fields = dict[str, Kind]


@dataclass(frozen=True, slots=True)
class Text:
    """A JSON string of *least* to *most* characters, that passes *test*: "must be *form*"."""

    most: int | None = None
    least: int = 1
    test: Callable[[str], object] | None = None
    form: str = ""

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, FAILED, "must provide a string")
        elif len(value) < self.least:
            yield Fault(at, FAILED, f"must be more than {self.least - 1} characters")
        elif self.most is not None and len(value) > self.most:
            yield Fault(at, FAILED, f"must be less than {self.most + 1} characters")
        elif self.test is not None and not self.test(value):
            yield Fault(at, FAILED, f"must be {self.form}")


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number of *least* to *most* and above *above*, whole unless said otherwise."""

    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    whole: bool = True

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(at, FAILED, "must provide a number")
        elif isinstance(value, float) and (self.whole or not math.isfinite(value)):
            yield Fault(at, FAILED, f"must provide {'an integer' if self.whole else 'a number'}")
        elif value < self.least:
            yield Fault(at, FAILED, f"must be at least {self.least}")
        elif value <= self.above:
            yield Fault(at, FAILED, f"must be more than {self.above}")
        elif value > self.most:
            yield Fault(at, FAILED, f"must be at most {self.most}")


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield Fault(at, FAILED, "must provide a boolean")


class OneOf:
    """One of a few words or whole numbers."""

    def __init__(self, *known: str | int) -> None:
        self.known = known

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if isinstance(value, bool | float) or value not in self.known:  # 1 == True == 1.0
            yield Fault(at, FAILED, f"must be one of: {', '.join(map(str, self.known))}")


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array of *least* to *most* items of one kind."""

    item: Kind
    most: int | None = None
    least: int = 1

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(at, FAILED, "must provide an array")
            return
        if len(value) < self.least:
            yield Fault(at, FAILED, f"no fewer than {self.least} items allowed")
        if self.most is not None and len(value) > self.most:
            yield Fault(at, FAILED, f"no more than {self.most} items allowed")
        for index, item in enumerate(value):
            yield from self.item.faults(item, f"{at}/{index}")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that has these fields and no others, and keeps to *rules*."""

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, FAILED, "must provide an object")
            return
        found = list(self._of_fields(value, at))
        yield from found
        if not found:
            for rule in self.rules:
                for under, message in rule(value):
                    yield Fault(at + under, FAILED, message)

    def _of_fields(self, value: Mapping[str, object], at: str) -> Iterator[Fault]:
        fields = {**self.required, **self.optional}
        for name in self.required:
            if name not in value:
                yield Fault(at, FAILED, f"missing required field: {name}")
        for name, held in value.items():
            if name in fields:
                yield from fields[name].faults(held, f"{at}/{name}")
            else:
                yield Fault(at, FAILED, f"invalid additional property: {name[:_QUOTED_MAX]}")


@dataclass(frozen=True, slots=True)
class Choice:
    """An object whose `type` names its shape; a shape itself does not list `type`."""

    shapes: Mapping[str, Shape]

    def faults(self, value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, FAILED, "must provide an object")
        elif "type" not in value:
            yield Fault(at, FAILED, "missing required field: type")
        elif not isinstance(value["type"], str):
            yield Fault(f"{at}/type", FAILED, "must provide a string")
        elif value["type"] not in self.shapes:
            named = value["type"][:_QUOTED_MAX]
            yield Fault(f"{at}/type", FAILED, f"unsupported type: {named}")
        else:
            fields = {name: held for name, held in value.items() if name != "type"}
            yield from self.shapes[value["type"]].faults(fields, at)


def choice(table: Mapping[str, Shape], *names: str) -> Choice:
    """Return the choice of these types of a table."""
    return Choice({name: table[name] for name in names})
