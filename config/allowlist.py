"""Reads the allowlist's text: every entry checked, every fault with its line, in one pass.

The parser's events are read as they come, without a tree between them and the entries: PyYAML's
tree of 100,000 entries takes seconds to build and most of a gigabyte to hold.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from compliance.allowlist import Entry
from config.entry import EntryCheck, EntryError
from config.faults import ConfigError, Fault
from config.yaml_words import faults_of

#: libyaml's parser where PyYAML was built with it, which its wheels are; the slow one elsewhere.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HEAD = "exceptions"
_STR, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
#: Where the name of a key ends in one like ``agreed_by[0]``.
_KEY = re.compile(r"[.\[]")
_RESOLVERS: dict[str, Any] = yaml.SafeLoader.yaml_implicit_resolvers

NOT_ONE = (
    "expected 'exceptions:' and a list under it; is this the allowlist? What is in it is not shown"
)
UNKNOWN_ALIAS = (
    "is not valid YAML: an alias of what is not there, or one that contains itself (*{name}); "
    "write out what it stands for"
)
TOO_DEEP = "is not valid YAML: lists within lists, deeper than anything in an allowlist"
ENOUGH = "has more faults than these; mend these first"
_FAULTS_MAX = 500
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the list and its entries stand in the text; positions count characters.

    *column* is that of the key ``exceptions``, *indent* that of the entries' dashes. *value* is
    where a list without entries stands, None where there is no such list. The list is *flow* if
    it is written in brackets. *simple* says that nothing above it changes how it is read.
    """

    column: int = 0
    indent: int = 2
    value: tuple[int, int] | None = None
    flow: bool = False
    simple: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text's entries, and for each the line (from 1), and where it begins and ends."""

    entries: tuple[Entry, ...] = ()
    lines: array[int] = field(default_factory=lambda: array("q"))
    begins: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    layout: Layout = Layout()


def parse_allowlist(text: str, file: str) -> Parsed:
    """Return the entries of *text*; raises ConfigError with every fault, each with its line.

    A text without anything in it, comments apart, has no entries. An entry for a rule that the
    catalogue has not is no fault: see ``compliance.ineffective``.
    """
    reader = _Reader(text, file)
    try:
        parsed = reader.document()
    except yaml.YAMLError as error:
        raise ConfigError(faults_of(text, file, error)) from error
    except _EnoughError:
        if len(reader.faults) >= _FAULTS_MAX:
            reader.faults.append(Fault(file, 0, "", ENOUGH))
    if reader.faults:
        raise ConfigError(reader.faults)
    return parsed


class _EnoughError(Exception):
    """There is more wrong than anybody reads; the rest of the text is not looked at."""


@dataclass(frozen=True, slots=True)
class _Unknown:
    """What an alias stands for that stands for nothing; that is said already."""


@dataclass(frozen=True, slots=True)
class _Collection:
    """A list or a mapping where a text belongs: all that a fault says of it."""

    def __repr__(self) -> str:
        return "a list or a mapping"


#: The values of one entry by key, and their lines.
_Fields = tuple[dict[str, Any], dict[str, int]]


