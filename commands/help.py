"""Help: the commands, one a line, and what a list is narrowed down by."""

from commands.answers import Table
from commands.grammar import FILTERS, VERBS

_FILTERS = (
    "FILTERS: {examples}. A comma means or, a minus before a filter leaves out: -team:housing. "
    "NAME is a resource's name, id or ARN, or words of it. findings also takes "
    "sort:severity, sort:account and csv; status and findings take as-at:2026-10-01."
)


def usage() -> Table:
    return Table(
        title="What you can ask",
        headings=("Command", "What it does"),
        rows=tuple(
            (f"/compliance {verb} {after}".strip(), what) for verb, (after, what) in VERBS.items()
        ),
        intro=(
            "Answers are shown to you alone. You can also mention the bot, or write to it directly."
        ),
        closing=_FILTERS.format(examples=", ".join(FILTERS.values())),
    )
