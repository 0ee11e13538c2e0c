"""JSON Schemas of the YAML files for editors, and a page with every key, made from what reads them.

``python -m config.schema`` writes them again.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.catalogue import RulesFile
from config.entry import AllowlistForm
from config.people import PeopleFile
from config.settings import BotFile
from config.teams import TeamsFile

FILES: Mapping[str, type[BaseModel]] = {
    "bot": BotFile,
    "teams": TeamsFile,
    "people": PeopleFile,
    "rules": RulesFile,
    "allowlist": AllowlistForm,
}
FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "reference.md"
#: https://json-schema.org/specification
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEAD = """\
# Every key of every file

Written by `python -m config.schema` from what reads the files. Editors that know YAML's language
server check a file as it is typed: its first line names its schema, `config/*.schema.json`. A key
without a default must be there.
"""


def written() -> Mapping[Path, str]:
    """Return the text of each file that is made."""
    schemas = {FOLDER / f"{name}.schema.json": schema(name) for name in FILES}
    return {**schemas, PAGE: page()}


def schema(name: str) -> str:
    """Return the schema of the file of this *name*."""
    made = FILES[name].model_json_schema(by_alias=True)
    shown = {"$schema": _DIALECT, **made, "title": f"{name}.yaml of the compliance bot"}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def page() -> str:
    parts = [_HEAD]
    for name in FILES:
        made = json.loads(schema(name))
        parts.append(f"## {name}.yaml\n\n{made['description']}\n")
        parts.append("| key | what | expected | default |\n|---|---|---|---|")
        parts.append("\n".join(_rows(made, made["$defs"], "")) + "\n")
    return "\n".join(parts)


def _rows(node: Mapping[str, Any], known: Mapping[str, Any], above: str) -> Iterator[str]:
    required = node.get("required", ())
    for name, each in node["properties"].items():
        key = f"{above}{name}"
        default = "" if name in required else _default(each)
        cells = f"`{key}`", _what(each, known), _expected(each, known), default
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        for within, suffix in _objects(each, known):
            yield from _rows(within, known, f"{key}{suffix}.")


def _what(each: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Return what a key is for: its own words, or those of the keys below it."""
    said: str = each.get("description") or ""
    below = (found.get("description", "") for found, _ in _objects(each, known))
    return said or next(below, "")


def _objects(
    each: Mapping[str, Any], known: Mapping[str, Any], suffix: str = ""
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the mappings with keys of their own within a value, and how one gets to them."""
    if "$ref" in each:
        found = known[each["$ref"].rpartition("/")[2]]
        if "properties" in found:
            yield found, suffix
    for choice in (*each.get("anyOf", ()), *each.get("allOf", ())):
        yield from _objects(choice, known, suffix)
    if isinstance(each.get("items"), dict):
        yield from _objects(each["items"], known, f"{suffix}[]")
    if isinstance(each.get("additionalProperties"), dict):
        yield from _objects(each["additionalProperties"], known, f"{suffix}.NAME")


def _expected(each: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Return in a word or two what may stand there."""
    if "$ref" in each:
        found = known[each["$ref"].rpartition("/")[2]]
        return "keys below" if "properties" in found else _expected(found, known)
    if choices := each.get("anyOf"):
        kinds = (_expected(choice, known) for choice in choices if choice.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if values := each.get("enum"):
        return ", ".join(map(str, values))
    if "const" in each:
        return str(each["const"])
    if each.get("type") == "array":
        return f"list of {_expected(each.get('items', {}), known)}"
    if each.get("type") == "object":
        return "keys and values"
    return _scalar(each)


_WORDS = {"string": "text", "integer": "number", "number": "number", "boolean": "true or false"}


def _scalar(each: Mapping[str, Any]) -> str:
    if each.get("format") == "date":
        return "day like 2027-03-31"
    limits = [
        f"{word} {each[key]:g}"
        for key, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
        )
        if key in each
    ]
    return " ".join([_WORDS[each.get("type", "string")], *limits])


def _default(each: Mapping[str, Any]) -> str:
    """Return what stands for a key that is left out, as YAML has it."""
    value = each.get("default")
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, dict):
        return "as below"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
