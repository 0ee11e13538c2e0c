"""Terraform and the bot refuse the same catalogues, each in sentences of its own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.catalogue import load_catalogue
from config.faults import ConfigError
from config.schema import schema

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "terraform" / "modules"
SHIPPED = ROOT / "config/rules.yaml"
CATALOGUES = MODULES / "rules/tests/catalogues"
ENTRIES = yaml.safe_load((CATALOGUES / "wrong.yaml").read_text(encoding="utf-8"))["rules"]
WRONG = [name for name in ENTRIES if name != "right"]
FILES = [path for path in sorted(CATALOGUES.glob("*.yaml")) if path.stem != "wrong"]
PLACE = {"name_prefix": "c", "partition": "aws", "region": "r", "account_id": "1"}


def test_terraform_refuses_each_wrong_entry_and_no_right_one(terraform: Any) -> None:
    found = faults(terraform, CATALOGUES / "wrong.yaml")

    assert {fault.split(":")[0] for fault in found} == set(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_the_bot_refuses_each_wrong_entry(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, "right", name)

    assert {fault.key.split(".")[1] for fault in raised.value.faults} == {name}


def test_the_bot_takes_the_right_entry(tmp_path: Path) -> None:
    assert set(load(tmp_path, "right")) == {"right"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_without_rules_is_refused_by_both(path: Path, terraform: Any) -> None:
    assert faults(terraform, path)[-1] == "rules: expected at least one rule, by name"
    with pytest.raises(ConfigError):
        load_catalogue(path)


@pytest.mark.parametrize(
    ("variable", "chosen", "told"),
    [
        ("parameters", {"databaseEngines": "mysql"}, None),
        ("parameters", {"databaseEngines": None}, "databaseEngines: expected a text"),
        ("parameters", {"databaseEngines": "$${key}"}, "no placeholder but"),
        ("remediation_parameters", {"ApplyImmediately": "true"}, None),
        ("remediation_parameters", {"ApplyImmediately": " "}, "expected a text"),
        ("remediation_parameters", {"DbInstanceResourceId": "a"}, "expected neither"),
        ("remediation_parameters", {"AutomationAssumeRole": "a"}, "expected neither"),
        ("remediation_parameters", {"KmsKeyArn": "arn:aws:kms:r:1:key/a"}, "that key only"),
    ],
)
def test_what_is_chosen_over_the_catalogue_is_held_to_the_same(
    variable: str, chosen: dict[str, str | None], told: str | None, terraform: Any
) -> None:
    rule = "rds-instance-deletion-protection-enabled"

    found = faults(terraform, SHIPPED, **{variable: json.dumps({rule: chosen})})

    assert [fault.split(":")[0] for fault in found] == ([rule] if told else [])
    assert all(told in fault for fault in found if told)


def load(folder: Path, *names: str) -> Any:
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"rules": {name: ENTRIES[name] for name in names}}))
    return load_catalogue(path)


def faults(terraform: Any, catalogue: Path, **chosen: str) -> list[str]:
    given = {**PLACE, "catalogue_file": str(catalogue), **chosen}
    options = [option for name, value in given.items() for option in ("--var", f"{name}={value}")]
    said: list[str] = terraform(MODULES / "catalogue", *options)["outputs"]["faults"]["value"]
    return said


def test_terraform_knows_the_keys_of_a_rule_that_the_bot_knows() -> None:
    text = (ROOT / "terraform/modules/catalogue/main.tf").read_text(encoding="utf-8")
    [known] = re.findall(r"^    entry = \[(.*?)\]", text, re.DOTALL | re.MULTILINE)
    rules = json.loads(schema("rules"))["$defs"]["_Rule"]["properties"]

    assert set(re.findall(r'"(\w+)"', known)) == set(rules)
