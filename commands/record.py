"""Record: what AWS reports becomes findings, where a rule of the catalogue is concerned."""

from collections.abc import Sequence

from compliance.change import Change, ResourceFacts
from compliance.rules import Catalogue, catalogue_entry
from ledger.store import Ledger


def record(
    ledger: Ledger,
    catalogue: Catalogue,
    changes: Sequence[Change],
    facts: Sequence[ResourceFacts] = (),
) -> None:
    """Store what was reported, in one transaction; a rule nobody listed is nobody's finding.

    Raises LedgerUnavailableError where the database is out of reach.
    """
    listed = [each for each in changes if catalogue_entry(catalogue, each.key.rule)]
    ledger.record(listed, facts)
