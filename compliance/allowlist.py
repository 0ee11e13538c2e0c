"""The allowlist: exceptions with a reason and an end, and edits that keep the file. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import yaml

from compliance.change import FindingKey

#: In place of an account, a Region or a resource: all of them. Only by hand, never by a button.
ANY = "*"
_ODD_LINE_ENDS = frozenset("\x85\u2028\u2029")


class ExceptionClass(StrEnum):
    ACCEPTED_RISK = "accepted risk"
    FALSE_POSITIVE = "false positive"
    NOT_OURS = "not ours"


class UneditableAllowlistError(Exception):
    """The file is written so that no line edit gives the intended data; nothing was changed."""


class UnwritableAllowlistError(Exception):
    """The exception could not be written; the allowlist is as it was. The message says why."""


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

    def covers(self, key: FindingKey) -> bool:
        return self.rule == key.rule and all(
            wanted in {ANY, found}
            for wanted, found in (
                (self.account, key.account),
                (self.region, key.region),
                (self.resource, key.resource_id),
            )
        )

    def active(self, now: datetime) -> bool:
        return now.astimezone(UTC).date() <= self.expires


def in_force(entries: Iterable[Entry], key: FindingKey, now: datetime) -> Entry | None:
    """Return the entry that covers *key* at *now* and lasts longest, None if there is none."""
    covering = [entry for entry in entries if entry.covers(key) and entry.active(now)]
    return max(covering, key=lambda entry: entry.expires, default=None)


def add_entries(text: str, *entries: Entry) -> str:
    """Return the file's *text* with *entries* after the last one, every other line as it was.

    Raises UneditableAllowlistError where that cannot be done by inserting lines.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    at, indent, head = _place(text, lines)
    new = [line for entry in entries for line in _entry_lines(entry, indent)]
    added = [f"{line}{newline}" for line in [*head, *new]]
    rest = lines[at + 1 :] if head and _is_empty_list(lines, at) else lines[at:]
    edited = "".join([*lines[:at], *added, *rest])
    _check(text, edited, entries)
    return edited


def _is_empty_list(lines: list[str], at: int) -> bool:
    """Whether the line at *at* is an empty list, which the new first entry takes the place of."""
    return at < len(lines) and lines[at].lstrip().startswith("exceptions:")


def _place(text: str, lines: list[str]) -> tuple[int, str, list[str]]:
    """Return where to insert, how far to indent, and the heading that has to come first."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UneditableAllowlistError(f"the allowlist is not valid YAML: {error}") from error
    if root is None:
        return len(lines), "  ", ["exceptions:"]
    if not isinstance(root, yaml.MappingNode):
        raise UneditableAllowlistError("the allowlist has no list under 'exceptions:'")
    for name, value in root.value:
        if name.value != "exceptions":
            continue
        if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
            return _end(lines, value), " " * value.start_mark.column, []
        if value.value in ([], "", "null", "~"):
            comment = _comment(lines[name.start_mark.line])
            return name.start_mark.line, "  ", [f"exceptions:{comment}"]
        raise UneditableAllowlistError("write the exceptions on lines of their own, each with '- '")
    return len(lines), "  ", ["exceptions:"]


def _comment(line: str) -> str:
    at = line.find(" #")
    return f" {line[at:].strip()}" if at >= 0 else ""


def _end(lines: list[str], sequence: yaml.SequenceNode) -> int:
    """Return the line after the last entry's last line; comments below it stay below."""
    at = min(sequence.end_mark.line, len(lines))
    if at == sequence.end_mark.line and sequence.end_mark.column and at < len(lines):
        at += 1
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _entry_lines(entry: Entry, indent: str) -> list[str]:
    data = as_data(entry)
    # These end a line in YAML: as they are they would be read as something else.
    readable = not _ODD_LINE_ENDS.intersection("".join(map(str, data.values())))
    dumped = yaml.safe_dump(
        data, sort_keys=False, allow_unicode=readable, width=10_000, default_flow_style=False
    )
    first, *rest = dumped.splitlines()
    return [f"{indent}- {first}", *(f"{indent}  {line}" if line else line for line in rest)]


def as_data(entry: Entry) -> dict[str, Any]:
    """Return *entry* as the file's keys and values."""
    data = {
        "rule": entry.rule,
        "account": entry.account,
        "region": entry.region,
        "resource": entry.resource,
        "class": entry.exception_class.value,
        "reason": entry.reason,
        "asked_by": entry.asked_by,
        "ticket": entry.ticket,
        "expires": entry.expires,
    }
    return {name: value for name, value in data.items() if value != ""}


def _check(before: str, after: str, entries: Iterable[Entry]) -> None:
    """What was written must read as what was meant, or nothing is written."""
    try:
        old, new = yaml.safe_load(before) or {}, yaml.safe_load(after)
    except (yaml.YAMLError, ValueError) as error:
        raise UneditableAllowlistError(f"the allowlist cannot be edited: {error}") from error
    if new != {**old, "exceptions": [*(old.get("exceptions") or ()), *map(as_data, entries)]}:
        raise UneditableAllowlistError(
            "the allowlist cannot be edited without changing other lines"
        )
