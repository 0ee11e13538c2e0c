"""No pattern takes another alphabet's digits for those of an id."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("aws", "commands", "compliance", "config", "ledger", "notifiers")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MATCHING = {"compile", "match", "fullmatch", "search", "findall", "finditer", "sub", "split"}


def loose(source):
    r"""Yield the line of each ``\d`` that is not ASCII's, and of each isdigit()."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        texts = [
            each.value
            for part in call.args
            for each in ast.walk(part)
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if call.func.attr in MATCHING and any(r"\d" in text for text in texts):
            if "ASCII" not in ast.unparse(call):
                yield call.lineno
        elif call.func.attr in {"isdigit", "isnumeric"}:
            # "²" is a digit of these, and int() does not take it.
            yield call.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_digits_are_those_of_ascii(path):
    assert list(loose(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    ['re.compile(r"\\d+")', 're.fullmatch(r"a\\d", text, re.IGNORECASE)', "text.isdigit()"],
)
def test_a_loose_pattern_is_found(source):
    assert list(loose(source)) == [1]
