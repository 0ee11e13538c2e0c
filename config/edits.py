"""Edits of the allowlist's text, line by line: every line that people wrote stays as it is.

What was written must read as what was meant, or nothing is written. To prove that, only the edited
entries and their neighbours are read again: YAML is read forward, and at the dash of an entry all
that stands before it is over. Where that is not so, because of anchors or directives, the
whole text is read again.
"""

import re
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from compliance.allowlist import Entry, UneditableAllowlistError
from config.allowlist import HEAD, Loader, Parsed, parse_allowlist
from config.entry import as_data
from config.faults import ConfigError

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_ODD_LINE_ENDS = frozenset("\x85\u2028\u2029")
_FLOW = "write the exceptions on lines of their own, each with '- '"
_REFUSED = "the allowlist cannot be edited without changing other lines"


def add_entries(text: str, parsed: Parsed, entries: Sequence[Entry]) -> tuple[str, Parsed]:
    """Return *text* with *entries* after the last one, and what is in it then.

    Raises UneditableAllowlistError where that cannot be done by inserting lines.
    """
    if parsed.layout.flow:
        raise UneditableAllowlistError(_FLOW)
    if not parsed.entries:
        return _begin(text, parsed, entries)
    at = end_of_entry(text, parsed, -1)
    newline = "" if at == 0 or _LINE_END.match(text[at - 1]) else _newline(text)
    added = newline + _written(text, entries, parsed.layout.indent)
    count = len(parsed.entries)
    return _splice(text, parsed, (at, at), added, (count, count), entries)


def end_of_entry(text: str, parsed: Parsed, number: int) -> int:
    """Return where the line after entry *number* begins, counted from 0."""
    return _line_after(text, parsed.ends[number])


def remove_entry(text: str, parsed: Parsed, number: int) -> tuple[str, Parsed]:
    """Return *text* without the lines of entry *number*, counted from 0.

    Raises UneditableAllowlistError where it shares lines with others, or others refer to it.
    """
    return _splice(text, parsed, _lines_of(text, parsed, number), "", (number, number + 1), ())


def replace_entry(text: str, parsed: Parsed, number: int, entry: Entry) -> tuple[str, Parsed]:
    """Return *text* with *entry* in the place of entry *number*, counted from 0.

    Only the values that differ are written anew, so that comments between them stay; where the
    entry is written in a way that does not allow it, all of its lines.
    """
    if parsed.entries[number] == entry:
        return text, parsed
    begin, end = _lines_of(text, parsed, number)
    span = number, number + 1
    try:
        changed = _changed_values(text[begin:end], parsed.entries[number], entry)
        return _splice(text, parsed, (begin, end), changed, span, (entry,))
    except UneditableAllowlistError:
        lines = _written(text, (entry,), parsed.layout.indent)
        return _splice(text, parsed, (begin, end), lines, span, (entry,))


def _begin(text: str, parsed: Parsed, entries: Sequence[Entry]) -> tuple[str, Parsed]:
    """Write the first entries: the text is short, and read again as a whole."""
    layout, newline = parsed.layout, _newline(text)
    if layout.value is None:
        gap = "" if not text or _LINE_END.search(text, len(text) - 1) else newline
        edited = f"{text}{gap}{HEAD}:{newline}{_written(text, entries, 2)}"
    else:
        edited = _without_value(text, *layout.value)
        at = _line_after(edited, min(layout.value[0], len(edited)))
        at = min(at, _line_after(edited, edited.rfind(":", 0, layout.value[0] + 1)))
        gap = "" if at and _LINE_END.match(edited[at - 1]) else newline
        lines = _written(text, entries, layout.indent)
        edited = f"{edited[:at]}{gap}{lines}{edited[at:]}"
    return edited, _read(edited, entries)


def _without_value(text: str, begin: int, end: int) -> str:
    """Return *text* without the empty list between these, nor what is only blank then."""
    before, after = text[:begin].rstrip(" "), text[end:].lstrip(" ")
    if before.endswith(("\n", "\r")) and (line_end := _LINE_END.match(after)):
        return before + after[line_end.end() :]
    return f"{before} {after}" if after.startswith("#") else before + after


