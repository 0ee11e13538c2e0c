#!/usr/bin/env python3
"""Writes the terraform-compliance features from the rule catalogue: ``--check`` only compares.

The catalogue's rules find a violation in AWS; these features stop it in the plan, before that. What
the exceptions of an allowlist cover today is left out, so that an exception is kept in one place.
"""

# ruff: noqa: T201 - it talks to a terminal.

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from terraform.suppressions import (  # noqa: E402 - found by the line above
    NAMED_BY,
    Silenced,
    checkov_baseline,
    in_force,
    now,
    trivy_policy,
)

CATALOGUE = FOLDER.parent / "config" / "rules.yaml"
FEATURES = FOLDER / "features"

#: In the catalogue: the attribute must be there, whatever its value.
ANY = "any"
_SUPPRESSIONS = ("checkov.baseline", "trivy-ignore.rego")


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    rules = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["rules"]
    silenced: tuple[Silenced, ...] = ()
    if asked.allowlist:
        # Only here: a catalogue alone needs PyYAML and no more.
        from config.faults import ConfigError

        try:
            silenced, left = _read(asked, rules)
        except (ConfigError, OSError) as error:
            print(error, file=sys.stderr)
            return 2
        for line in (f"not silenced: {each}" for each in left):
            print(line)
        for wide in (each for each in silenced if not each.name):
            print(f"no feature for {wide.rule}: {wide}")
    wanted = features(rules, silenced)
    try:
        if asked.plan:
            wanted["checkov.baseline"] = checkov_baseline(silenced, rules, asked.plan)
            wanted["trivy-ignore.rego"] = trivy_policy(silenced, rules, asked.plan)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"{asked.plan}: is not what terraform show -json writes: {error}", file=sys.stderr)
        return 2
    return _bring(asked.output, wanted, check=asked.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if it would")
    parser.add_argument("--output", type=Path, default=FEATURES, help="the folder to write into")
    parser.add_argument("--allowlist", type=Path, help="leave out what its exceptions cover today")
    parser.add_argument("--account", default="", help="only exceptions of this account")
    parser.add_argument("--region", default="", help="only exceptions of this Region")
    parser.add_argument(
        "--plan",
        type=Path,
        help="a plan as JSON: writes suppressions for checkov and Trivy as well",
    )
    return parser


def _read(
    asked: argparse.Namespace, rules: Mapping[str, Any]
) -> tuple[tuple[Silenced, ...], tuple[str, ...]]:
    text = asked.allowlist.read_text(encoding="utf-8-sig")
    return in_force(text, str(asked.allowlist), rules, now(), asked.account, asked.region)


def _bring(folder: Path, wanted: Mapping[str, str], *, check: bool) -> int:
    """Write what differs into *folder*, or name it; a feature that is not wanted goes."""
    found = {path.name: path.read_text(encoding="utf-8") for path in _ours(folder)}
    stale = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    for name in stale:
        print(f"{folder.name}/{name} is not what the catalogue says" if check else name)
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / name, wanted.get(name))
    if check and stale:
        print("Write them again: python terraform/generate_features.py")
    return int(check and bool(stale))


def _ours(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.feature")
    yield from (folder / name for name in _SUPPRESSIONS if (folder / name).exists())


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


def features(rules: Mapping[str, Any], silenced: Sequence[Silenced] = ()) -> dict[str, str]:
    """Return each feature's text by its file's name; a rule that is silenced for all has none."""
    made = {}
    for name, rule in rules.items():
        excepted = [each for each in silenced if each.rule == name]
        if all(each.name for each in excepted):
            made[f"{name}.feature"] = feature(name, rule, excepted)
    return made


def feature(name: str, rule: Mapping[str, Any], silenced: Sequence[Silenced] = ()) -> str:
    source = rule["terraform"]
    lines = [f"# From config/rules.yaml by {Path(__file__).name}: change it there."]
    lines += [f"# Excepted by {each}" for each in silenced]
    lines += [f"Feature: {name}", f"  {rule['why'].strip()}"]
    for about, given in _given(source, silenced):
        resource = source["resource"]
        is_owner = "of" in source and given[0] == f"    Given I have {source['of']} defined"
        if is_owner:
            title = f"Every {source['of']}{about} has {resource}"
            lines += ["", f"  Scenario: {title}", *given, f"    Then it must have {resource}"]
            if not silenced:
                continue
        if is_owner or "of" not in source or not silenced or about:
            for attribute, value in source["must_have"].items():
                lines += ["", f"  Scenario: {attribute} of {resource}{about} is {value}", *given]
                steps = list(_steps(attribute.split("."), value))
                if is_owner:
                    first = steps[0].replace("Then", "And", 1)
                    steps = [f"    Then it must have {resource}", first, *steps[1:]]
                lines += steps
    return "\n".join(lines) + "\n"


def _given(
    source: Mapping[str, Any], silenced: Sequence[Silenced]
) -> Iterator[tuple[str, list[str]]]:
    """Yield which resources a scenario is about, in words and in steps.

    What is excepted is left out by its name. A step that asks for a name passes over what has none
    yet, so that this is asked about by itself: nothing else gets away by an exception.
    """
    owner = source.get("of", source["resource"])
    owned, defined = (f"    Given I have {each} defined" for each in (owner, source["resource"]))
    if not silenced:
        if "of" in source:
            yield "", [owned]
        yield "", [defined]
        return
    attribute = NAMED_BY[owner]
    names = "|".join(sorted({re.escape(each.name) for each in silenced}))
    unlike = f'its {attribute} is not "^({names})$" regex'
    yield " that no exception names", [owned, f"    When {unlike}"]
    yield " without a name", [owned, f"    When it does not have {attribute}"]
    if "of" in source:
        alone = f"    When it does not have {owner}"
        yield f" of an {owner} elsewhere", [defined, alone, f"    And {unlike}"]


def _steps(path: list[str], value: str) -> Iterator[str]:
    """A plan has null where nothing is said, and null counts as "must have": hence the last line.

    Nothing said is as good as false: the provider's own default is false wherever one is asked for.
    """
    for word, attribute in zip(["Then"] + ["And"] * len(path), path, strict=False):
        yield f"    {word} it must have {attribute}"
    if value == ANY:
        yield "    And its value must not be null"
    elif value == "false":
        yield "    And its value must not be true"
    else:
        yield f"    And its value must be {value}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
