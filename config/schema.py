"""The allowlist's JSON Schema for editors, made from what reads the allowlist.

``python -m config.schema`` writes it again.
"""

import json
from pathlib import Path

from config.entry import AllowlistForm

PATH = Path(__file__).with_name("allowlist.schema.json")
#: https://json-schema.org/specification
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> str:
    """Return the schema as its file has it."""
    made = AllowlistForm.model_json_schema(by_alias=True)
    shown = {"$schema": _DIALECT, **made, "title": "Allowlist of the compliance bot"}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema(), encoding="utf-8")