def _splice(
    text: str,
    parsed: Parsed,
    place: tuple[int, int],
    new: str,
    replaced: tuple[int, int],
    meant: Sequence[Entry],
) -> tuple[str, Parsed]:
    """Put *new* between the positions of *place*, *meant* in the place of entries *replaced*."""
    begin, end = place
    first, last = replaced
    edited = f"{text[:begin]}{new}{text[end:]}"
    entries = (*parsed.entries[:first], *meant, *parsed.entries[last:])
    known = parsed.layout.simple and "&" not in text[begin:end] and "&" not in new
    window = _window(text, parsed, place, new, replaced) if known else None
    if window is None or not entries:
        return edited, _read(edited, entries)
    start, shown, from_entry = window
    heading = f"{' ' * parsed.layout.column}{HEAD}:\n"
    try:
        seen = parse_allowlist(heading + shown, "")
    except ConfigError:
        # It may refer to what stands above; then only the whole can be read.
        return edited, _read(edited, entries)
    until = from_entry + len(seen.entries)
    if seen.entries != entries[from_entry:until] or seen.layout.indent != parsed.layout.indent:
        raise UneditableAllowlistError(_REFUSED)
    # The dash stands on the line that the entry begins on, and behind the heading on the second.
    moved = start - len(heading), parsed.lines[from_entry] - 2
    return edited, _joined(parsed, entries, seen, moved, from_entry, len(edited) - len(text))


def _window(
    text: str, parsed: Parsed, place: tuple[int, int], new: str, replaced: tuple[int, int]
) -> tuple[int, str, int] | None:
    """Return where the neighbourhood of an edit begins, what it is then, and its first entry.

    It goes from the dash of the entry before to that of the second entry behind, or to the end.
    None where one of the dashes is not where one looks for it.
    """
    first, last = replaced
    from_entry = max(first - 1, 0)
    start = _dash_line(text, parsed, from_entry)
    behind = last + 1
    stop = len(text) if behind >= len(parsed.entries) else _dash_line(text, parsed, behind)
    if start is None or stop is None or not start <= place[0] <= place[1] <= stop:
        return None
    return start, f"{text[start : place[0]]}{new}{text[place[1] : stop]}", from_entry


def _joined(
    parsed: Parsed,
    entries: tuple[Entry, ...],
    seen: Parsed,
    moved: tuple[int, int],
    from_entry: int,
    longer: int,
) -> Parsed:
    """Return what is in the edited text, with what was *seen* of it in its place."""
    by_characters, by_lines = moved
    rest = len(entries) - from_entry - len(seen.entries)
    old = len(parsed.entries) - rest
    # Behind the edit everything keeps its distance, but for what the edit is longer.
    lines = _shifted(seen.lines, by_lines)
    more = _line_growth(parsed, from_entry, seen, lines, old)
    return Parsed(
        entries,
        parsed.lines[:from_entry] + lines + _shifted(parsed.lines[old:], more),
        parsed.begins[:from_entry]
        + _shifted(seen.begins, by_characters)
        + _shifted(parsed.begins[old:], longer),
        parsed.ends[:from_entry]
        + _shifted(seen.ends, by_characters)
        + _shifted(parsed.ends[old:], longer),
        parsed.layout,
    )


def _line_growth(
    parsed: Parsed, from_entry: int, seen: Parsed, lines: "array[int]", old: int
) -> int:
    """Return how many lines the text has more: the last entry seen was there before as well."""
    if old >= len(parsed.entries) or not lines:
        return 0
    return lines[-1] - parsed.lines[old - 1]


def _shifted(numbers: "array[int]", by: int) -> "array[int]":
    return array("q", [number + by for number in numbers]) if by else numbers


def _read(edited: str, meant: Sequence[Entry]) -> Parsed:
    try:
        parsed = parse_allowlist(edited, "")
    except ConfigError as error:
        raise UneditableAllowlistError(f"{_REFUSED}: {error.faults[0].problem}") from error
    if parsed.entries != tuple(meant):
        raise UneditableAllowlistError(_REFUSED)
    return parsed


def _lines_of(text: str, parsed: Parsed, number: int) -> tuple[int, int]:
    """Return where the lines of an entry begin and end; what stands between entries is not one."""
    begin = None if parsed.layout.flow else _dash_line(text, parsed, number)
    if begin is None:
        raise UneditableAllowlistError(_FLOW)
    return begin, _line_after(text, parsed.ends[number])


