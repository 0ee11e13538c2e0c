"""The forms of AWS's ids, and that nobody writes one down a second time."""

import ast
import re
from pathlib import Path

import pytest

from compliance.aws_ids import ACCOUNT, REGION

ROOT = Path(__file__).parents[2]
PACKAGES = ("aws", "commands", "compliance", "config", "ledger", "notifiers")
#: Twelve digits, a Region's number, AWS's suffix: what a pattern of our own would have.
OUR_OWN = re.compile(r"(\\d|\[0-9\])\{12\}|-(\\d|\[0-9\])(\{1,2\}|\+|\b)|amazonaws")


def patterns(path):
    """Return every text that is given to a function of ``re``."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if is_call and isinstance(call.func.value, ast.Name) and call.func.value.id == "re":
            for part in ast.walk(call):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_accounts_regions_and_suffixes_have_one_pattern():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 80

    assert [
        (path.name, pattern)
        for path in files
        if path.name not in {"aws_ids.py"} and "migrations" not in path.parts
        for pattern in patterns(path)
        if OUR_OWN.search(pattern)
    ] == []


@pytest.mark.parametrize(
    "digits", ["\u0661" * 12, "\uff11" * 12, "1" * 11, "1" * 13, "1" * 11 + "\n"]
)
def test_an_account_is_twelve_digits_of_ascii(digits):
    assert ACCOUNT.fullmatch(digits) is None


@pytest.mark.parametrize(
    "region", ["eu-west-2", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"]
)
def test_a_region_of_any_partition_is_one(region):
    assert REGION.fullmatch(region)
