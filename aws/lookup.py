"""What notifications leave out, asked of AWS Config: a resource's name, its tags, its end.

A compliance change has neither name nor tags (FACTS §2), and they decide which team owns the
finding. A resource that was deleted while nobody listened is reported no more.

AWS Config gives tags of one resource at a time. Of a hundred it says which are there, and their
names: in a storm these come first, in every place, and where a whole item is known already, that
the resource is there is all that has to be known.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from aws.config_service import KEYS_MAX, AwsBusyError, AwsRefusedError, ConfigService
from aws.queue import Record
from aws.tasks import Place, Tasks, Work
from compliance.change import Change, Compliance, FindingKey, ResourceFacts
from compliance.finding import Finding, State
from ledger.errors import UnfitError
from ledger.lookups import Lookups

log = logging.getLogger(__name__)

_AGAIN = timedelta(minutes=5)
_DELETED = "The resource was deleted."
#: So many resources are recorded together: one write for all, and none waits for long.
_BATCH = 10

#: What AWS Config told of each resource, None for nothing, and the findings that are about it.
_Answers = dict[FindingKey, tuple[ResourceFacts | None, list[Finding]]]


class Lookup:
    """Asks about what is due, in many accounts and Regions at once."""

    def __init__(
        self,
        lookups: Lookups,
        service: ConfigService,
        record: Record,
        now: Callable[[], datetime],
        tasks: Tasks | None = None,
    ) -> None:
        self._lookups = lookups
        self._service = service
        self._record = record
        self._now = now
        self._tasks = tasks or Tasks(8)

    def round(self) -> None:
        """Record what AWS Config knows; where it cannot be asked now, the others go on."""
        places = [Place(*each) for each in self._lookups.places()]
        self._tasks.run({place: partial(self._look_up, place) for place in places})

    def _look_up(self, place: Place) -> Work | None:
        """Learn the names in one place; what is told of each resource alone comes after that."""
        return partial(self._ask, place) if self._unless_busy(place, self._name) else None

    def _ask(self, place: Place) -> None:
        """Ask about all that is due in one place, a page at a time."""
        self._unless_busy(place, self._ask_each)

    def _unless_busy(self, place: Place, work: Callable[[Place], None]) -> bool:
        """Do *work* in *place*; where AWS is busy, it is asked again later."""
        try:
            work(place)
        except AwsBusyError as error:
            log.info(
                "resources are looked up later",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
            self._lookups.postpone(*place, self._now() + _AGAIN)
            return False
        return True

    def _name(self, place: Place) -> None:
        """Record the names of all that has none yet, a hundred for each call."""
        nameless = self._lookups.nameless(*place)
        while page := tuple(islice(nameless, KEYS_MAX)):
            named = [
                ResourceFacts(
                    account=key.account,
                    region=key.region,
                    resource_type=key.resource_type,
                    resource_id=key.resource_id,
                    captured_at=self._now(),
                    name=name,
                    tags=None,
                )
                for key, name in self._names(page).items()
                if name
            ]
            if named:
                self._keep(named)

    def _keep(self, named: Sequence[ResourceFacts]) -> None:
        try:
            self._record([], named)
        except UnfitError as error:
            # The item that each is asked for alone says which one is at fault.
            log.warning("the ledger cannot keep names that AWS gives", extra={"why": str(error)})

    def _ask_each(self, place: Place) -> None:
        while page := self._lookups.due(*place):
            self._page(page)

    def _page(self, page: Sequence[Finding]) -> None:
        told = self._lookups.told(page)
        # Of an exception it matters whether its resource was made again: the whole item says that.
        brief = [each for each in page if each.id in told and each.state is not State.EXCEPTED]
        names = self._names(brief)
        there = [finding for finding in page if _resource(finding) in names]
        self._lookups.answered(finding.id for finding in there)
        # One resource can break several rules.
        by_resource: dict[FindingKey, list[Finding]] = {}
        for finding in page:
            if finding not in there:
                by_resource.setdefault(_resource(finding), []).append(finding)
        answers: _Answers = {}
        try:
            for key, findings in by_resource.items():
                answers[key] = self._facts(key), findings
                if len(answers) == _BATCH:
                    self._take(answers)
                    answers = {}
        finally:
            # Where AWS became busy half-way, what it has told is kept.
            self._take(answers)

    def _names(self, findings: Sequence[Finding]) -> Mapping[FindingKey, str]:
        """Return the names of those resources that are there, by one call for all."""
        if len(findings) < 2:
            return {}
        try:
            return self._service.names(list(dict.fromkeys(map(_resource, findings))))
        except AwsRefusedError as error:
            # A role of an earlier version may not ask so, and not every type can be asked so.
            log.info("resources are asked about one by one", extra={"why": str(error)})
            return {}

    def _facts(self, resource: FindingKey) -> ResourceFacts | None:
        try:
            return self._service.facts(resource)
        except AwsRefusedError as error:
            log.warning(
                "a resource cannot be looked up",
                extra={"resource": str(resource), "why": str(error)},
            )
            return None

    def _take(self, answers: _Answers) -> None:
        """Record what was told of these resources, and note that AWS has answered."""
        try:
            self._write(answers.values())
        except UnfitError as error:
            if len(answers) > 1:
                # One of them is at fault, and takes nothing from the others.
                for key, each in answers.items():
                    self._take({key: each})
                return
            log.warning(
                "the ledger cannot keep what AWS says of a resource",
                extra={"resource": str(next(iter(answers))), "why": str(error)},
            )
        self._lookups.answered(
            finding.id for _, findings in answers.values() for finding in findings
        )

    def _write(self, answers: Iterable[tuple[ResourceFacts | None, Sequence[Finding]]]) -> None:
        known = [(facts, findings) for facts, findings in answers if facts is not None]
        ends = [
            change
            for facts, findings in known
            if facts.deleted
            for finding in findings
            for change in self._end(finding, facts)
        ]
        if known:
            self._record(ends, [facts for facts, _ in known])

    def _end(self, finding: Finding, facts: ResourceFacts) -> Iterable[Change]:
        """Return what AWS Config says of a deleted resource, where that was not heard."""
        # As of now: a rule that looks away may have reported on it after its end.
        as_of = max(self._now(), facts.captured_at)
        return (
            Change(replace(finding.key, rule=copy.rule), Compliance.NOT_APPLICABLE, as_of, _DELETED)
            for copy in finding.copies
        )


def _resource(finding: Finding) -> FindingKey:
    return replace(finding.key, rule="")
