"""Help: the commands, one a line."""

from commands.answers import Table
from commands.grammar import VERBS


def usage() -> Table:
    return Table(
        title="What you can ask",
        headings=("Command", "What it does"),
        rows=tuple(
            (f"/compliance {verb} {after}".strip(), what) for verb, (after, what) in VERBS.items()
        ),
        intro="Answers are shown to you alone.",
    )
