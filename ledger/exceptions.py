"""Which findings an exception is about: those that are asked for, and those of a resource."""

from collections.abc import Collection, Iterator
from itertools import islice

import sqlalchemy as sa

from compliance.finding import Finding, State
from compliance.request import Request, Verb
from ledger.database import reading
from ledger.paging import each_finding
from ledger.rows import from_row, requests_from, resource_digest
from ledger.tables import ASKED, UNSETTLED, findings

#: What is written into the allowlist once it is agreed.
_WRITTEN = frozenset({Verb.EXCEPT, Verb.EXTEND, Verb.REVOKE})
_VERBS = [f'"verb": "{verb.value}"' for verb in sorted(_WRITTEN)]
#: How many resources are asked for at once; SQLite takes some thousand values in a query.
_BATCH = 500
_PAGE = 1000

#: An account, a Region, a resource type, and a resource's id.
Resource = tuple[str, str, str, str]


class Exceptions:
    """The allowlist's side of the ledger; it only reads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def asked(self) -> tuple[str, ...]:
        """Return the ids of the findings of which something about an exception is agreed.

        The oldest come first. What is not carried out yet is all that this reads.
        """
        wanted = (
            sa.select(findings.c.id, findings.c.requests)
            .where(ASKED, sa.or_(*(findings.c.requests.contains(words) for words in _VERBS)))
            .order_by(findings.c.changed_at, findings.c.id)
        )
        with reading(self._engine) as db:
            rows = db.execute(wanted).all()
        return tuple(row.id for row in rows if any(map(_is_agreed, requests_from(row.requests))))

    def excepted(self, teams: Collection[str]) -> Iterator[Finding]:
        """Yield the excepted findings of *teams*."""
        of_teams = findings.c.team.in_(sorted(teams))
        state = findings.c.state == State.EXCEPTED.value
        yield from each_finding(self._engine, UNSETTLED & state, of_teams, page=_PAGE)

    def of(self, resources: Collection[Resource]) -> Iterator[Finding]:
        """Yield the unsettled findings of *resources*, whatever their rules."""
        in_order = iter(sorted(resources))
        while some := tuple(islice(in_order, _BATCH)):
            digests = [resource_digest(*each) for each in some]
            query = sa.select(findings).where(UNSETTLED, findings.c.resource.in_(digests))
            with reading(self._engine) as db:
                rows = db.execute(query).mappings().all()
            yield from map(from_row, rows)


def _is_agreed(request: Request) -> bool:
    return request.verb in _WRITTEN and request.is_agreed
