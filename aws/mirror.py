"""The mirror: AWS Config's own exceptions follow ours, where AWS takes them.

AWS's exceptions only stop automatic remediation (FACTS §0), so a refusal loses nothing: the
allowlist is what the bot enforces.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.tasks import Place, Tasks
from compliance.finding import Finding, State
from ledger.mirrors import Mirrored, Mirrors

log = logging.getLogger(__name__)

_AGAIN = timedelta(minutes=5)


class Mirror:
    """Puts, renews and deletes AWS's copies of exceptions, in many accounts and Regions at once."""

    def __init__(
        self,
        mirrors: Mirrors,
        service: ConfigService,
        now: Callable[[], datetime],
        tasks: Tasks | None = None,
    ) -> None:
        self._mirrors = mirrors
        self._service = service
        self._now = now
        self._tasks = tasks or Tasks(8)

    def round(self) -> None:
        """Bring what is due in line; what AWS refuses is noted, and left."""
        places = [Place(*each) for each in self._mirrors.places(self._now())]
        self._tasks.run({place: partial(self._bring_place, place) for place in places})

    def _bring_place(self, place: Place) -> None:
        """Bring all that is due in one place in line, a page at a time."""
        try:
            while page := self._mirrors.due(*place, self._now()):
                for due in page:
                    self._bring_one(due)
        except AwsBusyError as error:
            log.info(
                "exceptions are copied to AWS later",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
            self._mirrors.postpone(*place, self._now(), self._now() + _AGAIN)

    def _bring_one(self, due: Mirrored) -> None:
        finding = due.finding
        try:
            until = self._bring(due)
        except AwsRefusedError as error:
            until = due.until
            log.warning(
                "AWS does not take a copy of the exception; the allowlist holds all the same",
                extra={"finding": finding.id, "why": str(error)},
            )
        self._mirrors.done(finding.id, finding.version, until)

    def _bring(self, due: Mirrored) -> datetime | None:
        """Return the end of the exception that AWS has afterwards, None for none."""
        finding = due.finding
        if finding.state is State.EXCEPTED and finding.until is not None:
            if due.until != finding.until and not finding.service_linked:
                self._service.put_exception(finding.aws_key, finding.until, _message(finding))
            return finding.until
        if due.until is not None and due.until > self._now():
            self._service.delete_exception(finding.aws_key)
        return None


def _message(finding: Finding) -> str:
    # AWS has no field for who agreed (FACTS §4), so the message says it.
    return f"{finding.id} {finding.actor}: {finding.note}"