def _dash_line(text: str, parsed: Parsed, number: int) -> int | None:
    """Return where the line of an entry's dash begins; None where the dash stands further above."""
    at = parsed.begins[number]
    start = text.rfind("\n", 0, at) + 1
    before = text[start:at]
    return start if re.fullmatch(rf" {{{parsed.layout.indent}}}- *", before) else None


def _line_after(text: str, at: int) -> int:
    """Return where the next line begins; *at* itself where it is the beginning of one."""
    if at and _LINE_END.match(text[at - 1]):
        return at
    found = _LINE_END.search(text, at)
    return found.end() if found else len(text)


def _newline(text: str) -> str:
    """Return how the first line ends: a long text is not looked through for it."""
    first = _LINE_END.search(text)
    return "\r\n" if first and first[0] == "\r\n" else "\n"


def _written(text: str, entries: Sequence[Entry], indent: int) -> str:
    newline = _newline(text)
    return "".join(
        f"{line}{newline}" for entry in entries for line in _entry_lines(entry, " " * indent)
    )


def _entry_lines(entry: Entry, indent: str) -> Iterator[str]:
    first, *rest = _dumped(as_data(entry)).splitlines()
    yield f"{indent}- {first}"
    yield from (f"{indent}  {line}" if line else line for line in rest)


class _Dumper(yaml.SafeDumper):
    """Writes lists and mappings inside an entry on one line, so that an edit can replace them."""


def _flow_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _flow_mapping(dumper: yaml.SafeDumper, pairs: "_Pairs") -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", pairs.items(), flow_style=True)


class _Pairs(dict[str, str]):
    """A mapping inside an entry."""


_Dumper.add_representer(list, _flow_list)
_Dumper.add_representer(_Pairs, _flow_mapping)


def _dumped(data: dict[str, Any]) -> str:
    # These end a line in YAML: as they are they would be read as something else.
    readable = not _ODD_LINE_ENDS.intersection("".join(map(str, data.values())))
    dumped: str = yaml.dump(
        {name: _Pairs(each) if isinstance(each, dict) else each for name, each in data.items()},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=readable,
        width=sys.maxsize,
        default_flow_style=False,
    )
    return dumped


def _changed_values(lines: str, old: Entry, new: Entry) -> str:
    """Return an entry's *lines* with the values that are another in *new*, new keys at its end."""
    item = _item_node(lines)
    nodes = {name.value: (name, value) for name, value in item.value}
    before, after = as_data(old), as_data(new)
    changed = [name for name in after if before.get(name) != after[name]]
    if item.flow_style or before.keys() - after.keys():
        raise UneditableAllowlistError(_REFUSED)
    edits: list[tuple[int, int, str]] = []
    for name in changed:
        if name not in nodes:
            continue
        value = nodes[name][1]
        if not _is_on_its_line(value):
            raise UneditableAllowlistError(_REFUSED)
        written = _dumped({name: after[name]}).partition(": ")[2].rstrip("\n")
        edits.append((value.start_mark.index, value.end_mark.index, written))
    for begin, end, written in sorted(edits, reverse=True):
        lines = f"{lines[:begin]}{written}{lines[end:]}"
    return lines + _new_keys(
        lines, item, {name: after[name] for name in changed if name not in nodes}
    )


def _is_on_its_line(value: Any) -> bool:
    if isinstance(value, yaml.ScalarNode):
        return value.style not in {"|", ">"}
    return bool(value.flow_style)


def _new_keys(lines: str, item: yaml.Node, data: dict[str, Any]) -> str:
    """Return the lines of keys that an entry did not have, indented as its others are."""
    if not data:
        return ""
    newline, column = _newline(lines), item.start_mark.column
    gap = "" if _LINE_END.search(lines, len(lines) - 1) else newline
    return gap + "".join(f"{' ' * column}{line}{newline}" for line in _dumped(data).splitlines())


def _item_node(lines: str) -> Any:
    try:
        root = yaml.compose(lines, Loader)
    except yaml.YAMLError as error:
        raise UneditableAllowlistError(_REFUSED) from error
    if not isinstance(root, yaml.SequenceNode) or len(root.value) != 1:
        raise UneditableAllowlistError(_REFUSED)
    if not isinstance(root.value[0], yaml.MappingNode):
        raise UneditableAllowlistError(_REFUSED)
    return root.value[0]
