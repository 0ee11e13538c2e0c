"""What the allowlist says of a plan: the exceptions in force, by the names that Terraform gives.

A resource is known by its name in the plan. Where AWS Config knows it by an id that AWS makes, the
entry's ``name`` is looked for instead.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from compliance.allowlist import ANY, Entry  # noqa: E402 - found by the line above

#: The attribute with the name of a resource.
NAMED_BY: Mapping[str, str] = {
    "aws_db_instance": "identifier",
    "aws_dynamodb_table": "name",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_sns_topic": "name",
}


@dataclass(frozen=True, slots=True)
class Silenced:
    """One exception from one rule: *name* is the resource's in a plan, empty for every resource."""

    rule: str
    name: str
    entry: Entry

    def __str__(self) -> str:
        what = _one_line(self.name) or "every resource"
        where = f"{self.entry.account}, {self.entry.region}"
        ticket = f", {_one_line(self.entry.ticket)}" if self.entry.ticket else ""
        return f"{self.entry.known_as}: {what} in {where} until {self.entry.expires}{ticket}"


def in_force(
    text: str, file: str, rules: Mapping[str, Any], today: date, account: str = "", region: str = ""
) -> tuple[tuple[Silenced, ...], tuple[str, ...]]:
    """Return what is silenced on *today*, and why of each entry that cannot silence anything.

    Of an *account* and a *region* only, where they are given. Raises the allowlist's faults.
    """
    # Only here: features from the catalogue alone need PyYAML and no more.
    from config.allowlist import parse_allowlist

    silenced: list[Silenced] = []
    left: list[str] = []
    for entry in parse_allowlist(text, file).entries:
        applies = account in {"", entry.account} or entry.account == ANY
        if not applies or not (region in {"", entry.region} or entry.region == ANY):
            continue
        if entry.expires < today:
            left.append(f"{entry.known_as}: it ended on {entry.expires}")
        elif entry.tags:
            left.append(f"{entry.known_as}: it is for tags, which a feature cannot ask for")
        else:
            for rule in entry.rules:
                _add(entry, rule, rules, silenced, left)
    return tuple(silenced), tuple(left)


def _add(
    entry: Entry, rule: str, rules: Mapping[str, Any], silenced: list[Silenced], left: list[str]
) -> None:
    source = rules.get(rule, {}).get("terraform")
    if source is None:
        left.append(f"{entry.known_as}: the catalogue does not have the rule {rule}")
    elif entry.resource == ANY:
        silenced.append(Silenced(rule, "", entry))
    elif (name := _name(entry, source.get("of", source["resource"]))) and _is_plain(name):
        silenced.append(Silenced(rule, name, entry))
    else:
        left.append(f"{entry.known_as}: no name of {entry.resource} that a plan could have")


def _name(entry: Entry, resource_type: str) -> str:
    """Return the resource's name in a plan: AWS Config knows databases and topics otherwise."""
    if resource_type not in NAMED_BY:
        return ""
    if resource_type == "aws_db_instance":
        return entry.name if re.fullmatch("db-[A-Z0-9]+", entry.resource) else entry.resource
    return entry.resource.rpartition(":")[2] if resource_type == "aws_sns_topic" else entry.resource


def _is_plain(name: str) -> bool:
    """Whether a step of a feature can contain the name: no AWS resource in a plan has another."""
    return name.isprintable() and '"' not in name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def checkov_baseline(silenced: Iterable[Silenced], rules: Mapping[str, Any], plan: Path) -> str:
    """Return a baseline for ``checkov -f PLAN --baseline FILE``, which takes what it does not know.

    Each resource has its exceptions and their ends, for whoever reads the file.
    """
    resources = list(_planned(plan))
    checks: defaultdict[str, set[str]] = defaultdict(set)
    exceptions: defaultdict[str, set[str]] = defaultdict(set)
    for each in silenced:
        if known := rules[each.rule]["terraform"].get("checkov", ()):
            for address in _addresses(each, rules, resources):
                checks[address].update(known)
                exceptions[address].add(str(each))
    findings = [
        {
            "resource": address,
            "check_ids": sorted(checks[address]),
            "exceptions": sorted(exceptions[address]),
        }
        for address in sorted(checks)
    ]
    return _json({"failed_checks": [{"file": f"/{plan.name}", "findings": findings}]})


