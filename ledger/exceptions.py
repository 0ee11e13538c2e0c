"""Which findings an exception is about: those that are asked for, and those of a resource."""

from collections.abc import Collection, Iterator
from itertools import islice

import sqlalchemy as sa

from compliance.finding import Finding, State
from compliance.request import Verb
from ledger.database import reading
from ledger.rows import from_row, resource_digest
from ledger.tables import UNSETTLED, findings

#: Where a request for an exception can wait and begin. A remediation that failed leaves it waiting.
_CAN_WAIT = [
    state.value
    for state in (State.APPROVAL_PENDING, State.APPROVED, State.FAILED, State.NOT_VERIFIED)
]
#: How many resources are asked for at once; SQLite takes some thousand values in a query.
_BATCH = 500

#: An account, a Region, a resource type, and a resource's id.
Resource = tuple[str, str, str, str]


class Exceptions:
    """The allowlist's side of the ledger; it only reads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def asked(self) -> tuple[str, ...]:
        """Return the ids of the findings that somebody asked to except, the oldest request first.

        Whether enough agreed is for the caller to see.
        """
        wanted = (
            sa.select(findings.c.id)
            .where(
                UNSETTLED,
                findings.c.state.in_(_CAN_WAIT),
                findings.c.requests.contains(f'"verb": "{Verb.EXCEPT.value}"'),
            )
            .order_by(findings.c.changed_at, findings.c.id)
        )
        with reading(self._engine) as db:
            return tuple(db.execute(wanted).scalars())

    def of(self, resources: Collection[Resource]) -> Iterator[Finding]:
        """Yield the unsettled findings of *resources*, whatever their rules."""
        in_order = iter(sorted(resources))
        while some := tuple(islice(in_order, _BATCH)):
            digests = [resource_digest(*each) for each in some]
            query = sa.select(findings).where(UNSETTLED, findings.c.resource.in_(digests))
            with reading(self._engine) as db:
                rows = db.execute(query).mappings().all()
            yield from map(from_row, rows)
