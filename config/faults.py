"""Configuration faults: file, line, key, what was expected and what was found; all at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from compliance.mendable import MendableError

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

#: How pydantic names a form that a value may have: a class of ours, or what it is made of.
_FORM = re.compile(r"_[A-Z]|(list|literal|function-\w+)\[")
#: Levels and values of a file: no catalogue or allowlist of people comes near.
_DEEPEST, _MOST = 50, 200_000


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: *line* counts from 1, 0 where there is none."""

    file: str
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        if not where:
            return self.problem
        return f"{where}: {self.key}: {self.problem}" if self.key else f"{where}: {self.problem}"


class ConfigError(MendableError):
    """The configuration cannot be used; every fault of it is told."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))

    def located(self) -> Iterable[tuple[str, int, str]]:
        for fault in self.faults:
            problem = f"{fault.key}: {fault.problem}" if fault.key else fault.problem
            yield fault.file, fault.line, problem


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says, and the line on which each of its values begins."""

    file: str
    data: Any
    lines: Mapping[Place, int]

    def fault(self, place: Place, problem: str) -> Fault:
        """Return a fault at *place*, or at the nearest thing above it that the file has."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        return Fault(self.file, self.lines.get(known, 0), _dotted(place), problem)


def read(path: Path) -> Document:
    """Read *path*; raises ConfigError where it cannot be read or is no YAML."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError([Fault(str(path), 0, "", "cannot be read: expected a file")])
        content = path.read_bytes()
        return read_text(content.decode("utf-8"), str(path))
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise ConfigError([Fault(str(path), 0, "", problem)]) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError([Fault(str(path), line, "", "is not UTF-8; save it as that")]) from error


def read_text(text: str, file: str) -> Document:
    """Read YAML; a key that stands twice is a fault, for one of the two is not applied."""
    lines: dict[Place, int] = {}
    twice: list[Fault] = []
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        _walk(root, (), lines, lambda place, line: twice.append(_twice(file, place, line)))
        data = yaml.load(text, _Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"expected characters that can be seen, found #x{ord(text[error.position]):04x}"
        raise ConfigError([Fault(file, line, "", problem)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 0
        raise ConfigError([Fault(file, line, "", f"is not valid YAML: {said}")]) from error
    if twice:
        raise ConfigError(twice)
    return Document(file, data, lines)


class _Loader(yaml.SafeLoader):
    """Says where the value stands that is no number, or a day that no month has."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, AttributeError, KeyError, TypeError) as error:
            # PyYAML takes for granted that a value has the form of its tag.
            why = error if isinstance(error, ValueError) else f"it is not of the kind {node.tag}"
            problem = f"{_shown(node.value)} cannot be read: {why}"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error


def validate(document: Document, model: type[Model]) -> Model:
    """Return the document as *model*; raises ConfigError with every fault that pydantic finds."""
    if not isinstance(document.data, dict):
        raise ConfigError([Fault(document.file, 1, "", "expected keys and values")])
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(_faults(document, error)) from error


def validation_problems(error: ValidationError) -> list[tuple[str, str]]:
    """Return the key of each thing that is wrong, and what."""
    return [(_dotted(_place(each["loc"])), _problem(each)) for each in _errors(error)]


def _faults(document: Document, error: ValidationError) -> list[Fault]:
    return [document.fault(_place(each["loc"]), _problem(each)) for each in _errors(error)]


def _errors(error: ValidationError) -> list[Any]:
    """Return what is wrong; of a value that may be of several forms, with the nearest of them.

    pydantic says what keeps it from being each of them. The nearest is that of which only a part
    is wrong, else the one that is a choice of words.
    """
    told: dict[Place, list[Any]] = {}
    for each in error.errors(include_url=False):
        told.setdefault(_value(each["loc"]), []).append(each)
    return [each for of_it in told.values() for each in _nearest_form(of_it)]


def _nearest_form(errors: list[Any]) -> list[Any]:
    if len(errors) == 1 or not any(map(_is_form, errors[0]["loc"])):
        return errors
    deepest = max(len(_place(each["loc"])) for each in errors)
    parts = [each for each in errors if len(_place(each["loc"])) == deepest]
    choices = [each for each in parts if each["type"] == "literal_error"]
    return choices or parts


def _value(loc: tuple[int | str, ...]) -> Place:
    """Return where the value of several forms stands, the whole place where it has one form."""
    forms = [number for number, part in enumerate(loc) if _is_form(part)]
    return loc[: forms[0]] if forms else loc


def _is_form(part: int | str) -> bool:
    """Whether it is pydantic's name of a form, which no key of ours looks like."""
    return isinstance(part, str) and _FORM.match(part) is not None


def _place(loc: tuple[int | str, ...]) -> Place:
    return tuple(part for part in loc if part != "[key]" and not _is_form(part))


def _problem(error: Any) -> str:
    if error["type"] == "missing":
        return "expected, but missing"
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "string_type":
        return f"expected a text, in quotes, found {_shown(error['input'])}"
    if error["type"] == "too_short":
        return f"expected something in it, found {_shown(error['input'])}"
    said = str(error["msg"]).removeprefix("Value error, ")
    said = said.replace("Input should be", "expected")
    return f"{said}, found {_shown(error['input'])}"


def _shown(found: Any) -> str:
    text = str(found) if isinstance(found, date) else repr(found)
    return text if len(text) <= 80 else f"{text[:77]}..."


def nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def unknown_rule(rule: str, catalogue: Iterable[str]) -> str:
    return f"no rule {rule!r} in the catalogue{nearest(rule, catalogue)}"


def _dotted(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _twice(file: str, place: Place, line: int) -> Fault:
    return Fault(file, line, _dotted(place), "is defined twice; keep one")


def _walk(node: Any, place: Place, lines: dict[Place, int], twice: Any) -> None:
    if node is None:
        return
    if len(place) > _DEEPEST or len(lines) > _MOST:
        # Through an alias a thing can contain itself, or many contain many.
        problem = "too large, or an alias that contains itself"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            inner = (*place, str(name.value))
            if inner in lines:
                twice(inner, name.start_mark.line + 1)
            lines[inner] = name.start_mark.line + 1
            _walk(value, inner, lines, twice)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*place, number), lines, twice)
