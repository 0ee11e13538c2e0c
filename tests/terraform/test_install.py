"""What docs/install.md tells people to type names what Terraform makes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "terraform/examples/single-account"


def test_what_is_taken_out_of_the_state_before_removing_is_in_it(terraform: Any) -> None:
    text = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    named = set(re.findall(r"terraform state rm '(.+?)'", text))

    made = terraform(EXAMPLE, "--var-file", EXAMPLE / "tests/plain.tfvars")

    assert {address for address in named if ".aws_kms_key." in address}
    assert named <= set(addresses(made["root_module"]))


def addresses(module: Mapping[str, Any]) -> Iterator[str]:
    yield from (resource["address"] for resource in module.get("resources", []))
    for child in module.get("child_modules", []):
        yield from addresses(child)
