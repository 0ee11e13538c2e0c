"""The words that this product does not use: in what people read, in docstrings and in comments."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("aws", "commands", "compliance", "config", "ledger", "notifiers", "playground")
#: A role has a name, and a thing says, has or contains something.
UNUSED = re.compile(r"\b(whoever|well kept|tells|nobody has decided)\b", re.IGNORECASE)
TEXTS = [
    ROOT / "bot.py",
    ROOT / "README.md",
    *(ROOT / "docs").glob("*.md"),
    *(
        path
        for folder in FOLDERS
        for kind in ("py", "yaml", "html")
        for path in (ROOT / folder).rglob(f"*.{kind}")
        # A migration stays as it was, and Jinja's variables are no words.
        if "migrations" not in path.parts and "templates" not in path.parts
    ),
]


def test_texts_name_the_role_and_use_plain_verbs():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in TEXTS
        for line in path.read_text(encoding="utf-8").splitlines()
        if UNUSED.search(line)
    ]
    assert found == []
