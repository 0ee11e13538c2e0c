"""Lists as CSV, for a spreadsheet that runs nothing of what somebody wrote into a name. Pure."""

import csv
import io
from collections.abc import Iterable

from commands.answers import Line

_HEADINGS = (
    "Finding", "Severity", "Rule", "What it finds", "Resource", "Type", "Account", "Account name",
    "Region", "Team", "State", "Open since (UTC)", "Until (UTC)", "AWS Config",
)  # fmt: skip
#: A cell that begins so is run by spreadsheets; full-width signs are taken for the narrow ones.
#: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def findings_csv(lines: Iterable[Line]) -> str:
    """Return *lines* under headings, each cell in quotes."""
    return as_csv(_HEADINGS, map(_cells, lines))


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return *rows* under *headings*, each cell in quotes."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(headings)
    writer.writerows(map(_safe, row) for row in rows)
    return written.getvalue()


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.id,
        line.severity,
        line.rule,
        line.title,
        line.resource,
        line.resource_type,
        line.account,
        line.account_name,
        line.region,
        line.team,
        line.state.value,
        f"{line.since:%Y-%m-%d %H:%M}" if line.since else "",
        f"{line.until:%Y-%m-%d %H:%M}" if line.until else "",
        line.console_url,
    )


def _safe(cell: str) -> str:
    """Return *cell* so that a spreadsheet shows it and calculates nothing."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
