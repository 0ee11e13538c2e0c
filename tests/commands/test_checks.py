"""What is missing is named, each with how to mend it."""

from commands.checks import check_entries
from compliance.ineffective import EntryWarning


def test_an_entry_without_its_effect_is_missing_something_on_its_line():
    [check] = check_entries([EntryWarning(7, "no rule 'x' in the catalogue")])

    assert str(check).startswith("missing  allowlist, line 7: no rule 'x' in the catalogue")
    assert check.remedy