#: Trivy knew a check as AVD-AWS-0086, and knows it as AWS-0086 since it gave up the longer id:
#: https://github.com/aquasecurity/trivy/issues/9064
_TRIVY_IDS = [
    line for name in ("ID", "AVDID") for line in
    ("is_check(id) {", f"\tendswith(input.{name}, id)", "}", "")
][:-1]  # fmt: skip


def trivy_policy(silenced: Iterable[Silenced], rules: Mapping[str, Any], plan: Path) -> str:
    """Return a policy for ``trivy config --ignore-policy FILE``, which knows each end itself."""
    lines = ["# Written by generate_features.py from the allowlist: change it there.",
             "package trivy", "", "default ignore = false", "", *_TRIVY_IDS]  # fmt: skip
    resources = list(_planned(plan))
    for each in silenced:
        ends = each.entry.ends_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for address in _addresses(each, rules, resources):
            for check in rules[each.rule]["terraform"].get("trivy", ()):
                own = json.dumps(check.removeprefix("AVD-"))
                lines += ["", f"# {each}", "ignore {", f"\tis_check({own})",
                          f"\tinput.CauseMetadata.Resource == {json.dumps(address)}",
                          f'\ttime.now_ns() < time.parse_rfc3339_ns("{ends}")', "}"]  # fmt: skip
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Planned:
    """A resource of a plan, and the addresses that it refers to."""

    address: str
    type: str
    values: Mapping[str, Any]
    refers_to: frozenset[str]


def _addresses(
    each: Silenced, rules: Mapping[str, Any], resources: Iterable[_Planned]
) -> Iterator[str]:
    """Yield the addresses of what an exception is about, and of what belongs to it."""
    source = rules[each.rule]["terraform"]
    owner = source.get("of", source["resource"])
    named = {
        planned.address
        for planned in resources
        if planned.type == owner
        and (not each.name or planned.values.get(NAMED_BY.get(owner, "")) == each.name)
    }
    yield from sorted(named)
    if owner != source["resource"]:
        attribute = NAMED_BY.get(owner, "")
        for planned in resources:
            if planned.type == source["resource"] and (
                planned.refers_to & named
                or (each.name and planned.values.get(attribute) == each.name)
            ):
                yield planned.address


def _planned(plan: Path) -> Iterator[_Planned]:
    data = json.loads(plan.read_text(encoding="utf-8"))
    root = data["planned_values"]["root_module"]
    configured = data.get("configuration", {}).get("root_module", {})
    yield from _of_module(root, configured, "")


def _of_module(
    module: Mapping[str, Any], configured: Mapping[str, Any], path: str
) -> Iterator[_Planned]:
    references = {
        each["address"]: {f"{path}{name}" for name in _references(each.get("expressions", {}))}
        for each in configured.get("resources", ())
    }
    for each in module.get("resources", ()):
        plain = re.sub(r"\[.*?\]$", "", each["address"].removeprefix(path))
        known = frozenset(references.get(plain, ()))
        yield _Planned(each["address"], each["type"], each.get("values") or {}, known)
    calls = configured.get("module_calls", {})
    for child in module.get("child_modules", ()):
        name = re.sub(r"\[.*?\]$", "", child["address"].rpartition("module.")[2])
        below = calls.get(name, {}).get("module", {})
        yield from _of_module(child, below, f"{child['address']}.")


def _references(expressions: Any) -> Iterator[str]:
    if isinstance(expressions, dict):
        yield from expressions.get("references", ())
        for each in expressions.values():
            yield from _references(each)


def _json(data: Any) -> str:
    return json.dumps(data, indent=2) + "\n"


def now() -> date:
    return datetime.now(UTC).date()
