"""Rules: what is required, why, and when it was last reviewed."""

from datetime import date

from commands.answers import Table
from compliance.rules import Catalogue, catalogue_entry

#: The severity of rules that the catalogue has not, as people read it.
UNRATED = "not rated"


def rules(catalogue: Catalogue, today: date) -> Table:
    """List the catalogue; a rule whose review is due says so."""
    due = [rule.name for rule in catalogue.values() if rule.review_due(today)]
    return Table(
        title="Rule catalogue",
        headings=("Rule", "Category", "Severity", "What it finds", "Last reviewed"),
        rows=tuple(
            (
                rule.name,
                rule.category.value,
                rule.severity.value,
                rule.title,
                str(rule.last_reviewed),
            )
            for rule in catalogue.values()
        ),
        closing=f"Due for review: {', '.join(due)}." if due else "",
    )


def severity_of(catalogue: Catalogue, rule_name: str) -> str:
    rule = catalogue_entry(catalogue, rule_name)
    return rule.severity.value if rule else UNRATED
