"""What editors and readers are told of the YAML files is what the code reads."""

import json
from pathlib import Path

import pytest
import yaml

from config.schema import FILES, PAGE, schema, written

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize("path", written(), ids=lambda path: path.name)
def test_the_committed_files_are_those_of_the_code(path):
    assert path.read_text(encoding="utf-8") == written()[path], "run python -m config.schema"


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_explained(name):
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    assert not [line for line in lines if "` |  |" in line]
    for kind in json.loads(schema(name))["$defs"].values():
        assert all(isinstance(each, dict) for each in kind.get("properties", {}).values())


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_file_names_its_schema_and_has_keys_of_it(name):
    text = (CONFIG / f"{name}.yaml").read_text(encoding="utf-8")

    assert text.startswith(f"# yaml-language-server: $schema={name}.schema.json\n")
    assert set(yaml.safe_load(text)) <= set(json.loads(schema(name))["properties"])