class _Reader:
    """Goes through the events of one text."""

    def __init__(self, text: str, file: str) -> None:
        self._loader = Loader(text)
        self._next = self._loader.get_event
        self._file = file
        self._anchors: dict[str, Any] = {}
        self._values: dict[tuple[str | None, str], Any] = {}
        self._check = EntryCheck()
        self._ids: dict[str, int] = {}
        self._last: Any = None
        self.faults: list[Fault] = []

    def document(self) -> Parsed:
        self._next()
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            return Parsed()
        parsed = self._root(self._next(), simple=not start.version and not start.tags)
        self._next()
        if not isinstance(end := self._next(), yaml.StreamEndEvent):
            self._fault(end, "", "expected one document, so no second '---'")
        return parsed

    def _root(self, event: Any, *, simple: bool) -> Parsed:
        if isinstance(event, yaml.ScalarEvent) and self._scalar(event) is None:
            return Parsed()
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            self._fault(event, "", NOT_ONE)
            return Parsed()
        parsed, odd = None, []
        for key in self._until(yaml.MappingEndEvent):
            value = self._next()
            if isinstance(key, yaml.ScalarEvent) and key.value == HEAD:
                if parsed:
                    self._fault(key, HEAD, "is defined twice; keep one")
                parsed = self._list(value, key, Layout(flow=bool(event.flow_style), simple=simple))
            else:
                self._skip(key)
                self._skip(value)
                odd.append(key)
        if parsed is None:
            self._fault(event, "", NOT_ONE)
            return Parsed()
        for key in odd:
            self._fault(key, str(getattr(key, "value", "")), "unknown key")
        return parsed

    def _list(self, value: Any, key: Any, root: Layout) -> Parsed:
        """Read the list under the *key*: nothing at all is an empty one."""
        start, end = value.start_mark, value.end_mark
        column = key.start_mark.column
        if isinstance(value, yaml.ScalarEvent) and self._scalar(value) is None:
            empty = Layout(column, column + 2, (start.index, end.index), root.flow, root.simple)
            return Parsed(layout=empty)
        if not isinstance(value, yaml.SequenceStartEvent):
            self._skip(value)
            self._fault(value, HEAD, "expected a list, each entry with '- '")
            return Parsed()
        indent = column + 2 if value.flow_style else start.column
        entries: list[Entry] = []
        spans = array("q"), array("q"), array("q")
        lines, begins, ends = spans
        for number, item in enumerate(self._until(yaml.SequenceEndEvent)):
            entry, last = self._item(item, number)
            if entry:
                entries.append(entry)
                lines.append(item.start_mark.line + 1)
                begins.append(item.start_mark.index)
                ends.append(last.end_mark.index)
        place = None if entries else (start.index, self._last.end_mark.index)
        # Brackets with nothing between them make way for the first entry.
        flow = root.flow or bool(value.flow_style and entries)
        return Parsed(tuple(entries), *spans, Layout(column, indent, place, flow, root.simple))

    def _item(self, event: Any, number: int) -> tuple[Entry | None, Any]:
        """Return one entry, None where it is faulty, and the last event of what is written."""
        end = event
        if isinstance(event, yaml.MappingStartEvent):
            found, end = self._fields(event)
        elif isinstance(event, yaml.AliasEvent):
            found = self._alias(event)
        else:
            self._skip(event)
            found = None
        if not isinstance(found, tuple):
            if not isinstance(found, _Unknown):
                self._fault(event, f"{HEAD}[{number}]", "expected keys and values")
            return None, end
        return self._entry(found, event, number), end

    def _fields(self, start: Any) -> tuple[_Fields, Any]:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        merged: list[_Fields] = []
        end = start
        for key in self._until(yaml.MappingEndEvent):
            value = end = self._next()
            name = self._key(key)
            if name == _MERGE:
                merged += self._merged(value)
                continue
            if name in values:
                self._fault(key, name, "is defined twice; keep one")
            lines[name] = key.start_mark.line + 1
            values[name], end = self._value(value)
        for more, at in merged:
            for name, each in more.items():
                if name not in values:
                    values[name], lines[name] = each, at[name]
        if start.anchor:
            self._anchors[start.anchor] = values, lines
        return (values, lines), self._last if start.flow_style else end

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._skip(event)
            return repr(_Collection())
        return _MERGE if event.value == "<<" and event.implicit[0] else event.value

    def _merged(self, event: Any) -> list[_Fields]:
        """Return what ``<<`` brings in: one mapping or several, the first of them foremost."""
        if isinstance(event, yaml.SequenceStartEvent):
            each = [self._merged(item) for item in self._until(yaml.SequenceEndEvent)]
            return [fields for some in each for fields in some]
        found: Any = None
        if isinstance(event, yaml.MappingStartEvent):
            found, _ = self._fields(event)
        elif isinstance(event, yaml.AliasEvent):
            found = self._alias(event)
        if isinstance(found, tuple):
            return [found]
        self._fault(event, "<<", "expected an alias of an entry")
        return []

    def _value(self, event: Any) -> tuple[Any, Any]:
        """Return a value, and the last event of what is written of it."""
        if isinstance(event, yaml.AliasEvent):
            value = self._alias(event)
            return (_Collection() if isinstance(value, tuple) else value), event
        if isinstance(event, yaml.ScalarEvent):
            value, end = self._scalar(event), event
        elif isinstance(event, yaml.SequenceStartEvent):
            value, end = self._texts(event)
        else:
            value, end = self._pairs(event)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value, end

    def _texts(self, start: Any) -> tuple[Any, Any]:
        """Return a list of scalars; what else is in it is told apart by nobody."""
        values, end = [], start
        for event in self._until(yaml.SequenceEndEvent):
            value, end = self._plain(event)
            values.append(value)
        return values, self._last if start.flow_style else end

    def _pairs(self, start: Any) -> tuple[Any, Any]:
        """Return a mapping of names to scalars."""
        values, end = {}, start
        for event in self._until(yaml.MappingEndEvent):
            name = self._key(event)
            if name in values:
                self._fault(event, name, "is defined twice; keep one")
            values[name], end = self._plain(self._next())
        return values, self._last if start.flow_style else end

    def _plain(self, event: Any) -> tuple[Any, Any]:
        """Return a scalar; anything larger is passed over, however deep it is."""
        if isinstance(event, yaml.CollectionStartEvent):
            self._skip(event)
            return _Collection(), self._last
        value, end = self._value(event)
        return (_Collection() if isinstance(value, list | dict) else value), end

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            self._fault(event, "", UNKNOWN_ALIAS.format(name=event.anchor))
        return self._anchors.get(event.anchor, _Unknown())

    def _scalar(self, event: Any) -> Any:
        """Return what YAML reads in a scalar: most are texts, and few have to be looked at."""
        value, tag = event.value, event.tag
        if tag is None or tag == "!":
            if not event.implicit[0] or not (known := _RESOLVERS.get(value[:1])):
                return value
            tag = next((tag for tag, form in known if form.match(value)), _STR)
        if tag == _STR:
            return value
        if (tag, value) not in self._values:
            self._values[tag, value] = self._construct(event, tag)
        return self._values[tag, value]

    def _construct(self, event: Any, tag: str) -> Any:
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(yaml.ScalarNode(tag, event.value), deep=True)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            if tag == _TIMESTAMP and event.tag is None:
                # 2027-02-31 is no day, and a text where one belongs.
                return event.value
            said = getattr(error, "problem", None) or str(error)
            self._fault(event, "", f"is not valid YAML: {said}")
            return _Collection()

    def _entry(self, fields: _Fields, event: Any, number: int) -> Entry | None:
        values, lines = fields
        try:
            entry = self._check(values)
            self._once(entry.id, lines.get("id", 0), number)
            return entry
        except EntryError as error:
            for key, problem in error.problems:
                if isinstance(values.get(key), _Unknown):
                    continue
                line = lines.get(_KEY.split(key)[0], event.start_mark.line + 1)
                dotted = f"{HEAD}[{number}].{key}"
                self._note(Fault(self._file, line, dotted, problem))
            return None

    def _once(self, entry_id: str, line: int, number: int) -> None:
        """Note that an id is taken: two entries of one id would be extended as one."""
        if not entry_id:
            return
        first = self._ids.setdefault(entry_id, line)
        if first != line:
            problem = (
                f"{entry_id} is the id of the entry on line {first} already; leave it out, or take "
                "one of the two entries out"
            )
            self._note(Fault(self._file, line, f"{HEAD}[{number}].id", problem))

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        """Yield the first event of each thing in what has begun; its rest is for the caller."""
        while not isinstance(event := self._next(), end):
            yield event
        self._last = event

    def _skip(self, event: Any) -> None:
        """Go on to the end of what *event* begins; however deep it is, nothing is kept of it."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            self._last = event = self._next()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                self._fault(event, "", TOO_DEEP)
                raise _EnoughError

    def _fault(self, event: Any, key: str, problem: str) -> None:
        self._note(Fault(self._file, event.start_mark.line + 1, key, problem))

    def _note(self, fault: Fault) -> None:
        self.faults.append(fault)
        if len(self.faults) >= _FAULTS_MAX:
            raise _EnoughError
