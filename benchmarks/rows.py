"""Rows: how many bytes a finding takes in the ledger, with its indexes and its share of counts.

Beside it stands what the first version's tables take for the same findings.
"""

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ledgers import Ledgers, findings_bytes

_FINDINGS = 1_000_000
#: What a finding took in the first version was the same however many there were.
_FINDINGS_BEFORE = 200_000
_TARGET = 0.5


def measure(
    ledgers: Ledgers, number: int = _FINDINGS, number_before: int = _FINDINGS_BEFORE
) -> Iterator[Figure]:
    first = ledgers.first_version(number_before)
    for database, url in ledgers.both(number).items():
        each = findings_bytes(url) / number
        before = findings_bytes(first[database]) / number_before
        yield Figure(f"{database}, a finding of {number:,}", each, "bytes", before, _TARGET)
