#!/usr/bin/env python3
"""Writes the terraform-compliance features from the rule catalogue: ``--check`` only compares.

The catalogue's rules find a violation in AWS; these features stop it in the plan, before that.
"""

# ruff: noqa: T201 - it talks to a terminal.

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
CATALOGUE = FOLDER.parent / "config" / "rules.yaml"
FEATURES = FOLDER / "features"

#: In the catalogue: the attribute must be there, whatever its value.
ANY = "any"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if it would")
    check = parser.parse_args(arguments).check
    wanted = features(yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["rules"])
    found = {path.name: path.read_text(encoding="utf-8") for path in FEATURES.glob("*.feature")}
    stale = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    for name in stale:
        print(f"{FEATURES.name}/{name} is not what the catalogue says" if check else name)
        if not check:
            _write(FEATURES / name, wanted.get(name))
    if check and stale:
        print("Write them again: python terraform/generate_features.py")
    return int(check and bool(stale))


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


def features(rules: Mapping[str, Any]) -> dict[str, str]:
    """Return each feature's text by its file's name."""
    return {f"{name}.feature": feature(name, rule) for name, rule in rules.items()}


def feature(name: str, rule: Mapping[str, Any]) -> str:
    source = rule["terraform"]
    lines = [
        f"# From config/rules.yaml by {Path(__file__).name}: change it there.",
        f"Feature: {name}",
        f"  {rule['why'].strip()}",
    ]
    if "of" in source:
        lines += [
            "",
            f"  Scenario: Every {source['of']} has {source['resource']}",
            f"    Given I have {source['of']} defined",
            f"    Then it must have {source['resource']}",
        ]
    for attribute, value in source["must_have"].items():
        lines += [
            "",
            f"  Scenario: {attribute} of {source['resource']} is {value}",
            f"    Given I have {source['resource']} defined",
            *_steps(attribute.split("."), value),
        ]
    return "\n".join(lines) + "\n"


def _steps(path: list[str], value: str) -> Iterator[str]:
    """A plan holds null where nothing is said, and null counts as "must have": hence the last line.

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
