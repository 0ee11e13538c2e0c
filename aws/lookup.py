"""What notifications leave out, asked of AWS Config: a resource's name, its tags, its end.

A compliance change tells neither name nor tags (FACTS §2), and they decide which team owns the
finding. A resource that was deleted while nobody listened is reported no more.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.queue import Record
from compliance.change import Change, Compliance, FindingKey, ResourceFacts
from compliance.finding import Finding
from ledger.lookups import Lookups

log = logging.getLogger(__name__)

_AGAIN = timedelta(minutes=5)
_DELETED = "The resource was deleted."


class Lookup:
    """Asks about what is due, one round at a time."""

    def __init__(
        self,
        lookups: Lookups,
        service: ConfigService,
        record: Record,
        now: Callable[[], datetime],
    ) -> None:
        self._lookups = lookups
        self._service = service
        self._record = record
        self._now = now

    def round(self) -> None:
        """Record what AWS Config knows; where it cannot be asked now, the others go on."""
        busy = set[tuple[str, str]]()
        # One resource can break several rules.
        once = cache(self._service.facts)
        for finding in self._lookups.due():
            place = finding.key.account, finding.key.region
            if place not in busy and not self._ask(finding, once):
                busy.add(place)
            again = self._now() + _AGAIN if place in busy else None
            self._lookups.ask_again(finding.id, again)

    def _ask(self, finding: Finding, tell: Callable[[FindingKey], ResourceFacts | None]) -> bool:
        """Return whether AWS Config answered."""
        told = {"finding": finding.id}
        try:
            facts = tell(replace(finding.key, rule=""))
        except AwsBusyError as error:
            log.info("a resource is looked up later", extra={**told, "why": str(error)})
            return False
        except AwsRefusedError as error:
            log.warning("a resource cannot be looked up", extra={**told, "why": str(error)})
            return True
        if facts is not None:
            self._record(self._end(finding, facts), [facts])
        return True

    def _end(self, finding: Finding, facts: ResourceFacts) -> list[Change]:
        """Return what AWS Config says of a deleted resource, where that was not heard."""
        if not facts.deleted:
            return []
        # As of now: a rule that looks away may have reported on it after its end.
        as_of = max(self._now(), facts.captured_at)
        gone = Compliance.NOT_APPLICABLE
        return [
            Change(replace(finding.key, rule=copy.rule), gone, as_of, _DELETED)
            for copy in finding.copies
        ]
